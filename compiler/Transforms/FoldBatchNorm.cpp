// A batch norm is one multiplication and one addition a channel, so the layer before it can do both with its weights.
// The arithmetic is done in double and rounded once: folded and unfolded results differ by rounding only.
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Rewrite.h"

#include <cmath>

namespace mnv3 {
#define GEN_PASS_DEF_FOLDBATCHNORMPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mnv3

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

namespace {

// y = factor * x + shift, each channel. factor and shift are as long as the value has channels.
struct Affine {
  SmallVector<double> factor, shift;
};

// What a channel range of an Affine needs.
struct AffineRef {
  ArrayRef<double> factor, shift;
};

// Nothing when a parameter is no constant; failure, with the reason at the op, when there is no square root to take.
FailureOr<std::optional<Affine>> affineOf(BatchNormOp norm) {
  SmallVector<float> storage[4];
  auto scale = constantValues(norm.getScale(), storage[0]), offset = constantValues(norm.getOffset(), storage[1]);
  auto mean = constantValues(norm.getMean(), storage[2]), variance = constantValues(norm.getVariance(), storage[3]);
  if (!scale || !offset || !mean || !variance)
    return std::optional<Affine>();
  Affine affine;
  double epsilon = norm.getEpsilon().convertToDouble();
  for (size_t c = 0; c < scale->size(); ++c) {
    double spread = double((*variance)[c]) + epsilon;
    if (!(spread > 0))
      return norm.emitOpError() << "channel " << c << " has variance " << (*variance)[c] << ", which epsilon "
                                << epsilon << " does not make positive";
    affine.factor.push_back((*scale)[c] / std::sqrt(spread));
    affine.shift.push_back((*offset)[c] - (*mean)[c] * affine.factor.back());
  }
  return std::optional(std::move(affine));
}

// Whether scaling and shifting `value` can be left to the layers that make it.
bool canAbsorb(Value value) {
  if (!hasOneReader(value))
    return false;
  if (auto concat = value.getDefiningOp<ConcatOp>())
    return llvm::all_of(concat.getInputs(), canAbsorb);
  auto layer = value.getDefiningOp<LayerOp>();
  SmallVector<float> storage;
  return layer && layer.isPlain() && !layer.getActAttr() && constantValues(layer.getWeightsOperand().get(), storage) &&
         (!layer.getBias() || constantValues(layer.getBias(), storage));
}

void absorb(Value value, AffineRef affine) {
  eraseKeeps(value);
  if (auto concat = value.getDefiningOp<ConcatOp>()) {
    for (Value input : concat.getInputs()) {
      size_t part = channels(input);
      absorb(input, {affine.factor.take_front(part), affine.shift.take_front(part)});
      affine = {affine.factor.drop_front(part), affine.shift.drop_front(part)};
    }
    return;
  }
  auto layer = value.getDefiningOp<LayerOp>();
  Value oldWeights = layer.getWeightsOperand().get();
  SmallVector<float> storage, biasStorage;
  SmallVector<float> weights(*constantValues(oldWeights, storage));
  size_t outputs = affine.factor.size(), span = weights.size() / outputs;
  for (size_t i = 0; i < weights.size(); ++i)
    weights[i] = float(weights[i] * affine.factor[layer.channelIsLast() ? i % outputs : i / span]);
  SmallVector<float> bias(affine.shift);
  if (layer.getBias())
    for (auto [c, old] : llvm::enumerate(*constantValues(layer.getBias(), biasStorage)))
      bias[c] = float(affine.shift[c] + old * affine.factor[c]);

  OpBuilder builder(layer);
  auto shape = cast<RankedTensorType>(oldWeights.getType()).getShape();
  layer.getWeightsOperand().set(makeWeights(builder, oldWeights.getLoc(), shape, weights, "folded_weights"));
  layer.getBiasMutable().assign(makeWeights(builder, oldWeights.getLoc(), outputs, bias, "folded_bias"));
}

struct FoldBatchNorm : mnv3::impl::FoldBatchNormPassBase<FoldBatchNorm> {
  void runOnOperation() override {
    for (auto norm : llvm::make_early_inc_range(getOperation().getOps<BatchNormOp>())) {
      Value input = norm.getInput();
      if (!canAbsorb(input))
        continue;
      auto affine = affineOf(norm);
      if (failed(affine))
        return signalPassFailure();
      if (!*affine)
        continue;
      absorb(input, {(*affine)->factor, (*affine)->shift});
      input.getDefiningOp()->setLoc(norm.getLoc()); // the result is now what the batch norm's yaml row makes
      replaceValue(norm.getResult(), input);
    }
    eraseUnused(getOperation());
  }
};

} // namespace
