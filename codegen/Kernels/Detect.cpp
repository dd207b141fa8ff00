// A level of Detect: a 1x1 convolution whose result goes straight into the caller's dense head,
//
//     head [anchor][row][column][field]
//
// All outputs of a tile of pixels (output = anchor * fields + field) come together before any is stored. A few that would fill hardly
// more than a lane of one more vector are dot products over the channels of a pixel instead.
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

// A pixel's fields are copied unrolled up to so many: one vector after another, or each alone where it must be exact. More are a loop, as
// classes may be thousands.
constexpr int mostUnrolledFields = 128;

struct Operands {
  ImageParam input, weights, bias;
};

Part makePart(const KernelSpec &spec, const KernelTarget &target, Operands operands, Expr firstRow, Expr rows, Expr firstFloat, bool exact) {
  const int vector = target.vectorWidth, fields = spec.output.channels, channels = spec.inputs[0].channels;
  const int row = fields * spec.width; // nn::mostValues bounds a whole head
  const int outputTile = spec.schedule.vectors * vector;
  const int dotted = dottedOutputs(spec, target), whole = spec.anchors * fields - dotted;
  const int lanes = roundUp(whole, outputTile);
  int dotLanes = vector;
  while (channels % dotLanes)
    dotLanes /= 2;

  // Algorithm. l is a field, a an anchor, o an output, d one of the dotted; y counts from the first row of this part.
  Var l("l"), x("x"), y("y"), a("a"), o("o"), d("d"), lane("lane");
  Func accumulators("accumulators"), partialDots("partialDots"), dots("dots"), tile("tile"), result("result");
  RDom r(0, channels, "r"), step(0, channels / dotLanes, "step"), lanesOfDot(0, dotLanes, "lanes");
  auto input = [&](Expr channel) { return operands.input(channel, x, firstRow + y); };
  accumulators(o, x, y) = operands.bias(o);
  accumulators(o, x, y) += operands.weights((o / outputTile * channels + r) * outputTile + o % outputTile) * input(r);
  tile(o, x, y) = undef<float>();
  RDom whichOutput(0, lanes, "output"), whichDot(0, std::max(dotted, 1), "dot");
  tile(whichOutput, x, y) = accumulators(whichOutput, x, y);
  if (dotted) {
    Expr channel = step * dotLanes + lane;
    partialDots(lane, d, x, y) = 0.0f;
    partialDots(lane, d, x, y) += operands.weights(lanes * channels + d * channels + channel) * input(channel);
    dots(d, x, y) = operands.bias(lanes + d);
    dots(d, x, y) += partialDots(lanesOfDot, d, x, y);
    tile(lanes + whichDot, x, y) = dots(whichDot, x, y);
  }
  result(l, x, y, a) = tile(a * fields + l, x, y);

  // Schedule.
  const int pixels = std::min(spec.schedule.pixels, spec.width), written = exact ? fields : roundUp(fields, vector);
  Var xo("xo"), xi("xi");
  result.bound(l, 0, written).bound(x, 0, spec.width).bound(y, 0, rows).bound(a, 0, spec.anchors);
  fix(result.output_buffer(), {{written, 1}, {spec.width, fields}, {rows, row}, {spec.anchors, row * spec.height}}, 4);
  result.split(x, xo, xi, pixels, TailStrategy::ShiftInwards).reorder(l, xi, a, xo, y).unroll(xi);
  if (!exact)
    result.vectorize(l, vector);
  if (fields <= mostUnrolledFields)
    result.unroll(l);
  tile.compute_at(result, xo).store_in(MemoryType::Stack).align_storage(o, vector);
  RVar to("to"), ti("ti");
  tile.update(0).split(whichOutput, to, ti, outputTile).reorder(ti, x, to).vectorize(ti, vector).unroll(ti).unroll(x);
  accumulators.compute_at(tile, to);
  scheduleTile(accumulators, o, x, target);
  scheduleReduction({accumulators, 0, o, x, {r}, channels, spec.schedule.unroll}, operands.input, target);
  if (dotted) {
    partialDots.compute_at(result, xo).store_in(MemoryType::Stack).vectorize(lane).unroll(d).unroll(x);
    partialDots.update().reorder(lane, d, x, step).vectorize(lane).unroll(d).unroll(x);
    dots.compute_at(result, xo).store_in(MemoryType::Stack).unroll(d).unroll(x);
    tile.update(1).unroll(whichDot).unroll(x);
    dots.update().atomic().vectorize(lanesOfDot).unroll(d).unroll(x);
  }
  return {result, firstFloat + firstRow * static_cast<int>(row)};
}

} // namespace

Kernel makeDetect(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const int fields = spec.output.channels, surplus = roundUp(fields, target.vectorWidth) - fields, channels = spec.inputs[0].channels;
  const int outputTile = spec.schedule.vectors * target.vectorWidth;
  const int dotted = dottedOutputs(spec, target), whole = spec.anchors * fields - dotted;
  Operands operands;
  operands.input = pictureParam("input", spec.inputs[0], channels, spec.width, spec.height);
  operands.weights = denseWeights("weights", {(roundUp(whole, outputTile) + dotted) * channels});
  operands.bias = denseWeights("bias", {roundUp(spec.anchors * fields, outputTile)});

  Kernel kernel{{{operands.input, toStrip(strip, spec.inputs[0])}, operands.weights, operands.bias}, {}};
  const Expr firstFloat = strip.first * (fields * spec.width);
  const int lastPixels = ceilDiv(surplus, fields); // whose surplus would run past the anchor's end
  const int exactRows = std::min(ceilDiv(lastPixels, spec.width), spec.height);
  if (spec.height > exactRows)
    kernel.parts.push_back(makePart(spec, target, operands, 0, strip.rows - exactRows, firstFloat, false));
  if (exactRows)
    kernel.parts.push_back(makePart(spec, target, operands, strip.rows - exactRows, exactRows, firstFloat, true));
  kernel.rowStep = std::max(exactRows, 1);
  return kernel;
}

} // namespace mnv3::codegen
