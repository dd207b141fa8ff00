// Compiles the kernels of some cases for a target, calls them natively or under an emulator, and checks the outputs.
#pragma once

#include "test/Kernels/Case.h"

#include <ostream>

namespace mnv3::codegen::test {

struct TestTarget {
  KernelTarget kernels;
  std::string label;
  std::string compiler; // links the test program
  std::string emulator; // runs it; empty: this machine does
  std::string llc = ""; // what llc is told of the machine; empty: what the bitcode says
};

inline void PrintTo(const TestTarget &target, std::ostream *stream) { *stream << target.label; }

// Why kernels for the target cannot run here; empty: they can.
std::string whyNot(const TestTarget &target);

// The targets of the project, whether or not they can run here.
std::vector<TestTarget> testTargets();

// Runs all cases in one program. Empty, or a line for every case that is wrong.
std::string run(const std::vector<Case> &cases, const TestTarget &target);

// The shortest time of a call in nanoseconds, for each case. Throws std::runtime_error.
std::vector<double> measure(const std::vector<Case> &cases, const TestTarget &target, int repeats, const std::string &cpu);

} // namespace mnv3::codegen::test
