#include "codegen/Schedules/Families.h"
#include "codegen/Schedules/RegisterBudget.h"

#include <algorithm>
#include <numeric>

namespace mnv3::codegen {
namespace {

// Whether what a row of tiles reads of one channel vector, a line a pixel, stays in the first cache for the next row of tiles. Pixels a whole
// number of lines apart share a part of the sets.
bool keepsRows(const KernelSpec &spec, int rows) {
  const int apart = spec.inputs[0].pixelStride * static_cast<int>(sizeof(float));
  const int64_t kept = l1Bytes / lineBytes / (apart % lineBytes ? 1 : std::gcd(apart / lineBytes, l1Sets));
  return int64_t(inputRows(spec, rows)) * inputColumns(spec, spec.width) <= kept;
}

} // namespace

Schedule chooseDepthwise(const KernelSpec &spec, const KernelTarget &target) {
  // Half of the registers, as taps and inputs want some as well; beyond 16 nothing is gained, on NEON beyond 8. There windows of 5x5 and
  // more do best by one long row, whose inputs pass through a register each: 5 % fewer instructions than two rows of four, which spill.
  const bool isLongRow = multipliesByElement(target) && spec.kernelH > 3 && spec.strideY == 1;
  const int budget = isLongRow ? 20 : std::min(target.vectorRegisters / 2, multipliesByElement(target) ? 8 : 16);
  Schedule schedule;
  schedule.rows = spec.strideY == 1 && !isLongRow ? std::min(2, spec.height) : 1;
  schedule.pixels = std::min(spec.width, std::max(1, budget / schedule.rows));
  if (int even = largestDivisor(spec.width, schedule.pixels); even * 2 > schedule.pixels)
    schedule.pixels = even;
  // One channel vector after the other, as long as the first cache keeps its rows; else all vectors of a tile. On Zen 3 this takes 15 to
  // 50 % less time for 16 to 72 channels in rows of 160 and 320, or 960 in rows of 20. Elsewhere it is instructions that count, and taps
  // that stay in registers save some.
  schedule.channelsOutermost = !target.name.starts_with("x86-64") || keepsRows(spec, schedule.rows);
  return schedule;
}

Schedule chooseStem(const KernelSpec &spec, const KernelTarget &target) {
  const int vectors = ceilDiv(spec.output.channels, target.vectorWidth);
  const RegisterTile tile = chooseRegisterTile(spec.width, vectors, target, LastVectors::divide);
  Schedule schedule;
  schedule.pixels = tile.pixels;
  schedule.vectors = tile.vectors;
  return schedule;
}

} // namespace mnv3::codegen
