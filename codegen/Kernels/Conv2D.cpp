// Direct convolution on NHWC pictures.
//
// A tile of P pixels x C channel vectors of accumulators stays in registers while all inputs pass: each step multiplies
// P broadcast inputs by C vectors of weights. Weights are packed so that a step's vectors follow one another:
//
//     weights [output tile][kernel row][kernel column][input channel][C vectors]
//
// Several inputs are the parts of a concat, summed one after another into the same accumulators. Reduction runs over
// exactly the input's channels: what lies in the lanes behind them may be anything, even NaN.
#include "codegen/Kernels/Activations.h"
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"
#include "codegen/Kernels/RegisterTile.h"
#include "codegen/Schedules/Schedules.h"

#include <algorithm>

namespace mnv3::codegen {
namespace {

using namespace Halide;

// Extents of the strip. Where no picture has gaps between its rows and every pixel depends on one pixel alone, the rows are
// one long row, so that a tile may run from a row's end into the next.
struct Extents {
  Expr width, height;
  int mostWidth, mostHeight; // those of the whole picture
};

Extents extentsOf(const KernelSpec &spec, const Strip &strip) {
  bool flat = spec.kernelH == 1 && spec.kernelW == 1 && spec.strideY == 1 && spec.strideX == 1 && !spec.hasStart &&
              rowsAreDense(spec.output, spec.width) && (!spec.hasResidual || rowsAreDense(spec.residual, spec.width));
  for (const Picture &input : spec.inputs)
    flat &= rowsAreDense(input, spec.width);
  return flat ? Extents{strip.rows * spec.width, 1, spec.width * spec.height, 1}
              : Extents{spec.width, strip.rows, spec.width, spec.height};
}

// A gated input is computed in whole vectors, and what is added to a result is read in the vectors in which it is
// written, but never beyond a pixel.
int inputLanes(const KernelSpec &spec, const KernelTarget &target) { return commonLanes(target, spec.inputs); }

int resultLanes(const KernelSpec &spec, const KernelTarget &target) {
  std::vector<Picture> added;
  if (spec.hasResidual)
    added.push_back(spec.residual);
  if (spec.hasStart)
    added.push_back(spec.start);
  return commonLanes(target, added);
}

struct Operands {
  std::vector<ImageParam> inputs, weights;
  ImageParam bias, gate, residual, start;
};

Operands makeOperands(const KernelSpec &spec, const KernelTarget &target, Extents extents) {
  const int vectors = ceilDiv(spec.output.channels, target.vectorWidth);
  const int lanes = vectors * target.vectorWidth;
  const int tile = spec.schedule.vectors * target.vectorWidth, tiles = ceilDiv(vectors, spec.schedule.vectors);
  Operands operands;
  for (const Picture &input : spec.inputs) {
    std::string number = std::to_string(operands.inputs.size());
    operands.inputs.push_back(pictureParam("input" + number, input, input.channels, inputColumns(spec, extents.mostWidth),
                                           inputRows(spec, extents.mostHeight)));
    operands.weights.push_back(
        denseWeights("weights" + number, {tile, input.channels, spec.kernelW, spec.kernelH, tiles}));
  }
  operands.bias = denseWeights("bias", {tiles * tile});
  operands.gate = denseWeights("gate", {roundUp(spec.inputs[0].channels, inputLanes(spec, target))});
  operands.residual = pictureParam("residual", spec.residual, lanes, extents.mostWidth, extents.mostHeight);
  operands.start =
      pictureParam("start", spec.start, lanes, ceilDiv(extents.mostWidth, 2), ceilDiv(extents.mostHeight, 2));
  return operands;
}

// Output channel vectors first .. first + count of each pixel, in tiles of `tile` vectors.
struct Range {
  int first, count, tile;
  bool halved = false; // in vectors half as long, because half of the last one's lanes hold no channels
};

std::vector<Range> rangesOf(const KernelSpec &spec, const KernelTarget &target) {
  const int vectors = ceilDiv(spec.output.channels, target.vectorWidth), tile = spec.schedule.vectors;
  if (tile == vectors && halvesLastVector(spec, target))
    return vectors == 2 ? std::vector<Range>{{0, 2, 2, true}}
                        : std::vector<Range>{{0, vectors - 1, vectors - 1}, {vectors - 1, 1, 1, true}};
  const int whole = vectors / tile * tile;
  std::vector<Range> ranges;
  if (whole)
    ranges.push_back({0, whole, tile});
  if (vectors > whole)
    ranges.push_back({whole, vectors - whole, vectors - whole});
  return ranges;
}

// Pixels of a register tile.
int pixelsOf(const KernelSpec &spec, const Extents &extents, const Range &range) {
  return std::min(range.halved ? halvedPixels(spec, 2 * range.count - 1) : spec.schedule.pixels, extents.mostWidth);
}

Part makePart(const KernelSpec &spec, const KernelTarget &target, const Strip &strip, Extents extents, Operands operands, Range range) {
  const Schedule &schedule = spec.schedule;
  const int vector = range.halved ? target.vectorWidth / 2 : resultLanes(spec, target);
  const int firstChannel = range.first * target.vectorWidth, packedTile = schedule.vectors * target.vectorWidth;
  // Lanes that are computed, of those that are written.
  const int computed = std::min(range.count * target.vectorWidth, roundUp(spec.output.channels, vector) - firstChannel);
  const int lanes = range.halved ? range.count * target.vectorWidth : computed, tile = std::min(range.tile * target.vectorWidth, lanes);
  const KernelTarget registers = {target.name, vector, target.vectorRegisters};

  // Algorithm. c counts from the range's first channel.
  Var c("c"), x("x"), y("y");
  Func gated("gated"), accumulators("accumulators"), sums("sums"), result("result");
  if (spec.hasGate)
    gated(c, x, y) = activate(spec.gateActivation, spec.slope, operands.inputs[0](c, x, y) * operands.gate(c), target);
  accumulators(c, x, y) = spec.hasStart  ? operands.start(firstChannel + c, x / 2, y / 2)
                          : spec.hasBias ? operands.bias(firstChannel + c)
                                         : Expr(0.0f);
  std::vector<RDom> taps; // channel, kernel column, kernel row
  for (size_t i = 0; i < operands.inputs.size(); ++i) {
    RDom &r = taps.emplace_back(0, spec.inputs[i].channels, 0, spec.kernelW, 0, spec.kernelH, "r");
    Func input = spec.hasGate ? gated : Func(operands.inputs[i]);
    accumulators(c, x, y) += operands.weights[i](firstChannel % packedTile + c % tile, r.x, r.y, r.z,
                                                 firstChannel / packedTile + c / tile) *
                             input(r.x, x * spec.strideX + r.y * spec.dilation, y * spec.strideY + r.z * spec.dilation);
  }
  sums(c, x, y) = accumulators(c, x, y);
  Expr value = activate(spec.activation, spec.slope, sums(range.halved ? c % computed : Expr(c), x, y), target);
  if (spec.hasResidual)
    value += operands.residual(firstChannel + c, x, y);
  result(c, x, y) = range.halved ? select(c < computed, value, activate(spec.activation, spec.slope, 0.0f, target)) : value;

  // Schedule. ShiftInwards lets the last tile of a row overlap the one before; that needs a row as wide as a tile.
  const int pixels = pixelsOf(spec, extents, range);
  Var xo("xo"), xi("xi"), co("co"), ci("ci");
  result.bound(c, 0, lanes).bound(x, 0, extents.width).bound(y, 0, extents.height);
  fixPicture(result, spec.output, lanes, extents.width, extents.height);
  result.split(x, xo, xi, pixels, TailStrategy::ShiftInwards).split(c, co, ci, tile);
  if (schedule.channelsOutermost)
    result.reorder(ci, xi, xo, y, co);
  else
    result.reorder(ci, xi, co, xo, y);
  result.vectorize(ci, vector).unroll(ci);
  const LoopLevel perTile(result, schedule.channelsOutermost ? xo : co);
  if (isLooped(spec.activation, target)) { // over the tile's pixels, four vectors or more at a time
    result.unroll(xi, largestDivisor(pixels, ceilDiv(4 * vector, tile)));
    scheduleTile(sums.compute_at(perTile), c, x, registers);
    accumulators.compute_at(sums, Var::outermost());
  } else {
    result.unroll(xi);
    accumulators.compute_at(perTile);
  }
  scheduleTile(accumulators, c, x, registers);
  for (size_t i = 0; i < operands.inputs.size(); ++i) {
    Func source = spec.hasGate ? gated : Func(operands.inputs[i]);
    scheduleReduction({accumulators, static_cast<int>(i), c, x, {taps[i].x, taps[i].y, taps[i].z},
                       spec.inputs[i].channels, range.halved ? halvedUnroll(spec) : schedule.unroll},
                      source, registers);
  }
  if (spec.hasGate) { // once for all output channels of a tile of pixels
    const int gateLanes = inputLanes(spec, target), gatedLanes = roundUp(spec.inputs[0].channels, gateLanes);
    const int vectors = multipliesByElement(target) ? largestDivisor(gatedLanes / gateLanes, 4) : 1; // where instructions count
    gated.compute_at(result, xo).bound_extent(c, gatedLanes).split(c, co, ci, vectors * gateLanes).vectorize(ci, gateLanes).unroll(ci);
  }
  return {result, toStrip(strip, spec.output) + firstChannel};
}

} // namespace

Kernel makeConv2D(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const Extents extents = extentsOf(spec, strip);
  Operands operands = makeOperands(spec, target, extents);
  Kernel kernel;
  for (size_t i = 0; i < spec.inputs.size(); ++i) {
    kernel.operands.push_back({operands.inputs[i], toStrip(strip, spec.inputs[i], spec.strideY)});
    kernel.operands.push_back(operands.weights[i]);
  }
  if (spec.hasBias && !spec.hasStart)
    kernel.operands.push_back(operands.bias);
  if (spec.hasGate)
    kernel.operands.push_back(operands.gate);
  if (spec.hasResidual)
    kernel.operands.push_back({operands.residual, toStrip(strip, spec.residual)});
  if (spec.hasStart)
    kernel.operands.push_back({operands.start, strip.first / 2 * spec.start.rowStride});

  kernel.rowStep = spec.hasStart ? 2 : 1;
  for (const Range &range : rangesOf(spec, target)) {
    kernel.parts.push_back(makePart(spec, target, strip, extents, operands, range));
    if (extents.mostHeight == 1) // a strip is as long as a tile
      kernel.rowStep = std::max(kernel.rowStep, ceilDiv(pixelsOf(spec, extents, range), spec.width));
  }
  return kernel;
}

} // namespace mnv3::codegen
