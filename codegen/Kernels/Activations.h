// Activations as expressions that call nothing.
#pragma once

#include "codegen/KernelSpec.h"

#include <Halide.h>

namespace mnv3::codegen {

Halide::Expr activate(Activation activation, float slope, Halide::Expr x);

} // namespace mnv3::codegen
