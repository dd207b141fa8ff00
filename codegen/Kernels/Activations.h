// Activations as expressions that call nothing.
#pragma once

#include "codegen/KernelSpec.h"

#include <Halide.h>

namespace mnv3::codegen {

// e^x, for x from -86 to 86; beyond that what it is there.
Halide::Expr exponential(Halide::Expr x);

Halide::Expr activate(Activation activation, float slope, Halide::Expr x);

} // namespace mnv3::codegen
