#include "codegen/Schedules/Families.h"
#include "codegen/Schedules/RegisterBudget.h"
#include "codegen/Schedules/Schedules.h"

#include <cstdint>

namespace mnv3::codegen {
namespace {

// Points of a tile at which products are summed (codegen/Kernels/Winograd.cpp).
int pointsOf(int stride, int outputs) { return (outputs + 3 - stride) * (outputs + 3 - stride); }

int64_t weightBytes(const KernelSpec &spec, const KernelTarget &target, int outputs) {
  const int64_t lanes = ceilDiv(spec.output.channels, target.vectorWidth) * target.vectorWidth;
  return winogradProducts(spec.strideY, outputs) * spec.inputs[0].channels * lanes * sizeof(float);
}

} // namespace

int64_t winogradProducts(int stride, int outputs) { return (stride * outputs + 3 - stride) * (stride * outputs + 3 - stride); }

namespace {

// Input channels from which on the transforms, whose work grows with the channels and not with their square, cost less than the products
// saved. With stride 2 fewer are saved: on Zen 3 the direct way takes 14 % less time for 16 channels to 32, as much for 32 to 64, and a
// quarter more for 64 to 128. On arm64 it is instructions that count.
int fewestChannels(const KernelSpec &spec, const KernelTarget &target) {
  return spec.strideY == 1 || multipliesByElement(target) ? 16 : 33;
}

} // namespace

int chooseWinogradTile(const KernelSpec &spec, const KernelTarget &target) {
  const bool allowed = spec.kernelH == 3 && spec.kernelW == 3 && spec.strideY == spec.strideX && spec.strideY <= 2 &&
                       spec.dilation == 1 && spec.inputs.size() == 1 && !spec.hasGate && !spec.hasStart;
  if (!allowed || spec.inputs[0].channels < fewestChannels(spec, target) || spec.output.channels < 16)
    return 0;
  // With stride 2, smaller tiles make a quarter more products but need less weights (25 and not 81 times the channels' product), which
  // matters where each serves few tiles, or where there are many.
  // On arm64, where instructions count, half as many tiles pay.
  const int fewTiles = multipliesByElement(target) ? 25 : 50;
  constexpr int64_t manyBytes = 4 << 20;
  const bool fitsFour = spec.height % 4 == 0 && spec.width % 4 == 0, fitsTwo = spec.height % 2 == 0 && spec.width % 2 == 0;
  if (spec.strideY == 1)
    return fitsFour ? 4 : fitsTwo ? 2 : 0;
  if (fitsFour && spec.height / 4 * (spec.width / 4) >= fewTiles && weightBytes(spec, target, 4) <= manyBytes)
    return 4;
  return fitsTwo ? 2 : 0;
}

// Weights that do not stay in the second cache come from far away, a tile of channels at a time, and processors see no further ahead than
// a page. On Zen 3 a matrix product of 88 or 160 channels takes 7 to 16 % less time with it; weights that stay gain nothing. Not on ARM, where
// instructions count. Halide's prefetch names one line a step rightly, and wrong ones where a step's weights are longer.
bool fetchesWeightsAhead(const KernelSpec &spec, const KernelTarget &target) {
  const int stepBytes = spec.schedule.unroll * spec.schedule.vectors * target.vectorWidth * static_cast<int>(sizeof(float));
  return target.name.starts_with("x86-64") && stepBytes <= lineBytes && weightBytes(spec, target, spec.factor) > l2Bytes;
}

// Tile rows a band. Each band reads all transformed weights again, unless they stay in the second cache; a band whose
// own tiles do not stay there writes them out and reads them back. Of equally good bands the smallest takes least scratch;
// but a weight should serve twenty tiles or so before the next one is fetched. Longer bands take no more than a megabyte, as
// scratch is part of the arena: on Zen 4, 20 tiles of 88 channels are as fast as 100. Two megabytes where weights are so many that they
// come from far away each time: on Zen 3, with stride 2 to 256 channels at 20x20, two bands instead of five take 30 % less time for 256
// input channels (6.5 MB of weights), 10 % less for 128 (3.3 MB); with stride 1, 128 to 128 channels at 40x40 (2.4 MB), 5 to 15 % more.
int chooseBand(const KernelSpec &spec, const KernelTarget &target, int inputLanes, int outputLanes) {
  const int across = spec.width / spec.factor, down = spec.height / spec.factor;
  const int64_t weights = weightBytes(spec, target, spec.factor);
  const int64_t tileBytes = sizeof(float) * (winogradProducts(spec.strideY, spec.factor) * inputLanes + pointsOf(spec.strideY, spec.factor) * outputLanes);
  const int64_t mostTiles = (weights > 6 * l2Bytes ? 4 : 2) * l2Bytes;
  int best = down;
  int64_t leastTraffic = INT64_MAX;
  for (int rows = 1; rows <= down; ++rows) {
    if (down % rows || (rows * across < 20 && rows < down))
      continue;
    const int64_t bands = down / rows, tiles = tileBytes * rows * across;
    if (leastTraffic < INT64_MAX && tiles > mostTiles)
      break;
    const int64_t traffic = (weights > l2Bytes ? bands : 1) * weights + (tiles > l2Bytes ? 2 * bands * tiles : 0);
    if (traffic < leastTraffic) {
      leastTraffic = traffic;
      best = rows;
    }
  }
  return best;
}

Schedule chooseWinograd(const KernelSpec &spec, const KernelTarget &target) {
  const int vector = target.vectorWidth, channels = spec.inputs[0].channels;
  const int vectors = ceilDiv(spec.output.channels, vector);
  Schedule schedule;
  schedule.rows = chooseBand(spec, target, ceilDiv(channels, vector) * vector, vectors * vector);
  const RegisterTile tile = chooseRegisterTile(spec.width / spec.factor * schedule.rows, vectors, target, LastVectors::fillUp);
  schedule.pixels = tile.pixels;
  schedule.vectors = tile.vectors;
  schedule.unroll = chooseUnroll(tile, spec.inputs, target);
  return schedule;
}

} // namespace mnv3::codegen
