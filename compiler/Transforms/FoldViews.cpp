// A concat or a slice computes nothing. Where every reader can take its operand in parts, or as a range of a wider
// image's channels, the op is marked as a view: no copy is made, and none of its results exists in memory.
//
// Who can do that: a convolution sums over the parts of its input, each an operand of the kernel with its own stride
// between pixels; and such an operand may be a range of channels. A residual may be a range too. All others want one
// image of their own: max_pool, depthwise, the gate, detect, the function's results. An upsample is never a view here:
// nn-commute-upsample removes those for which it would pay.
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Rewrite.h"

namespace mnv3 {
#define GEN_PASS_DEF_FOLDVIEWSPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mnv3

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

namespace {

bool isViewConcat(Operation *op) {
  auto concat = dyn_cast<ConcatOp>(op);
  return concat && concat.getView();
}

// The image a convolution sums over. A gate has one number for each channel of a single operand, so not with a gate.
bool readsInParts(OpOperand *use) {
  auto conv = dyn_cast<Conv2DOp>(use->getOwner());
  return (conv && conv.getGroups() == 1 && !conv.getGate() && use->getOperandNumber() == 0) ||
         isViewConcat(use->getOwner());
}

bool readsRange(OpOperand *use) {
  auto conv = dyn_cast<Conv2DOp>(use->getOwner());
  bool residual = conv && conv.getResidual() && use == &*conv.getResidualMutable().begin();
  bool input = conv && conv.getGroups() == 1 && use->getOperandNumber() == 0;
  return residual || input || isViewConcat(use->getOwner());
}

struct FoldViews : mnv3::impl::FoldViewsPassBase<FoldViews> {
  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    // Readers first: whether a concat may be a view depends on the concats that read it.
    for (Operation &op : llvm::reverse(getOperation().front())) {
      auto concat = dyn_cast<ConcatOp>(op);
      auto slice = dyn_cast<SliceOp>(op);
      if (concat && llvm::all_of(readers(concat), readsInParts))
        concat.setView(true);
      else if (slice && llvm::all_of(readers(slice), readsRange))
        slice.setView(true);
      else
        continue;
      eraseKeeps(op.getResult(0));
    }
  }
};

} // namespace
