// Weights as codegen/KernelSpec.h orders them, packed by the most obvious loops.
#pragma once

#include <cstddef>
#include <vector>

namespace mnv3::codegen::test {

// Output x row x column x input.
struct Filter {
  int outputs, rows, columns, inputs;
  std::vector<float> values;
  float at(int o, int y, int x, int i) const { return values[((std::size_t(o) * rows + y) * columns + x) * inputs + i]; }
};

std::vector<float> packConv(const Filter &filter, int tile);
std::vector<float> packWinograd(const Filter &filter, int tile, int stride, int outputs);
std::vector<float> packDepthwise(const Filter &filter, int vector); // filter.inputs is 1
std::vector<float> packStem(const Filter &filter, int vector);
std::vector<float> packDetect(const Filter &filter, int tile, int dotted);

std::vector<float> padTo(std::vector<float> values, int multiple, float with = 0);
// Each group of `group` values, padded with zeros.

} // namespace mnv3::codegen::test
