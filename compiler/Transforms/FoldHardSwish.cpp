// Two steps. Hard-swish and hard-sigmoid spelled out with add, relu6 and mul become one op, however the product is
// bracketed; then activations of every kind move into the layers before them, where they cost no pass over memory.
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Rewrite.h"

#include <cmath>

namespace mnv3 {
#define GEN_PASS_DEF_FOLDHARDSWISHPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mnv3

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

namespace {

// The one number that a constant repeats.
std::optional<double> uniformValue(Value value) {
  SmallVector<float> storage;
  auto values = constantValues(value, storage);
  if (!values || values->empty() || !llvm::all_equal(*values))
    return std::nullopt;
  return values->front();
}

// The x of relu6(x + 3), or null.
Value shiftedRelu6(Value value) {
  auto relu6 = value.getDefiningOp<Relu6Op>();
  auto add = relu6 ? relu6.getInput().getDefiningOp<AddOp>() : AddOp();
  if (!add)
    return {};
  for (auto [x, three] : {std::pair(add.getLhs(), add.getRhs()), {add.getRhs(), add.getLhs()}})
    if (x.getType() == value.getType() && uniformValue(three) == 3.0)
      return x;
  return {};
}

// A product taken apart: number * factors[0] * factors[1] ...
struct Product {
  double number = 1;
  SmallVector<Value> factors;

  void multiply(Value value) {
    auto mul = value.getDefiningOp<MulOp>();
    if (auto constant = uniformValue(value)) {
      number *= *constant;
    } else if (mul && hasOneReader(value)) {
      multiply(mul.getLhs());
      multiply(mul.getRhs());
    } else {
      factors.push_back(value);
    }
  }
};

// The op that computes the same as `root`, made before it, or null.
Value spelledOut(MulOp root) {
  Product product;
  product.multiply(root.getLhs());
  product.multiply(root.getRhs());
  OpBuilder builder(root);
  // 1/6 as a float is off by 4e-8 of itself; whoever writes 0.1667 means something else.
  bool sixth = std::abs(product.number * 6 - 1) < 1e-6;
  ArrayRef<Value> factors = product.factors;
  if (sixth && factors.size() == 1)
    if (Value x = shiftedRelu6(factors[0]))
      return HardSigmoidOp::create(builder, root.getLoc(), x.getType(), x);
  if (factors.size() != 2)
    return {};
  for (auto [x, gate] : {std::pair(factors[0], factors[1]), {factors[1], factors[0]}}) {
    auto sigmoid = gate.getDefiningOp<HardSigmoidOp>();
    bool matches = sixth ? shiftedRelu6(gate) == x : product.number == 1 && sigmoid && sigmoid.getInput() == x;
    if (matches && x.getType() == root.getType())
      return HardSwishOp::create(builder, root.getLoc(), x.getType(), x);
  }
  return {};
}

struct FoldHardSwish : mnv3::impl::FoldHardSwishPassBase<FoldHardSwish> {
  void runOnOperation() override {
    for (auto mul : llvm::make_early_inc_range(getOperation().getOps<MulOp>()))
      if (Value whole = spelledOut(mul))
        replaceValue(mul.getResult(), whole);

    SmallVector<Operation *> activations; // first, as what follows one may be a keep that goes with it
    for (Operation &op : getOperation().getOps())
      if (activationOf(&op))
        activations.push_back(&op);
    for (Operation *op : activations) {
      std::optional<Makers> makers = plainMakersOf(op->getOperand(0));
      if (!makers)
        continue;
      for (LayerOp layer : makers->layers)
        layer.setActAttr(activationOf(op));
      llvm::for_each(makers->values, eraseKeeps);
      Value made = op->getOperand(0);
      made.getDefiningOp()->setLoc(op->getLoc());
      replaceValue(op->getResult(0), made);
    }
  }
};

} // namespace
