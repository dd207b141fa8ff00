// Builds cases of the convolution families: random data, packed weights, and the result by plain loops.
#pragma once

#include "test/Kernels/Case.h"

namespace mnv3::codegen::test {

struct Convolution {
  std::string name = "";
  int height = 5, width = 7; // of the result
  std::vector<int> inputs = {3};
  int outputs = 3;
  int kernelH = 1, kernelW = 1, stride = 1, dilation = 1;
  Activation activation = Activation::none;
  bool gate = false, residual = false, start = false;
  Activation gateActivation = Activation::none;
  Layout input = {}, output = {}, residualLayout = {};
  Schedule schedule = {}; // all zero: the default one
  int winograd = 0; // outputs of a tile; 0: direct
  float biasScale = 1; // of numbers that are some 1 without
};

// kernelH x kernelW convolution, padded by half the kernel. The input's halo is widened to what the kernel reaches.
Case makeConvolution(const Convolution &wanted, const KernelTarget &target, bool withExpected = true);

// Depthwise convolution: inputs and outputs are inputs[0] channels.
Case makeDepthwiseCase(const Convolution &wanted, const KernelTarget &target, bool withExpected = true);

// From a planar picture of inputHeight x inputWidth.
struct Stem {
  std::string name = "";
  int inputHeight = 9, inputWidth = 11, planes = 3, outputs = 8, kernel = 3, stride = 2, pad = 1;
  Activation activation = Activation::hardSwish;
  Layout output = {};
};
Case makeStemCase(const Stem &wanted, const KernelTarget &target, bool withExpected = true);

struct Detect {
  std::string name = "";
  int height = 5, width = 7, inputs = 9, anchors = 3, fields = 11;
  Layout input = {};
};
Case makeDetectCase(const Detect &wanted, const KernelTarget &target, bool withExpected = true);

Case makeFullyConnectedCase(const std::string &name, int inputs, int outputs, Activation activation,
                            const KernelTarget &target);

} // namespace mnv3::codegen::test
