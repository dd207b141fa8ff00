// From Halide's lowered pipelines to functions of plain pointers.
#pragma once

#include "codegen/Kernels/Kernel.h"

#include <string>

namespace mnv3::codegen {

struct RawFunction {
  Halide::Internal::LoweredFunc function; // as KernelInfo::symbol says
  Halide::Expr scratchBytes; // a constant, or depends on the rows of the strip
  bool strictFloat; // some expression must not be reassociated; a module that holds this function has to say so
};

// Lowers the parts of a kernel one after the other into one function. `numbers`: those of its strip that it is handed.
RawFunction lowerToRawPointers(const Kernel &kernel, const std::vector<Halide::Argument> &numbers, const std::string &symbol,
                               const Halide::Target &target);

} // namespace mnv3::codegen
