// From a Halide pipeline to loops over memory.
#pragma once

#include "codegen/Kernels/Kernel.h"

namespace mnv3::codegen {

struct Lowered {
  Halide::Internal::Stmt body; // of loads from and stores to memory by the names of the operands and of the result
  bool strictFloat;            // some expression must not be reassociated
};

Lowered lower(const Kernel &kernel, const Halide::Func &result, const Halide::Target &target);

} // namespace mnv3::codegen
