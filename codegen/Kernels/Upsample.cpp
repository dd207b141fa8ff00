// Nearest neighbour by an integer factor: an input vector is loaded once and stored `factor` times in its row.
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"

namespace mnv3::codegen {

using namespace Halide;

Kernel makeUpsample(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const int vector = commonLanes(target, spec.inputs), lanes = roundUp(spec.output.channels, vector);
  ImageParam input = pictureParam("input", spec.inputs[0], lanes, ceilDiv(spec.width, spec.factor),
                                  ceilDiv(spec.height, spec.factor));

  // Algorithm.
  Var c("c"), x("x"), y("y");
  Func result("result");
  result(c, x, y) = input(c, x / spec.factor, y / spec.factor);

  // Schedule.
  Var xo("xo"), xi("xi");
  result.bound(c, 0, lanes).bound(x, 0, spec.width).bound(y, 0, strip.rows);
  fixPicture(result, spec.output, lanes, spec.width, strip.rows);
  result.split(x, xo, xi, spec.factor).reorder(xi, c, xo, y).vectorize(c, vector).unroll(xi);
  return {{{input, strip.first / spec.factor * spec.inputs[0].rowStride}}, {{result, toStrip(strip, spec.output)}}, spec.factor};
}

} // namespace mnv3::codegen
