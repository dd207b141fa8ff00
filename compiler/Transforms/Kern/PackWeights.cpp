#include "compiler/Transforms/Kern/Passes.h"
#include "compiler/Transforms/Kern/WeightPacking.h"

#include "codegen/Emit/KernelSpecOf.h"
#include "dialects/Kern/Kern.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mnv3::kern {
#define GEN_PASS_DEF_PACKWEIGHTSPASS
#include "compiler/Transforms/Kern/Passes.h.inc"

using namespace mlir;

namespace {

// Replaces one weights operand by what `pack` makes of its elements.
class Packer {
public:
  Packer(Operation *op, int64_t vectorWidth) : vectorWidth(vectorWidth), op(op), builder(op) {}

  template <typename Pack>
  void pack(OpOperand &operand, int64_t axes, Pack &&pack) {
    if (failed(outcome) || operand.get().getDefiningOp<WeightsOp>())
      return;
    if (cast<RankedTensorType>(operand.get().getType()).getRank() != axes) {
      outcome = op->emitOpError("has weights that seem packed, and are not kern.weights");
      return;
    }
    SmallVector<float> storage;
    std::optional<ArrayRef<float>> values = nn::constantValues(operand.get(), storage);
    if (!values) {
      outcome = op->emitOpError("has weights that are not constant");
      return;
    }
    std::vector<float> packed = pack(std::span<const float>(values->data(), values->size()),
                                     cast<RankedTensorType>(operand.get().getType()).getShape());
    auto type = RankedTensorType::get({static_cast<int64_t>(packed.size())}, builder.getF32Type());
    operand.set(WeightsOp::create(builder, op->getLoc(), type, nn::weightsAttr(type, packed, nameOf(operand.get()))));
  }

  void packBias(OpOperand &operand, int64_t multiple) {
    pack(operand, 1, [&](std::span<const float> values, ArrayRef<int64_t>) { return padTo(values, multiple); });
  }

  // The resource's name, which is the weights' key, lives on in the packed one.
  static std::string nameOf(Value value) {
    auto constant = value.getDefiningOp<nn::ConstantOp>();
    auto resource = constant ? dyn_cast<DenseResourceElementsAttr>(constant.getValue()) : nullptr;
    return resource ? resource.getRawHandle().getKey().str() : "packed";
  }

  const int64_t vectorWidth;
  LogicalResult outcome = success();

private:
  Operation *op;
  OpBuilder builder;
};

Filter filterOf(std::span<const float> values, ArrayRef<int64_t> shape) {
  return {values, shape[0], shape[1], shape[2], shape[3]};
}

// Outputs that a kernel makes together; 0, with an error, if those are more than it has.
template <typename Op>
int64_t tileOf(Op op, Packer &packer) {
  const int64_t vectors = std::max<int64_t>(op.getScheduleAttr().getVectors(), 1);
  if ((vectors - 1) * packer.vectorWidth < op.getOutput().getType().getChannels())
    return packer.vectorWidth * vectors;
  packer.outcome = op.emitOpError() << "has a schedule of " << vectors << " vectors, more than its output";
  return 0;
}

void packConv2D(Conv2DOp op, Packer &packer) {
  const int64_t tile = tileOf(op, packer);
  if (!tile)
    return;
  for (OpOperand &weights : op.getWeightsMutable())
    packer.pack(weights, 4, [&](std::span<const float> values, ArrayRef<int64_t> shape) {
      if (std::optional<int64_t> outputs = op.getWinograd())
        return packWinograd(filterOf(values, shape), tile, op.getStrides()[0], *outputs);
      return packConv(filterOf(values, shape), tile);
    });
  for (OpOperand &bias : op.getBiasMutable())
    packer.packBias(bias, tile);
}

void packFullyConnected(FullyConnectedOp op, Packer &packer) {
  const int64_t tile = tileOf(op, packer);
  if (!tile)
    return;
  packer.pack(op.getWeightsMutable(), 2, [&](std::span<const float> values, ArrayRef<int64_t> shape) {
    return packConv(filterOf(values, {shape[0], 1, 1, shape[1]}), tile);
  });
  packer.packBias(op.getBiasMutable(), tile);
}

void packDetectOp(DetectOp op, TargetAttr target, Packer &packer) {
  int64_t tile = packer.vectorWidth * op.getScheduleAttr().getVectors();
  int64_t dotted = codegen::dottedOutputs(codegen::kernelSpecOf(op), codegen::kernelTargetOf(target));
  packer.pack(op.getWeightsMutable(), 4, [&](std::span<const float> values, ArrayRef<int64_t> shape) {
    return packDetect(filterOf(values, shape), tile, dotted);
  });
  packer.packBias(op.getBiasMutable(), tile);
}

struct PackWeights : impl::PackWeightsPassBase<PackWeights> {
  void runOnOperation() override {
    TargetAttr target = targetOf(getOperation());
    if (!target) {
      getOperation().emitError() << "has no " << targetAttrName;
      return signalPassFailure();
    }
    WalkResult walk = getOperation().walk([&](KernelOpInterface kernel) {
      if (!kernel->hasAttr("schedule")) {
        kernel.emitOpError("has no schedule");
        return WalkResult::interrupt();
      }
      int64_t vector = target.getVectorWidth();
      if (isa<BufferType>(kernel.getOutput().getType()))
        vector = codegen::lanesOf(codegen::kernelSpecOf(kernel).output, codegen::kernelTargetOf(target));
      Packer packer(kernel, vector);
      llvm::TypeSwitch<Operation *>(kernel)
          .Case([&](Conv2DOp op) { packConv2D(op, packer); })
          .Case([&](DetectOp op) { packDetectOp(op, target, packer); })
          .Case([&](StemOp op) {
            packer.pack(op.getWeightsMutable(), 4, [&](std::span<const float> values, ArrayRef<int64_t> shape) {
              return packStem(filterOf(values, shape), vector);
            });
            packer.packBias(op.getBiasMutable(), vector);
          })
          .Case([&](DepthwiseOp op) {
            packer.pack(op.getWeightsMutable(), 3, [&](std::span<const float> values, ArrayRef<int64_t> shape) {
              return packDepthwise(values, shape.back(), vector);
            });
            packer.packBias(op.getBiasMutable(), vector);
          })
          .Case([&](FullyConnectedOp op) { packFullyConnected(op, packer); });
      return failed(packer.outcome) ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    getOperation().walk([](nn::ConstantOp constant) {
      if (constant.use_empty())
        constant.erase();
    });
  }
};

} // namespace
} // namespace mnv3::kern
