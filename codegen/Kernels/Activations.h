// Activations as expressions that call nothing.
#pragma once

#include "codegen/KernelSpec.h"

#include <Halide.h>

namespace mnv3::codegen {

// e^x, for x from -86 to 86; beyond that what it is there.
Halide::Expr exponential(Halide::Expr x);

Halide::Expr activate(Activation activation, float slope, Halide::Expr x, const KernelTarget &target);

// Whether it is so many instructions that a register tile should have them once, in a loop over sums in memory, and not once for each
// accumulator. That is as fast where storing and loading a sum hides behind arithmetic; NEON has but few instructions a vector.
bool isLooped(Activation activation, const KernelTarget &target);

} // namespace mnv3::codegen
