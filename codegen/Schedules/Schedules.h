// Default schedules: numbers of a loop nest as pure functions of shape and target. No Halide here.
#pragma once

#include "codegen/KernelSpec.h"

#include <span>
#include <string>
#include <vector>

namespace mnv3::codegen {

// What the kernel's loop nest should look like; `spec.schedule` is not read. For a CPU that mnv3c-tune has timed, its finding; else by rule.
Schedule chooseSchedule(const KernelSpec &spec, KernelTarget target);

// Schedules worth timing for the kernel, the rule's own first.
std::vector<Schedule> scheduleCandidates(const KernelSpec &spec, const KernelTarget &target);

// A kernel and the schedule that was fastest on a CPU: rows of tuned/<cpu>.inc. The name is scheduleKey's.
struct TunedSchedule {
  const char *kernel;
  Schedule schedule;
};
std::string scheduleKey(const KernelSpec &spec);
std::span<const TunedSchedule> tunedSchedules(const std::string &cpu);

// The tile, in outputs each way, of a conv2d spec that may be, and is better, computed as Family::winograd; otherwise 0.
int chooseWinogradTile(const KernelSpec &spec, const KernelTarget &target);
// Products of such a tile for each pair of channels, as many as weights; the direct way has nine weights.
int64_t winogradProducts(int stride, int outputs);
// Whether its loops ask for the next weights while they work with the last ones.
bool fetchesWeightsAhead(const KernelSpec &spec, const KernelTarget &target);

// Whether a conv2d whose channels are all in one tile computes the last vector in half the lanes: that is worth it where half of it
// or less holds channels. Zen 4 does vectors of 16 in halves. Of two vectors both are halved and stay in one tile; of more, the
// last has a tile of its own.
bool halvesLastVector(const KernelSpec &spec, const KernelTarget &target);
// Pixels of a register tile of 1 or 3 such halves, and reduction steps a loop.
int halvedPixels(const KernelSpec &spec, int halves);
int halvedUnroll(const KernelSpec &spec);

// In how many strips of rows threads may share the kernel, or each step of a band of the spec's rows: a power of two, 1
// where it is too small for that or the target is a microcontroller. `rowStep`: as in KernelInfo, not 0.
int chooseStrips(const KernelSpec &spec, const KernelTarget &target, int rowStep);

} // namespace mnv3::codegen
