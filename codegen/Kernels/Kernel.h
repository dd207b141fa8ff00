// What a kernel family hands to Module.cpp: one function for each family, each in a file of its own.
#pragma once

#include "codegen/KernelSpec.h"

#include <Halide.h>

#include <vector>

namespace mnv3::codegen {

// A piece of a kernel that writes a part of the output, for the tiles that do not divide it (last channels, last rows).
struct Part {
  Halide::Func result;
  int64_t firstFloat = 0; // where in the output its coordinate 0, 0, ... lies
};

struct Kernel {
  std::vector<Halide::Argument> operands; // all but the output, in the order of KernelSpec.h
  std::vector<Part> parts;                // run one after the other
};

Kernel makeConv2D(const KernelSpec &spec, const KernelTarget &target);
Kernel makeWinograd(const KernelSpec &spec, const KernelTarget &target);
Kernel makeDepthwise(const KernelSpec &spec, const KernelTarget &target);
Kernel makeStem(const KernelSpec &spec, const KernelTarget &target);
Kernel makeGlobalPool(const KernelSpec &spec, const KernelTarget &target);
Kernel makeFullyConnected(const KernelSpec &spec, const KernelTarget &target);
Kernel makeMaxPool(const KernelSpec &spec, const KernelTarget &target);
Kernel makeUpsample(const KernelSpec &spec, const KernelTarget &target);
Kernel makeCopy(const KernelSpec &spec, const KernelTarget &target);
Kernel makeInterleave(const KernelSpec &spec, const KernelTarget &target);
Kernel makeSpaceToDepth(const KernelSpec &spec, const KernelTarget &target);
Kernel makeDepthToSpace(const KernelSpec &spec, const KernelTarget &target);
Kernel makeAttention(const KernelSpec &spec, const KernelTarget &target);
Kernel makeElementwise(const KernelSpec &spec, const KernelTarget &target);
Kernel makeDetect(const KernelSpec &spec, const KernelTarget &target);

} // namespace mnv3::codegen
