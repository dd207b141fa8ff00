#include "codegen/Schedules/Families.h"
#include "codegen/Schedules/RegisterBudget.h"

#include <algorithm>

namespace mnv3::codegen {

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
  schedule.channelsOutermost = true;
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
