// From a laid out kern op to the KernelSpec that Halide understands.
#pragma once

#include "codegen/KernelSpec.h"
#include "dialects/Kern/Kern.h"

namespace mnv3::codegen {

// Buffers must be laid out; the schedule is that of the op, or empty.
KernelSpec kernelSpecOf(kern::KernelOpInterface kernel);

// Rows of the output that the op makes: the spec's height, or fewer where a chain of kernels runs in strips.
int64_t rowsOf(kern::KernelOpInterface kernel);
// The first of them in the kernel's own count: 0 but for strips of a stem, which counts in the whole picture.
int64_t firstRowOf(kern::KernelOpInterface kernel);

KernelTarget kernelTargetOf(kern::TargetAttr target);

// One operand of the generated function, in the order that KernelSpec.h fixes.
struct KernelOperand {
  mlir::Value value;
  int64_t floats = 0; // from the start of the value's memory to where the kernel's pointer points
};
llvm::SmallVector<KernelOperand> kernelOperandsOf(kern::KernelOpInterface kernel);

} // namespace mnv3::codegen
