// A picture into another, whole vectors at a time; or into dense memory of the caller's, where a pixel's last vector
// must not run into the next pixel.
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"

namespace mnv3::codegen {

using namespace Halide;

Kernel makeCopy(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const int vector = commonLanes(target, spec.inputs), channels = spec.output.channels;
  const bool exact = spec.output.pixelStride < roundUp(channels, vector);
  const int lanes = exact ? channels : roundUp(channels, vector);
  const bool flat = rowsAreDense(spec.inputs[0], spec.width) && rowsAreDense(spec.output, spec.width);
  const Expr width = flat ? strip.rows * spec.width : Expr(spec.width), height = flat ? Expr(1) : strip.rows;
  ImageParam input = pictureParam("input", spec.inputs[0], lanes, spec.width, spec.height);

  // Algorithm.
  Var c("c"), x("x"), y("y");
  Func result("result");
  result(c, x, y) = input(c, x, y);

  // Schedule. Where the pixel holds a vector, its last vector overlaps the one before; less is copied one by one.
  result.bound(c, 0, lanes).bound(x, 0, width).bound(y, 0, height);
  fixPicture(result, spec.output, lanes, width, height);
  if (lanes >= vector)
    result.vectorize(c, vector, TailStrategy::ShiftInwards);
  else
    result.unroll(c);
  return {{{input, toStrip(strip, spec.inputs[0])}}, {{result, toStrip(strip, spec.output)}}, 1};
}

} // namespace mnv3::codegen
