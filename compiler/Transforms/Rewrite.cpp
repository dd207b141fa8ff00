#include "compiler/Transforms/Rewrite.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

Value nn::makeWeights(OpBuilder &builder, Location location, ArrayRef<int64_t> shape, ArrayRef<float> values,
                      StringRef name) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return ConstantOp::create(builder, location, type, weightsAttr(type, values, name));
}

void nn::replaceValue(Value from, Value to) {
  from.replaceAllUsesWith(to);
  if (Operation *maker = from.getDefiningOp())
    maker->erase();
}

void nn::eraseKeeps(Value value) {
  for (Operation *user : llvm::make_early_inc_range(value.getUsers()))
    if (isa<KeepOp>(user))
      user->erase();
}

void nn::eraseUnused(func::FuncOp function) {
  for (Block &block : function)
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
}

ActivationAttr nn::activationOf(Operation *op) {
  MLIRContext *context = op->getContext();
  auto plain = [&](ActivationKind kind) { return ActivationAttr::get(context, kind); };
  return TypeSwitch<Operation *, ActivationAttr>(op)
      .Case([&](ReluOp) { return plain(ActivationKind::Relu); })
      .Case([&](Relu6Op) { return plain(ActivationKind::Relu6); })
      .Case([&](HardSigmoidOp) { return plain(ActivationKind::HardSigmoid); })
      .Case([&](HardSwishOp) { return plain(ActivationKind::HardSwish); })
      .Case([&](SiluOp) { return plain(ActivationKind::Silu); })
      .Case([&](LeakyReluOp leaky) { return ActivationAttr::get(context, ActivationKind::LeakyRelu, leaky.getSlope()); })
      .Default([](Operation *) { return ActivationAttr(); });
}
