// The end of a squeeze-excite block multiplies a wide image by one number a channel, and the 1x1 projection that
// follows is the only one to read it. Done by the projection as it loads, the product never goes through memory.
//
//   expand -> depthwise -+-> pool -> FC -> FC -+          expand -> depthwise -+-> pool -> FC -> FC -+ gate
//                        +------------------- mul -> act -> 1x1              +-------------------- 1x1
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Rewrite.h"

namespace mnv3 {
#define GEN_PASS_DEF_LOWERSQUEEZEEXCITEPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mnv3

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

namespace {

bool isGate(Value gate, Value image) {
  return cast<RankedTensorType>(gate.getType()).getShape() == ArrayRef<int64_t>{1, 1, 1, channels(image)};
}

struct LowerSqueezeExcite : mnv3::impl::LowerSqueezeExcitePassBase<LowerSqueezeExcite> {
  void runOnOperation() override {
    for (auto mul : llvm::make_early_inc_range(getOperation().getOps<MulOp>())) {
      if (!isGate(mul.getRhs(), mul.getLhs()) || !hasOneReader(mul))
        continue;
      Value product = mul.getResult();
      Operation *reader = readers(product).front()->getOwner();
      ActivationAttr act = activationOf(reader);
      if (act)
        product = reader->getResult(0);
      auto conv = onlyReader<Conv2DOp>(product);
      if (!conv || conv.getInput() != product || conv.getGate() || !isPointwise(conv))
        continue;
      conv.getGateMutable().assign(mul.getRhs());
      conv.setGateActAttr(act);
      conv.getInputMutable().set(mul.getLhs());
      eraseIfUnused(product);
    }
  }
};

} // namespace
