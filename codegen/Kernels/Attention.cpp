// softmax(query . key / sqrt(channels / heads)) . value for each head; the pixels of a picture are the tokens.
//
// One query in one head at a time: its products with all keys (vectors of keys, which are transposed for that first), the
// largest of them, the exponentials, their sum, and the values weighted with them. Sums and maxima over the tokens are
// taken lane by lane, and over the lanes at the end; tokens are padded to whole vectors, and the padding weighs nothing.
#include "codegen/Kernels/Activations.h"
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"

#include <cmath>

namespace mnv3::codegen {

using namespace Halide;

Kernel makeAttention(const KernelSpec &spec, const KernelTarget &target) {
  const int vector = target.vectorWidth, channels = spec.output.channels, heads = spec.factor, depth = channels / heads;
  const int width = spec.width, height = spec.height, tokens = width * height, padded = roundUp(tokens, vector);
  ImageParam query = pictureParam("query", spec.inputs[0], channels, width, height);
  ImageParam key = pictureParam("key", spec.inputs[1], channels, width, height);
  ImageParam value = pictureParam("value", spec.inputs[2], channels, width, height);

  // Algorithm.
  Var t("t"), c("c"), d("d"), h("h"), x("x"), y("y"), lane("lane");
  RDom channel(0, depth, "channel"), step(0, padded / vector, "step"), lanes(0, vector, "lanes"), token(0, width, 0, height, "token");
  const Expr lowest = Float(32).min();
  Func keys("keys"), scores("scores"), largest("largest"), best("best"), weights("weights"), sums("sums"), total("total"), mixed("mixed"),
      result("result");
  Expr place = min(t, tokens - 1);
  keys(t, c) = key(c, place % width, place / width);
  scores(t, h, x, y) = 0.0f;
  scores(t, h, x, y) += query(h * depth + channel, x, y) * keys(t, h * depth + channel);
  largest(lane, h, x, y) = lowest;
  largest(lane, h, x, y) = max(largest(lane, h, x, y), scores(step * vector + lane, h, x, y));
  best(h, x, y) = lowest;
  best(h, x, y) = max(best(h, x, y), largest(lanes, h, x, y));
  const float scale = 1.0f / std::sqrt(static_cast<float>(depth));
  weights(t, h, x, y) = select(t < tokens, exponential((scores(t, h, x, y) - best(h, x, y)) * scale), 0.0f);
  sums(lane, h, x, y) = 0.0f;
  sums(lane, h, x, y) += weights(step * vector + lane, h, x, y);
  total(h, x, y) = 0.0f;
  total(h, x, y) += sums(lanes, h, x, y);
  mixed(d, h, x, y) = 0.0f;
  mixed(d, h, x, y) += weights(token.y * width + token.x, h, x, y) * value(h * depth + d, token.x, token.y);
  result(d, h, x, y) = mixed(d, h, x, y) / total(h, x, y);

  // Schedule. A head's channels are taken in the widest vectors that divide them.
  int part = vector;
  while (depth % part)
    part /= 2;
  result.bound(d, 0, depth).bound(h, 0, heads).bound(x, 0, width).bound(y, 0, height);
  fix(result.output_buffer(), {{depth, 1}, {heads, depth}, {width, spec.output.pixelStride}, {height, spec.output.rowStride}},
      spec.output.alignment);
  result.vectorize(d, part);
  keys.compute_root().bound(t, 0, padded).bound(c, 0, channels).vectorize(t, vector);
  scores.compute_at(result, h).bound(t, 0, padded).vectorize(t, vector);
  scores.update().reorder(channel, t).vectorize(t, vector);
  weights.compute_at(result, h).bound(t, 0, padded).vectorize(t, vector);
  for (Func lanewise : {largest, sums}) {
    lanewise.compute_at(result, h).bound(lane, 0, vector).vectorize(lane);
    lanewise.update().vectorize(lane);
  }
  best.compute_at(result, h);
  total.compute_at(result, h);
  mixed.compute_at(result, h).vectorize(d, part).unroll(d);
  mixed.update().reorder(d, token.x, token.y).vectorize(d, part).unroll(d);
  return {{query, key, value}, {{result}}};
}

} // namespace mnv3::codegen
