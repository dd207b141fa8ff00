// One call of one kernel: its spec, its operands in memory, and what should be in the output afterwards.
#pragma once

#include "codegen/KernelSpec.h"

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace mnv3::codegen::test {

// Height x width x channels, row-major.
struct Tensor {
  int height = 0, width = 0, channels = 0;
  std::vector<float> values;

  Tensor() = default;
  Tensor(int height, int width, int channels)
      : height(height), width(width), channels(channels), values(size_t(height) * width * channels) {}
  float &at(int y, int x, int c) { return values[(size_t(y) * width + x) * channels + c]; }
  float at(int y, int x, int c) const { return values[(size_t(y) * width + x) * channels + c]; }
  // Zero outside.
  float padded(int y, int x, int c) const {
    return y < 0 || x < 0 || y >= height || x >= width ? 0 : at(y, x, c);
  }
};

// Uniform in [-1, 1], scaled.
Tensor randomTensor(int height, int width, int channels, unsigned seed, float scale = 1);

// An operand's memory. The kernel's pointer is `first` floats into it.
struct Memory {
  std::vector<float> floats;
  size_t first = 0;
};

// How the test lays out a picture; the defaults are a whole picture without halo.
struct Layout {
  int halo = 0;           // zero pixels on each side; the right one is the next row's left one
  int gap = 0;            // pixels of anything between rows
  int firstLane = 0;      // channel 0's lane in a pixel of `stride` lanes
  int stride = 0;         // 0: channels rounded up to whole vectors, up to 8 channels to half vectors of 16
};
Picture pictureOf(int channels, int width, const Layout &layout, int vectorWidth);

// Pixel (0, 0) of the picture lies at `first`, moved by -padTop rows and -padLeft pixels. Lanes that hold nothing are NaN.
Memory placeInput(const Tensor &tensor, const Picture &picture, const Layout &layout, int vectorWidth, int padTop = 0,
                  int padLeft = 0);

// Memory without structure (weights, biases, gates); what follows the values up to the next cache line is NaN.
Memory placeDense(const std::vector<float> &values);

struct Case {
  std::string name;
  KernelSpec spec;
  std::vector<Memory> operands; // without output and scratch
  Tensor expected;
  double tolerance = 1e-5; // relative to 1 + |expected|
  std::optional<float> padLanes; // what the lanes behind the channels must hold; none: anything

  // Set for pictures; heads and other dense outputs are compared float by float.
  bool dense = false;

  Memory makeOutput(const KernelTarget &target) const;
  // Empty, or what is wrong.
  std::string check(const Memory &output, const KernelTarget &target) const;
};

// What the activations should be, in double.
double activation(Activation kind, double slope, double x);

} // namespace mnv3::codegen::test
