// What schedules assume of a machine, beside KernelTarget.
#pragma once

#include "codegen/KernelSpec.h"

namespace mnv3::codegen {

// The smallest caches among the CPUs of a target that matter: Zen 4, Ice Lake, Cortex-A72 and A53.
inline constexpr int64_t l1Bytes = 32 * 1024;
inline constexpr int64_t l2Bytes = 512 * 1024;

constexpr int ceilDiv(int a, int b) { return (a + b - 1) / b; }

// NEON multiplies a vector by one element of another, so inputs are held as vectors of four reduction steps; x86
// broadcasts each input from memory instead.
constexpr bool multipliesByElement(const KernelTarget &target) { return target.vectorWidth == 4; }

// The largest divisor of `extent` that is at most `limit`, of those that are a multiple of `step` if there is one.
constexpr int largestDivisor(int extent, int limit, int step = 1) {
  for (int d = limit - limit % step; d > 0; d -= step)
    if (extent % d == 0)
      return d;
  return step == 1 ? 1 : largestDivisor(extent, limit);
}

} // namespace mnv3::codegen
