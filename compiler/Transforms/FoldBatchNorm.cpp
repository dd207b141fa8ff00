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

// y = factor * x + shift, each channel.
struct Affine {
  SmallVector<double> factor, shift;
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

bool hasConstantWeights(LayerOp layer) {
  SmallVector<float> storage;
  return constantValues(layer.getWeightsOperand().get(), storage) &&
         (!layer.getBias() || constantValues(layer.getBias(), storage));
}

// factor and shift are those of the layer's own channels.
void absorb(LayerOp layer, ArrayRef<double> factor, ArrayRef<double> shift) {
  Value oldWeights = layer.getWeightsOperand().get(), oldBias = layer.getBias();
  SmallVector<float> storage, biasStorage;
  SmallVector<float> weights(*constantValues(oldWeights, storage));
  size_t outputs = factor.size(), span = weights.size() / outputs;
  for (size_t i = 0; i < weights.size(); ++i)
    weights[i] = float(weights[i] * factor[layer.channelIsLast() ? i % outputs : i / span]);
  SmallVector<float> bias(shift);
  if (oldBias)
    for (auto [c, old] : llvm::enumerate(*constantValues(oldBias, biasStorage)))
      bias[c] = float(shift[c] + old * factor[c]);

  OpBuilder builder(layer);
  auto shape = cast<RankedTensorType>(oldWeights.getType()).getShape();
  layer.getWeightsOperand().set(makeWeights(builder, oldWeights.getLoc(), shape, weights, "folded_weights"));
  layer.getBiasMutable().assign(makeWeights(builder, oldWeights.getLoc(), outputs, bias, "folded_bias"));
  eraseIfUnused(oldWeights);
  if (oldBias)
    eraseIfUnused(oldBias);
}

struct FoldBatchNorm : mnv3::impl::FoldBatchNormPassBase<FoldBatchNorm> {
  void runOnOperation() override {
    for (auto norm : llvm::make_early_inc_range(getOperation().getOps<BatchNormOp>())) {
      Value input = norm.getInput();
      std::optional<Makers> makers = plainMakersOf(input);
      if (!makers || !llvm::all_of(makers->layers, hasConstantWeights))
        continue;
      auto affine = affineOf(norm);
      if (failed(affine))
        return signalPassFailure();
      if (!*affine)
        continue;
      ArrayRef<double> factor = (*affine)->factor, shift = (*affine)->shift;
      for (LayerOp layer : makers->layers) {
        size_t part = channels(layer->getResult(0));
        absorb(layer, factor.take_front(part), shift.take_front(part));
        factor = factor.drop_front(part), shift = shift.drop_front(part);
      }
      llvm::for_each(makers->values, eraseKeeps);
      input.getDefiningOp()->setLoc(norm.getLoc()); // the result is now what the batch norm's yaml row makes
      replaceValue(norm.getResult(), input);
    }
  }
};

} // namespace
