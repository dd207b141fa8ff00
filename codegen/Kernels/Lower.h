// From a Halide pipeline to loops over memory.
#pragma once

#include "codegen/Kernels/Kernel.h"

#include <string>

namespace mnv3::codegen {

struct Lowered {
  Halide::Internal::Stmt body; // of loads from and stores to memory by the names of the operands and of the result
  bool strictFloat;            // some expression must not be reassociated
};

// `name` in `body`, if it is there.
Halide::Internal::Stmt define(const std::string &name, const Halide::Expr &value, Halide::Internal::Stmt body);

Lowered lower(const Kernel &kernel, const Halide::Func &result, const Halide::Target &target);

} // namespace mnv3::codegen
