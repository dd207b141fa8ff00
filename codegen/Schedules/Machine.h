// What schedules assume of a machine, beside KernelTarget.
#pragma once

#include "codegen/KernelSpec.h"

namespace mnv3::codegen {

// The smallest caches among the CPUs of a target that matter: Zen 4, Ice Lake, Cortex-A72 and A53.
inline constexpr int64_t l1Bytes = 32 * 1024;
inline constexpr int64_t l2Bytes = 512 * 1024;
inline constexpr int lineBytes = 64;
inline constexpr int l1Sets = l1Bytes / lineBytes / 8; // of eight lines

constexpr int ceilDiv(int a, int b) { return (a + b - 1) / b; }

// NEON of 64 bits multiplies a vector by one element of another, so inputs are held as vectors of four reduction steps.
// NEON of 32 bits can do so with a quarter of its registers only, and not at all where it rounds once. It broadcasts each input from
// memory, as x86 and WebAssembly do.
inline bool multipliesByElement(const KernelTarget &target) { return target.name == "arm64"; }

// Vectors are rounded by one instruction, and another makes fixed point numbers of them; what does not fit becomes the largest or least.
inline bool roundsAndSaturates(const KernelTarget &target) { return target.name == "arm64"; }

// Helium and RISC-V multiply a vector by a scalar, which takes none of the vector registers.
inline bool multipliesByScalar(const KernelTarget &target) { return target.name == "cortex-m55" || target.name == "riscv64-v"; }

// No vectors at all: LLVM makes four instructions of every operation on four floats, so the same loop is four times as long.
inline bool splitsVectors(const KernelTarget &target) { return target.vectorRegisters == 8 && !multipliesByScalar(target); }

// Microcontrollers run the network on one core.
inline bool hasOneCore(const KernelTarget &target) { return target.name.starts_with("cortex-m"); }

// The largest divisor of `extent` that is at most `limit`, of those that are a multiple of `step` if there is one.
constexpr int largestDivisor(int extent, int limit, int step = 1) {
  for (int d = limit - limit % step; d > 0; d -= step)
    if (extent % d == 0)
      return d;
  return step == 1 ? 1 : largestDivisor(extent, limit);
}

} // namespace mnv3::codegen
