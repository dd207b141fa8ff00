#include "codegen/Schedules/Families.h"
#include "codegen/Schedules/RegisterBudget.h"
#include "codegen/Schedules/Schedules.h"

#include <algorithm>

namespace mnv3::codegen {

bool fitsRegisters(RegisterTile tile, const KernelTarget &target) {
  const int accumulators = tile.accumulators(), registers = target.vectorRegisters;
  if (multipliesByElement(target))
    return accumulators <= 21 && accumulators + tile.pixels + tile.vectors + 2 <= registers;
  return accumulators + tile.vectors + (multipliesByScalar(target) ? 0 : 1) <= registers;
}

double multiplyAddCost(RegisterTile tile, const KernelTarget &target) {
  const int accumulators = tile.accumulators();
  // A load costs part of a multiply-add's issue slot; a NEON load brings four steps' inputs.
  const double inputLoads = multipliesByElement(target) ? tile.pixels / 4.0 : tile.pixels;
  const double loads = 0.25 * (inputLoads + tile.vectors) / accumulators;
  // Fewer accumulators than latency x throughput of multiply-add (4 x 2) leave slots empty.
  const double idle = accumulators < 8 ? (8.0 - accumulators) / accumulators : 0;
  // Bias, activation and loop control come once a tile: longer tiles hide them better.
  return 1 + loads + idle + 0.5 / accumulators;
}

RegisterTile chooseRegisterTile(int width, int vectors, const KernelTarget &target, LastVectors last) {
  RegisterTile best;
  double bestCost = 1e30;
  for (int c = 1; c <= vectors; ++c) {
    if (last == LastVectors::divide && vectors % c)
      continue;
    for (int p = 1; p <= width; ++p) {
      RegisterTile tile{p, c};
      if (!fitsRegisters(tile, target))
        break;
      // The last tile of a row overlaps the one before.
      const double overlap = static_cast<double>(ceilDiv(width, p) * p) / width;
      const int whole = vectors / c * c, rest = vectors - whole;
      double cost = whole * multiplyAddCost(tile, target);
      if (rest && last == LastVectors::fillUp)
        cost += c * multiplyAddCost(tile, target); // zeros are multiplied as well
      else if (rest)
        cost += rest * multiplyAddCost({p, rest}, target) + 0.5; // a second kernel part has its price in code size
      cost *= overlap;
      if (cost < bestCost - 1e-9) {
        bestCost = cost;
        best = tile;
      }
    }
  }
  return best;
}

int chooseUnroll(RegisterTile tile, const std::vector<Picture> &inputs, const KernelTarget &target) {
  const bool byElement = multipliesByElement(target);
  const int most = byElement ? 8 : splitsVectors(target) ? 2 : 4;
  int unroll = byElement ? most : 1;
  while (unroll < most && unroll * tile.accumulators() < 8)
    unroll *= 2;
  for (const Picture &input : inputs)
    unroll = largestDivisor(input.channels, unroll, byElement ? 4 : 1);
  return unroll;
}

bool halvesLastVector(const KernelSpec &spec, const KernelTarget &target) {
  const int last = spec.output.channels % target.vectorWidth;
  const bool narrowResidual = (spec.hasResidual && spec.residual.pixelStride < target.vectorWidth) ||
                              (spec.hasStart && spec.start.pixelStride < target.vectorWidth);
  return target.vectorWidth == 16 && spec.output.channels > 16 && last > 0 && last <= 8 && !narrowResidual &&
         (!spec.hasGate || spec.output.channels < 32); // in two tiles a gate would be computed twice
}

namespace {

// Pixels of a row, or of all rows where they follow one another.
int lengthOf(const KernelSpec &spec) {
  const bool flat = spec.kernelH * spec.kernelW == 1 && spec.output.rowStride == spec.width * spec.output.pixelStride;
  return flat ? spec.width * spec.height : spec.width;
}

} // namespace

int halvedPixels(const KernelSpec &spec, int halves) {
  // Alone and with many taps, whose weights come from the second cache, they want more pixels to serve.
  const int limit = halves > 1 ? 27 / halves : spec.kernelH * spec.kernelW == 1 ? 16 : 20;
  const int length = lengthOf(spec), divisor = largestDivisor(length, limit);
  return divisor > limit / 2 ? divisor : std::min(length, limit);
}

int halvedUnroll(const KernelSpec &spec) {
  int unroll = 2; // these parts are for some percent, and their code takes time to compile
  for (const Picture &input : spec.inputs)
    unroll = largestDivisor(input.channels, unroll);
  return unroll;
}

Schedule chooseConv2D(const KernelSpec &spec, const KernelTarget &target) {
  const int vectors = ceilDiv(spec.output.channels, target.vectorWidth), length = lengthOf(spec);
  KernelTarget registers = target;
  if (spec.hasGate && !multipliesByElement(target))
    --registers.vectorRegisters; // LLVM holds on to the constant of the gate's activation
  RegisterTile tile = chooseRegisterTile(length, vectors, registers);
  if (halvesLastVector(spec, target))
    if (RegisterTile full = chooseRegisterTile(length, vectors - 1, registers); full.vectors == vectors - 1)
      tile = {full.pixels, vectors};
  int inputs = 0;
  for (const Picture &input : spec.inputs)
    inputs += input.channels;
  // All weights pass for every tile of pixels; when they do not stay in the first cache but one tile's do, go through
  // the picture once for each channel tile instead. So too when they do not stay in the second and one tile's do: 512 channels to 512 at
  // 20x20 take 3 to 8 % less time on Zen 3.
  const int64_t tileBytes = int64_t(inputs) * spec.kernelH * spec.kernelW * tile.vectors * target.vectorWidth * 4;
  const int64_t allBytes = tileBytes * ceilDiv(vectors, tile.vectors);
  Schedule schedule;
  schedule.pixels = tile.pixels;
  schedule.vectors = tile.vectors;
  schedule.unroll = chooseUnroll(tile, spec.inputs, target);
  schedule.channelsOutermost = !spec.hasGate && allBytes > l2Bytes / 2 && tileBytes <= (allBytes > l2Bytes ? l2Bytes / 4 : l1Bytes * 3 / 4);
  return schedule;
}

Schedule chooseDetect(const KernelSpec &spec, const KernelTarget &target) {
  const int vectors = ceilDiv(spec.anchors * spec.output.channels - dottedOutputs(spec, target), target.vectorWidth);
  const RegisterTile tile = chooseRegisterTile(spec.width, vectors, target, LastVectors::divide);
  Schedule schedule;
  schedule.pixels = tile.pixels;
  schedule.vectors = tile.vectors;
  schedule.unroll = chooseUnroll(tile, spec.inputs, target);
  return schedule;
}

} // namespace mnv3::codegen
