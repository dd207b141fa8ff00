// The files that come out: an object or the like, and what goes beside it.
#pragma once

#include "compiler/tools/CommandLine.h"

namespace mnv3 {

// Text of a phase: to the output file, or to stdout. Returns the exit status, as does the other.
int writeText(const CommandLine &line, const std::string &text);

// The code of a planned module, from `kernels`.
int writeCode(const CommandLine &line, mlir::ModuleOp module, codegen::KernelCode &kernels);

} // namespace mnv3
