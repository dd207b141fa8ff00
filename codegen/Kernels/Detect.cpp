// A level of Detect: a 1x1 convolution whose result goes straight into the caller's dense head,
//
//     head [anchor][row][column][field]
//
// Fields hardly ever fill vectors: the last vector of a pixel runs into the next pixel's first fields, which are written
// after it. The last row of a strip has no such successor, so a second part writes the last rows field by field; it runs
// after the first, whose surplus it covers.
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"
#include "codegen/Kernels/RegisterTile.h"

#include <algorithm>

namespace mnv3::codegen {
namespace {

using namespace Halide;

struct Operands {
  ImageParam input, weights, bias;
};

Part makePart(const KernelSpec &spec, const KernelTarget &target, Operands operands, Expr firstRow, Expr rows, Expr firstFloat, bool exact) {
  const int vector = target.vectorWidth, fields = spec.output.channels, lanes = roundUp(fields, vector);
  const int64_t row = static_cast<int64_t>(fields) * spec.width;

  // Algorithm. l is a field, a an anchor; y counts from the first row of this part.
  Var l("l"), x("x"), y("y"), a("a");
  Func accumulators("accumulators"), tile("tile"), result("result");
  RDom r(0, spec.inputs[0].channels, "r");
  accumulators(l, x, y, a) = operands.bias(l, a);
  accumulators(l, x, y, a) += operands.weights(l, r, a) * operands.input(r, x, firstRow + y);
  tile(l, x, y, a) = accumulators(l, x, y, a);
  result(l, x, y, a) = tile(l, x, y, a);

  // Schedule. All fields of a tile of pixels are in `tile` before the first is stored.
  const int pixels = std::min(spec.schedule.pixels, spec.width), written = exact ? fields : lanes;
  Var xo("xo"), xi("xi"), lo("lo"), li("li");
  result.bound(l, 0, written).bound(x, 0, spec.width).bound(y, 0, rows).bound(a, 0, spec.anchors);
  fix(result.output_buffer(), {{written, 1}, {spec.width, fields}, {rows, row}, {spec.anchors, row * spec.height}}, 4);
  result.split(x, xo, xi, pixels, TailStrategy::ShiftInwards).reorder(l, xi, xo, y, a).unroll(xi);
  if (exact)
    result.unroll(l);
  else
    result.vectorize(l, vector).unroll(l);
  tile.compute_at(result, xo)
      .store_in(MemoryType::Stack)
      .bound_extent(l, lanes)
      .split(l, lo, li, spec.schedule.vectors * vector)
      .reorder(li, x, lo)
      .vectorize(li, vector)
      .unroll(li)
      .unroll(x);
  accumulators.compute_at(tile, lo);
  scheduleTile(accumulators, l, x, target);
  scheduleReduction({accumulators, 0, l, x, {r}, spec.inputs[0].channels, spec.schedule.unroll}, operands.input, target);
  return {result, firstFloat + firstRow * static_cast<int>(row)};
}

} // namespace

Kernel makeDetect(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const int fields = spec.output.channels, lanes = roundUp(fields, target.vectorWidth);
  Operands operands;
  operands.input = pictureParam("input", spec.inputs[0], spec.inputs[0].channels, spec.width, spec.height);
  operands.weights = denseWeights("weights", {lanes, spec.inputs[0].channels, spec.anchors});
  operands.bias = denseWeights("bias", {lanes, spec.anchors});

  Kernel kernel{{{operands.input, toStrip(strip, spec.inputs[0])}, operands.weights, operands.bias}, {}};
  const Expr firstFloat = strip.first * (fields * spec.width);
  const int lastPixels = ceilDiv(lanes - fields, fields); // whose surplus would run past the anchor's end
  const int exactRows = std::min(ceilDiv(lastPixels, spec.width), spec.height);
  if (spec.height > exactRows)
    kernel.parts.push_back(makePart(spec, target, operands, 0, strip.rows - exactRows, firstFloat, false));
  if (exactRows)
    kernel.parts.push_back(makePart(spec, target, operands, strip.rows - exactRows, exactRows, firstFloat, true));
  kernel.rowStep = std::max(exactRows, 1);
  return kernel;
}

} // namespace mnv3::codegen
