// Kernels as C++ text, by Halide's C back end.
#pragma once

#include <Halide.h>

#include <string>
#include <string_view>

namespace mnv3 {

// The text of Prologue.h, which stands before all kernels.
std::string_view kernelPrologue();

namespace codegen {

// A function of RawPointers.h as C++ over the types and functions of Prologue.h. Throws std::runtime_error for what no kernel here
// has: calls into a library, vectors of an odd number of lanes.
std::string cppSourceOf(const Halide::Internal::LoweredFunc &function, const Halide::Target &target);

} // namespace codegen
} // namespace mnv3
