// The first convolution: reads the caller's planar picture, which has no halo, or those of its rows that the strip wants, and
// writes NHWC.
//
// Rows are copied once, borders included, into a few rows of scratch that slide down the picture; the reduction then
// needs no tests. Lanes are output channels. Few channels take half or quarter vectors, which leave more of them to the
// registers and, on CPUs that do wide vectors in halves, cost less; the rest of the pixel is a constant.
#include "codegen/Kernels/Activations.h"
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"
#include "codegen/Kernels/RegisterTile.h"
#include "codegen/Schedules/Machine.h"

#include <algorithm>

namespace mnv3::codegen {

using namespace Halide;

namespace {

int computedLanes(int channels, int vector) {
  while (vector / 2 >= channels && vector > 4)
    vector /= 2;
  return vector;
}

// Columns of the filter that are unrolled. The pixels of a tile share inputs, strideX apart: with all columns of a wide filter each input
// would stay in a register until the last pixel has met it, and there are not so many. As many columns as a step share none.
int columnsAtOnce(const KernelSpec &spec, const KernelTarget &target) {
  const bool fits = spec.kernelW <= 2 * spec.strideX || multipliesByElement(target);
  return fits || spec.kernelW % spec.strideX ? spec.kernelW : spec.strideX;
}

} // namespace

Kernel makeStem(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const int vector = target.vectorWidth, lanes = roundUp(spec.output.channels, vector);
  const int narrow = computedLanes(spec.output.channels, vector), computed = roundUp(spec.output.channels, narrow);
  const int planes = spec.inputs[0].channels, inputWidth = spec.inputWidth, inputHeight = spec.inputHeight;
  ImageParam input(Float(32), 1, "input");
  fix(input, {{planes * inputHeight * inputWidth, 1}}, 4);
  ImageParam weights = denseWeights("weights", {vector, spec.kernelW, spec.kernelH, planes, lanes / vector});
  ImageParam bias = denseWeights("bias", {lanes});

  // Algorithm. Columns and rows of `padded` count from the first that any filter of the strip meets.
  Var c("c"), x("x"), y("y"), p("p");
  Func padded("padded"), accumulators("accumulators"), result("result");
  RDom r(0, spec.kernelW, 0, spec.kernelH, 0, planes, "r");
  Expr column = x - spec.padLeft, row = y + strip.first * spec.strideY - spec.padTop;
  Expr inside = column >= 0 && column < inputWidth && row >= 0 && row < inputHeight;
  Expr from = p * strip.plane + clamp(row, 0, inputHeight - 1) * inputWidth;
  padded(x, p, y) = select(likely(inside), input(from + clamp(likely(column), 0, inputWidth - 1)), 0.0f);
  accumulators(c, x, y) = bias(c);
  accumulators(c, x, y) += weights(c % vector, r.x, r.y, r.z, c / vector) *
                           padded(x * spec.strideX + r.x * spec.dilation, r.z, y * spec.strideY + r.y * spec.dilation);
  Expr value = activate(spec.activation, spec.slope, accumulators(c % computed, x, y), target);
  result(c, x, y) = computed == lanes ? value : select(c < computed, value, activate(spec.activation, spec.slope, 0.0f, target));

  // Schedule.
  const int pixels = std::min(spec.schedule.pixels, spec.width), tile = computed == lanes ? spec.schedule.vectors * vector : lanes;
  Var xo("xo"), xi("xi"), co("co"), ci("ci");
  result.bound(c, 0, lanes).bound(x, 0, spec.width).bound(y, 0, strip.rows);
  fixPicture(result, spec.output, lanes, spec.width, strip.rows);
  result.split(x, xo, xi, pixels, TailStrategy::ShiftInwards)
      .split(c, co, ci, tile)
      .reorder(ci, xi, co, xo, y)
      .vectorize(ci, narrow)
      .unroll(ci)
      .unroll(xi);
  accumulators.compute_at(result, co);
  accumulators.store_in(MemoryType::Stack).vectorize(c, narrow).unroll(c).unroll(x);
  RVar group("group"), tap("tap");
  accumulators.update()
      .split(r.x, group, tap, columnsAtOnce(spec, target))
      .reorder(c, x, tap, group, r.y, r.z)
      .vectorize(c, narrow)
      .unroll(c)
      .unroll(x)
      .unroll(tap);
  if (!multipliesByElement(target)) {
    padded.store_root().compute_at(result, y).vectorize(x, vector, TailStrategy::RoundUp);
  } else {
    // Rows that two filters meet are copied twice, four vectors at a time: cheaper than to find them in a ring for every tile.
    padded.compute_at(result, y).vectorize(x, vector, TailStrategy::RoundUp);
    padded.unroll(x, 4, TailStrategy::GuardWithIf);
    accumulators.update().unroll(r.y);
    // A row's inputs of all pixels of the tile, as vectors whose elements multiply.
    Func staged = padded.in(accumulators);
    const int inputs = inputColumns(spec, pixels);
    staged.compute_at(accumulators, r.y).store_in(MemoryType::Register).bound_extent(x, roundUp(inputs, narrow)).vectorize(x, narrow).unroll(x);
  }
  return {{input, weights, bias}, {{result, toStrip(strip, spec.output)}}, 1};
}

} // namespace mnv3::codegen
