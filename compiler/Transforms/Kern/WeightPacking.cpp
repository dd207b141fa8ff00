#include "compiler/Transforms/Kern/WeightPacking.h"

#include <cstddef>

namespace mnv3 {
namespace {

int64_t tilesOf(int64_t extent, int64_t tile) { return (extent + tile - 1) / tile; }

} // namespace

std::vector<float> packConv(const Filter &filter, int64_t tile) {
  int64_t taps = filter.rows * filter.columns;
  std::vector<float> packed(tilesOf(filter.outputs, tile) * taps * filter.inputs * tile);
  for (int64_t o = 0; o < filter.outputs; ++o)
    for (int64_t y = 0; y < filter.rows; ++y)
      for (int64_t x = 0; x < filter.columns; ++x)
        for (int64_t i = 0; i < filter.inputs; ++i)
          packed[((o / tile * taps + y * filter.columns + x) * filter.inputs + i) * tile + o % tile] = filter.at(o, y, x, i);
  return packed;
}

std::vector<float> packWinograd(const Filter &filter, int64_t tile, int64_t stride, int64_t winogradOutputs) {
  // G of F(4, 3), F(2, 3), F(4, 2) and F(2, 2), for the points in codegen/Kernels/WinogradTransforms.h.
  constexpr double g43[][3] = {{1.0 / 4, 0, 0},
                               {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                               {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                               {1.0 / 24, 1.0 / 12, 1.0 / 6},
                               {1.0 / 24, -1.0 / 12, 1.0 / 6},
                               {0, 0, 1}};
  constexpr double g23[][3] = {{1, 0, 0}, {1.0 / 2, 1.0 / 2, 1.0 / 2}, {1.0 / 2, -1.0 / 2, 1.0 / 2}, {0, 0, 1}};
  constexpr double g42[][3] = {{1.0 / 2, 0}, {-1.0 / 2, -1.0 / 2}, {-1.0 / 6, 1.0 / 6}, {1.0 / 6, 1.0 / 3}, {0, 1}};
  constexpr double g22[][3] = {{1, 0}, {1, 1}, {0, 1}};
  const auto *g = stride == 1 ? (winogradOutputs == 4 ? g43 : g23) : (winogradOutputs == 4 ? g42 : g22);
  const int64_t taps = stride == 1 ? 3 : 2, points = winogradOutputs + taps - 1, tiles = tilesOf(filter.outputs, tile);
  std::vector<float> packed;
  // Phase by phase: the taps that meet its rows and columns, on all points but the last where there is one tap only.
  for (int64_t row = 0; row < stride; ++row)
    for (int64_t column = 0; column < stride; ++column)
      for (int64_t a = 0; a < points - row; ++a)
        for (int64_t b = 0; b < points - column; ++b) {
          const size_t product = packed.size();
          packed.resize(product + tiles * filter.inputs * tile);
          for (int64_t o = 0; o < filter.outputs; ++o)
            for (int64_t i = 0; i < filter.inputs; ++i) {
              double sum = 0;
              for (int64_t y = 0; y < taps - row; ++y)
                for (int64_t x = 0; x < taps - column; ++x)
                  sum += g[a][y] * g[b][x] * filter.at(o, stride * y + row, stride * x + column, i);
              packed[product + (o / tile * filter.inputs + i) * tile + o % tile] = static_cast<float>(sum);
            }
        }
  return packed;
}

std::vector<float> packStem(const Filter &filter, int64_t vector) {
  int64_t taps = filter.rows * filter.columns;
  std::vector<float> packed(tilesOf(filter.outputs, vector) * filter.inputs * taps * vector);
  for (int64_t o = 0; o < filter.outputs; ++o)
    for (int64_t y = 0; y < filter.rows; ++y)
      for (int64_t x = 0; x < filter.columns; ++x)
        for (int64_t i = 0; i < filter.inputs; ++i)
          packed[((o / vector * filter.inputs + i) * taps + y * filter.columns + x) * vector + o % vector] =
              filter.at(o, y, x, i);
  return packed;
}

std::vector<float> packDepthwise(std::span<const float> taps, int64_t channels, int64_t vector) {
  int64_t count = static_cast<int64_t>(taps.size()) / channels;
  std::vector<float> packed(tilesOf(channels, vector) * count * vector);
  for (int64_t tap = 0; tap < count; ++tap)
    for (int64_t c = 0; c < channels; ++c)
      packed[(c / vector * count + tap) * vector + c % vector] = taps[tap * channels + c];
  return packed;
}

std::vector<float> packDetect(const Filter &filter, int64_t tile, int64_t dotted) {
  const int64_t whole = filter.outputs - dotted, values = whole * filter.inputs;
  std::vector<float> packed = packConv({filter.values.first(values), whole, 1, 1, filter.inputs}, tile);
  packed.insert(packed.end(), filter.values.begin() + values, filter.values.end());
  return packed;
}

std::vector<float> padTo(std::span<const float> values, int64_t multiple) {
  std::vector<float> padded(values.begin(), values.end());
  padded.resize(tilesOf(static_cast<int64_t>(values.size()), multiple) * multiple);
  return padded;
}

} // namespace mnv3
