// Builds cases of the families without weights.
#pragma once

#include "test/Kernels/Case.h"

namespace mnv3::codegen::test {

struct Pass {
  std::string name = "";
  int inputHeight = 5, inputWidth = 7, channels = 3;
  int kernel = 1, stride = 1, pad = 0, factor = 2;
  int height = 0, width = 0; // of the result, if it cannot be told from the input (maxPool's overhang)
  Activation activation = Activation::none, gateActivation = Activation::none;
  bool gate = false, residual = false;
  bool dense = false; // copy: into memory without padding
  Layout input = {}, output = {};
};

Case makePass(Family family, const Pass &wanted, const KernelTarget &target);

} // namespace mnv3::codegen::test
