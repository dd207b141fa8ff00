#include "codegen/Schedules/Schedules.h"

#include "codegen/Schedules/Families.h"
#include "codegen/Schedules/Machine.h"

#include <algorithm>

namespace mnv3::codegen {
namespace {

// Sums of many vectors in `phases` parts of `vectors` vectors each: eight or more independent sums hide the latency of
// an addition, if there are so many registers. `extent` terms must divide into the phases.
Schedule chooseSum(int vectors, int extent, const KernelTarget &target) {
  const int sums = std::min(12, target.vectorRegisters - 2);
  Schedule schedule;
  schedule.vectors = largestDivisor(vectors, sums);
  schedule.pixels = largestDivisor(extent, std::max(1, sums / schedule.vectors));
  return schedule;
}

} // namespace

Schedule chooseSchedule(const KernelSpec &spec, KernelTarget target) {
  if (std::span<const TunedSchedule> tuned = tunedSchedules(target.cpu); !tuned.empty()) {
    const std::string key = scheduleKey(spec);
    for (const TunedSchedule &row : tuned)
      if (key == row.kernel)
        return row.schedule;
  }
  if (spec.family != Family::detect)
    target.vectorWidth = lanesOf(spec.output, target);
  const int vectors = ceilDiv(spec.output.channels, target.vectorWidth);
  switch (spec.family) {
  case Family::conv2d:
    return chooseConv2D(spec, target);
  case Family::winograd:
    return chooseWinograd(spec, target);
  case Family::depthwise:
    return chooseDepthwise(spec, target);
  case Family::stem:
    return chooseStem(spec, target);
  case Family::detect:
    return chooseDetect(spec, target);
  case Family::globalPool:
    return chooseSum(vectors, spec.inputWidth, target);
  case Family::fullyConnected:
    return chooseSum(vectors, spec.inputs[0].channels, target);
  case Family::maxPool:
  case Family::upsample:
  case Family::copy:
  case Family::interleave:
  case Family::spaceToDepth:
  case Family::depthToSpace:
  case Family::elementwise:
    break; // as fast as memory
  case Family::attention:
    break; // its numbers follow from the width of a head
  }
  return {};
}

} // namespace mnv3::codegen
