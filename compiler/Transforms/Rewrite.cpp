#include "compiler/Transforms/Rewrite.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

Value nn::makeWeights(OpBuilder &builder, Location location, ArrayRef<int64_t> shape, ArrayRef<float> values,
                      StringRef name) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return ConstantOp::create(builder, location, type, weightsAttr(type, values, name));
}

// Erases what nothing reads, last op first: whoever reads an op stands after it, so each op is looked at once.
static void eraseUnused(llvm::SetVector<Operation *> candidates) {
  while (!candidates.empty()) {
    Operation *last = *llvm::max_element(candidates, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    candidates.remove(last);
    if (!isMemoryEffectFree(last) || !llvm::all_of(last->getResults(), [](Value v) { return readers(v).empty(); }))
      continue;
    llvm::for_each(last->getResults(), eraseKeeps);
    for (Value operand : last->getOperands())
      if (Operation *maker = operand.getDefiningOp())
        candidates.insert(maker);
    last->erase();
  }
}

void nn::eraseIfUnused(Value value) {
  if (Operation *maker = value.getDefiningOp())
    eraseUnused({&maker, &maker + 1});
}

void nn::replaceValue(Value from, Value to) {
  from.replaceAllUsesWith(to);
  Operation *maker = from.getDefiningOp();
  llvm::SetVector<Operation *> candidates;
  for (Value operand : maker->getOperands())
    if (Operation *other = operand.getDefiningOp(); other && operand != to) // `to` may have none but keeps to read it
      candidates.insert(other);
  maker->erase();
  eraseUnused(std::move(candidates));
}

void nn::eraseKeeps(Value value) {
  for (Operation *user : llvm::make_early_inc_range(value.getUsers()))
    if (isa<KeepOp>(user))
      user->erase();
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
      .Case(
          [&](LeakyReluOp leaky) { return ActivationAttr::get(context, ActivationKind::LeakyRelu, leaky.getSlope()); })
      .Default([](Operation *) { return ActivationAttr(); });
}

static bool collectPlainMakers(Value value, Makers &makers) {
  if (!hasOneReader(value))
    return false;
  makers.values.push_back(value);
  if (auto concat = value.getDefiningOp<ConcatOp>())
    return llvm::all_of(concat.getInputs(), [&](Value input) { return collectPlainMakers(input, makers); });
  auto layer = value.getDefiningOp<LayerOp>();
  if (!layer || !layer.isPlain() || layer.getActAttr())
    return false;
  makers.layers.push_back(layer);
  return true;
}

std::optional<Makers> nn::plainMakersOf(Value value) {
  Makers makers;
  return collectPlainMakers(value, makers) ? std::optional(makers) : std::nullopt;
}
