// Depthwise convolution on NHWC pictures: a tile of rows x pixels of one channel vector stays in registers while all
// taps pass. One channel vector runs over the whole picture before the next, so that its taps stay in registers or L1:
//
//     weights [channel vector][tap]
#include "codegen/Kernels/Activations.h"
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"

#include <algorithm>

namespace mnv3::codegen {

using namespace Halide;

Kernel makeDepthwise(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const int packing = target.vectorWidth, vector = commonLanes(target, spec.inputs), lanes = roundUp(spec.output.channels, vector);
  const int taps = spec.kernelH * spec.kernelW;
  ImageParam input = pictureParam("input", spec.inputs[0], lanes, inputColumns(spec, spec.width), inputRows(spec, spec.height));
  ImageParam weights = denseWeights("weights", {packing, taps, ceilDiv(lanes, packing)}), bias = denseWeights("bias", {lanes});

  // Algorithm.
  Var c("c"), x("x"), y("y");
  Func accumulators("accumulators"), result("result");
  RDom r(0, spec.kernelW, 0, spec.kernelH, "r");
  accumulators(c, x, y) = bias(c);
  accumulators(c, x, y) += weights(c % packing, r.x + spec.kernelW * r.y, c / packing) *
                           input(c, x * spec.strideX + r.x * spec.dilation, y * spec.strideY + r.y * spec.dilation);
  result(c, x, y) = activate(spec.activation, spec.slope, accumulators(c, x, y), target);

  // Schedule. Tiles that do not divide the picture overlap at its end.
  const int pixels = std::min(spec.schedule.pixels, spec.width), rows = std::min(spec.schedule.rows, spec.height);
  Var xo("xo"), xi("xi"), yo("yo"), yi("yi"), co("co"), ci("ci");
  result.bound(c, 0, lanes).bound(x, 0, spec.width).bound(y, 0, strip.rows);
  fixPicture(result, spec.output, lanes, spec.width, strip.rows);
  result.split(x, xo, xi, pixels, TailStrategy::ShiftInwards)
      .split(y, yo, yi, rows, TailStrategy::ShiftInwards)
      .split(c, co, ci, vector);
  if (spec.schedule.channelsOutermost)
    result.reorder(ci, xi, yi, xo, yo, co);
  else
    result.reorder(ci, xi, yi, co, xo, yo);
  result.vectorize(ci).unroll(xi).unroll(yi);
  accumulators.compute_at(result, spec.schedule.channelsOutermost ? xo : co)
      .store_in(MemoryType::Stack)
      .vectorize(c)
      .unroll(x)
      .unroll(y);
  accumulators.update().reorder(c, x, y, r.x, r.y).vectorize(c).unroll(x).unroll(y).unroll(r.x);
  if (taps <= 9 || (taps <= 25 && multipliesByElement(target))) // larger windows are a loop over their rows
    accumulators.update().unroll(r.y);
  return {{{input, toStrip(strip, spec.inputs[0], spec.strideY)}, weights, bias}, {{result, toStrip(strip, spec.output)}}, rows};
}

} // namespace mnv3::codegen
