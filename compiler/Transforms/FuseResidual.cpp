// The sum at the end of a residual block is done by the convolution before it, as it stores its result.
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Rewrite.h"

namespace mnv3 {
#define GEN_PASS_DEF_FUSERESIDUALPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mnv3

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

namespace {

// The convolution that makes `value`, if it can take a residual.
Conv2DOp fusable(Value value) {
  auto conv = value.getDefiningOp<Conv2DOp>();
  return conv && hasOneReader(value) && !conv.getResidual() && conv.getGroups() == 1 ? conv : Conv2DOp();
}

struct FuseResidual : mnv3::impl::FuseResidualPassBase<FuseResidual> {
  void runOnOperation() override {
    for (auto add : llvm::make_early_inc_range(getOperation().getOps<AddOp>())) {
      if (add.getLhs().getType() != add.getRhs().getType())
        continue;
      // Of two convolutions the later one: the other's result is there when it runs.
      Conv2DOp conv = fusable(add.getLhs()), other = fusable(add.getRhs());
      if (!conv || (other && conv->isBeforeInBlock(other)))
        conv = other;
      if (!conv)
        continue;
      Value residual = conv.getResult() == add.getLhs() ? add.getRhs() : add.getLhs();
      if (Operation *maker = residual.getDefiningOp(); maker && conv->isBeforeInBlock(maker))
        conv->moveBefore(add);
      eraseKeeps(conv.getResult());
      conv.getResidualMutable().assign(residual);
      conv->setLoc(add.getLoc());
      replaceValue(add.getResult(), conv.getResult());
    }
  }
};

} // namespace
