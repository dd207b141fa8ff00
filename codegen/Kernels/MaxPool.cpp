// Largest value of a window. A column outside the picture is replaced by the nearest inside: the window holds that one
// anyway, so the result is the same as if nothing lay outside. (Every window meets the picture.)
//
// Maxima over columns of the window first, kept for one row, then over those: kernelH + kernelW steps, not the product.
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"

namespace mnv3::codegen {

using namespace Halide;

Kernel makeMaxPool(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const int vector = commonLanes(target, spec.inputs), lanes = roundUp(spec.output.channels, vector);
  ImageParam input = pictureParam("input", spec.inputs[0], lanes, spec.inputWidth, spec.inputHeight);

  // Algorithm.
  Var c("c"), x("x"), y("y");
  Func columns("columns"), result("result");
  auto inputRow = [&](int tap) { return clamp((strip.first + y) * spec.strideY + tap - spec.padTop, 0, spec.inputHeight - 1); };
  Expr tallest = input(c, x, inputRow(0));
  for (int tap = 1; tap < spec.kernelH; ++tap)
    tallest = max(tallest, input(c, x, inputRow(tap)));
  columns(c, x, y) = tallest;
  auto inputColumn = [&](int tap) { return clamp(x * spec.strideX + tap - spec.padLeft, 0, spec.inputWidth - 1); };
  Expr largest = columns(c, inputColumn(0), y);
  for (int tap = 1; tap < spec.kernelW; ++tap)
    largest = max(largest, columns(c, inputColumn(tap), y));
  result(c, x, y) = largest;

  // Schedule.
  Var co("co"), ci("ci");
  result.bound(c, 0, lanes).bound(x, 0, spec.width).bound(y, 0, strip.rows);
  fixPicture(result, spec.output, lanes, spec.width, strip.rows);
  result.split(c, co, ci, vector).reorder(ci, x, co, y).vectorize(ci);
  columns.compute_at(result, co).bound(x, 0, spec.inputWidth).vectorize(c);
  return {{input}, {{result, toStrip(strip, spec.output)}}, 1};
}

} // namespace mnv3::codegen
