// The reduction that every convolution shares: a tile of accumulators that stay in registers.
#pragma once

#include "codegen/KernelSpec.h"

#include <Halide.h>

#include <optional>

namespace mnv3::codegen {

// Schedules update `stage` of `accumulators`(c, x, ...): the channels of the tile are vectors, tile and `unroll` steps of
// the innermost reduction variable are unrolled; the other reduction variables are loops outside of that.
// On targets that multiply by a vector's element, `source`, whose first dimension is the innermost reduction variable,
// is loaded as vectors of so many steps.
struct Reduction {
  Halide::Func accumulators;
  int stage = 0;
  Halide::Var channel, pixel;
  std::vector<Halide::RVar> variables; // innermost first
  int extent = 0;                      // of the innermost
  int unroll = 1;
  std::optional<Halide::ImageParam> fetchedAhead = {}; // weights, of which each step asks for those that the next tile of channels begins with
};
void scheduleReduction(const Reduction &reduction, Halide::Func source, const KernelTarget &target);

// The tile itself: bias or start.
void scheduleTile(Halide::Func accumulators, Halide::Var channel, Halide::Var pixel, const KernelTarget &target);

} // namespace mnv3::codegen
