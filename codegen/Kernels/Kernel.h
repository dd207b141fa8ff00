// What a kernel family hands to Module.cpp: one function for each family, each in a file of its own.
#pragma once

#include "codegen/KernelSpec.h"

#include <Halide.h>

#include <vector>

namespace mnv3::codegen {

// What is known of a call when it runs only: the rows of the output that it makes, so that threads can share a picture; how many
// floats lie between two planes of the picture that a stem reads, of which there may be some rows only; and of what is made in
// steps (isMadeInSteps) which step is to be taken for the rows, and of that which of 1 << shift shares.
struct Strip {
  Halide::Expr first, rows, plane, step, share, shift;
};

// Whose memory it is.
enum class Owner { caller, scratch };

// An operand. Its coordinate 0, 0, ... lies `firstFloat` floats behind the caller's pointer, or behind the start of scratch: algorithms
// count rows from the strip's first.
struct Operand {
  Operand(const Halide::ImageParam &param, Halide::Expr firstFloat = 0, Owner owner = Owner::caller)
      : param(param), firstFloat(firstFloat), owner(owner) {}
  Halide::ImageParam param;
  Halide::Expr firstFloat;
  Owner owner;
};

// A piece of a kernel that writes a part of the output, for the tiles that do not divide it (last channels, last rows), or what a
// later piece reads.
struct Part {
  Halide::Func result;
  Halide::Expr firstFloat = 0; // as above
  Owner owner = Owner::caller;
};

struct Kernel {
  std::vector<Operand> operands;   // all but the output: the caller's in the order of KernelSpec.h
  std::vector<Part> parts;         // run one after the other
  int rowStep = 0, steps = 0, bandRows = 0; // see KernelInfo
  Halide::Expr scratchFloats = 0;  // that operands and parts own; it may depend on the strip's rows
};

Kernel makeConv2D(const KernelSpec &spec, const KernelTarget &target, const Strip &strip);
Kernel makeWinograd(const KernelSpec &spec, const KernelTarget &target, const Strip &strip);
Kernel makeDepthwise(const KernelSpec &spec, const KernelTarget &target, const Strip &strip);
Kernel makeStem(const KernelSpec &spec, const KernelTarget &target, const Strip &strip);
Kernel makeGlobalPool(const KernelSpec &spec, const KernelTarget &target, const Strip &strip);
Kernel makeFullyConnected(const KernelSpec &spec, const KernelTarget &target, const Strip &strip);
Kernel makeMaxPool(const KernelSpec &spec, const KernelTarget &target, const Strip &strip);
Kernel makeUpsample(const KernelSpec &spec, const KernelTarget &target, const Strip &strip);
Kernel makeCopy(const KernelSpec &spec, const KernelTarget &target, const Strip &strip);
Kernel makeInterleave(const KernelSpec &spec, const KernelTarget &target);
Kernel makeSpaceToDepth(const KernelSpec &spec, const KernelTarget &target);
Kernel makeDepthToSpace(const KernelSpec &spec, const KernelTarget &target);
Kernel makeAttention(const KernelSpec &spec, const KernelTarget &target);
Kernel makeElementwise(const KernelSpec &spec, const KernelTarget &target, const Strip &strip);
Kernel makeDetect(const KernelSpec &spec, const KernelTarget &target, const Strip &strip);

} // namespace mnv3::codegen
