// Weights in the order in which kernels read them; the orders are drawn in codegen/KernelSpec.h. Pure arithmetic.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mnv3 {

// A filter O x H x W x I, row-major.
struct Filter {
  std::span<const float> values;
  int64_t outputs = 0, rows = 0, columns = 0, inputs = 0;
  float at(int64_t o, int64_t y, int64_t x, int64_t i) const { return values[((o * rows + y) * columns + x) * inputs + i]; }
};

// [outputs / tile][rows][columns][inputs][tile]
std::vector<float> packConv(const Filter &filter, int64_t tile);

// [product][outputs / tile][inputs][tile]: U = G g G^T of each 3x3 filter, in double, rounded once, for Winograd on tiles of
// `winogradOutputs` each way; the products as in codegen/KernelSpec.h.
// (A. Lavin, S. Gray: Fast Algorithms for Convolutional Neural Networks, section 4.)
std::vector<float> packWinograd(const Filter &filter, int64_t tile, int64_t stride, int64_t winogradOutputs);

// [outputs / vector][planes][rows][columns][vector]
std::vector<float> packStem(const Filter &filter, int64_t vector);

// rows * columns x channels -> [channels / vector][rows * columns][vector]
std::vector<float> packDepthwise(std::span<const float> taps, int64_t channels, int64_t vector);

// outputs x 1 x 1 x inputs -> [outputs / tile][inputs][tile], without the last `dotted` outputs; of those [outputs][inputs]
std::vector<float> packDetect(const Filter &filter, int64_t tile, int64_t dotted);

// The values, followed by zeros up to a multiple of `multiple`.
std::vector<float> padTo(std::span<const float> values, int64_t multiple);

} // namespace mnv3
