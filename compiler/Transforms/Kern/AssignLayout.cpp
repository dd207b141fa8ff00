// Pixel strides and halos. A stride is the channel count rounded up to whole vectors (half a vector of 16 for up to 8
// channels: lanesOf in codegen/KernelSpec.h), so that kernels load and store nothing but vectors. A halo is as wide as the hungriest reader needs; it is zeroed once before the first writer.
#include "compiler/Transforms/Kern/Passes.h"

#include "dialects/Kern/Kern.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

namespace mnv3::kern {
#define GEN_PASS_DEF_ASSIGNLAYOUTPASS
#include "compiler/Transforms/Kern/Passes.h.inc"

using namespace mlir;

namespace {

struct Window {
  ArrayRef<int64_t> kernel, strides, pads;
  int64_t dilation = 1;
};

// How far a reader reaches past the picture, on the side where it reaches further.
int64_t reach(const Window &window, int axis, int64_t inputExtent, int64_t outputExtent) {
  int64_t before = window.pads[axis];
  int64_t last = (outputExtent - 1) * window.strides[axis] + window.dilation * (window.kernel[axis] - 1) - before;
  return std::max<int64_t>({before, last - (inputExtent - 1), 0});
}

struct Layout {
  int64_t stride = 0, haloRows = 0, haloColumns = 0;
};

// What the users of a buffer, or of a slice of it that begins at channel `first`, ask of its layout.
void collect(Value buffer, int64_t first, int64_t vectorWidth, Layout &layout) {
  auto type = cast<BufferType>(buffer.getType());
  for (Operation *user : buffer.getUsers()) {
    if (auto slice = dyn_cast<SliceOp>(user)) {
      collect(slice, first + slice.getFirst(), vectorWidth, layout);
      continue;
    }
    auto kernel = dyn_cast<KernelOpInterface>(user);
    if (kernel && kernel.getOutput() == buffer) // writers write whole vectors
      layout.stride = std::max(layout.stride, first ? first + static_cast<int64_t>(llvm::alignTo(type.getChannels(), vectorWidth)) : type.getChannels());
    std::optional<Window> window;
    Value output;
    if (auto conv = dyn_cast<Conv2DOp>(user); conv && llvm::is_contained(conv.getInputs(), buffer)) {
      window = {conv.getKernel(), conv.getStrides(), conv.getPads(), static_cast<int64_t>(conv.getDilation())};
      output = conv.getOutput();
    } else if (auto conv = dyn_cast<DepthwiseOp>(user); conv && conv.getInput() == buffer) {
      window = {conv.getKernel(), conv.getStrides(), conv.getPads()};
      output = conv.getOutput();
    }
    if (!window)
      continue;
    auto out = cast<BufferType>(output.getType());
    layout.haloRows = std::max(layout.haloRows, reach(*window, 0, type.getHeight(), out.getHeight()));
    layout.haloColumns = std::max(layout.haloColumns, reach(*window, 1, type.getWidth(), out.getWidth()));
  }
}

// Gives a buffer and all slices of it their types.
LogicalResult apply(Value buffer, const Layout &layout) {
  auto type = cast<BufferType>(buffer.getType());
  type = BufferType::getChecked([&] { return buffer.getDefiningOp()->emitOpError(); }, type.getContext(), type.getHeight(), type.getWidth(),
                                type.getChannels(), layout.stride, layout.haloRows, layout.haloColumns);
  if (!type)
    return failure();
  buffer.setType(type);
  for (Operation *user : buffer.getUsers())
    if (auto slice = dyn_cast<SliceOp>(user); slice && failed(apply(slice, layout)))
      return failure();
  return success();
}

// The first kernel in program order that writes the buffer or a slice of it.
Operation *firstWriter(AllocOp alloc) {
  for (Operation *op = alloc->getNextNode(); op; op = op->getNextNode())
    if (auto kernel = dyn_cast<KernelOpInterface>(op))
      if (isa<BufferType>(kernel.getOutput().getType()) && allocOf(kernel.getOutput()).first == alloc)
        return op;
  return nullptr;
}

struct AssignLayout : impl::AssignLayoutPassBase<AssignLayout> {
  void runOnOperation() override {
    TargetAttr target = targetOf(getOperation());
    if (!target) {
      getOperation().emitError() << "has no " << targetAttrName;
      return signalPassFailure();
    }
    int64_t vectorWidth = target.getVectorWidth();
    WalkResult walk = getOperation().walk([&](AllocOp alloc) {
      Layout layout;
      layout.stride = alloc.getType().getChannels();
      collect(alloc, 0, vectorWidth, layout);
      layout.stride = llvm::alignTo(layout.stride, vectorWidth == 16 && layout.stride <= 8 ? 8 : vectorWidth);
      if (failed(apply(alloc, layout)))
        return WalkResult::interrupt();
      Operation *writer = layout.haloRows || layout.haloColumns ? firstWriter(alloc) : nullptr;
      if (writer) {
        OpBuilder builder(writer);
        ClearHaloOp::create(builder, alloc.getLoc(), alloc);
      }
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
} // namespace mnv3::kern
