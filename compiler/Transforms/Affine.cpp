#include "compiler/Transforms/Affine.h"

#include <cmath>

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

FailureOr<std::optional<Affine>> nn::affineOf(BatchNormOp norm) {
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
      return norm.emitOpError() << "channel " << c << " has variance " << (*variance)[c] << ", which epsilon " << epsilon
                                << " does not make positive";
    affine.factor.push_back((*scale)[c] / std::sqrt(spread));
    affine.shift.push_back((*offset)[c] - (*mean)[c] * affine.factor.back());
  }
  return std::optional(std::move(affine));
}
