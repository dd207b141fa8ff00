// Schedules that were timed in place on a CPU, whole network running: one table a CPU, written by mnv3c-tune.
#include "codegen/Schedules/Schedules.h"

namespace mnv3::codegen {
namespace {

constexpr TunedSchedule znver3[] = {
#include "codegen/Schedules/tuned/znver3.inc"
};

constexpr TunedSchedule znver4[] = {
#include "codegen/Schedules/tuned/znver4.inc"
};

} // namespace

std::string scheduleKey(const KernelSpec &spec) {
  KernelSpec unscheduled = spec;
  unscheduled.schedule = {};
  return kernelSymbol(unscheduled).substr(sizeof("mnv3_") - 1);
}

std::span<const TunedSchedule> tunedSchedules(const std::string &cpu) {
  if (cpu == "znver3")
    return znver3;
  if (cpu == "znver4")
    return znver4;
  return {};
}

} // namespace mnv3::codegen
