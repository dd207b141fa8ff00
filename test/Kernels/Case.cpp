#include "test/Kernels/Case.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>

namespace mnv3::codegen::test {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float canary = -12345.678f;
constexpr size_t line = 16; // floats in a cache line

int roundUp(int a, int b) { return (a + b - 1) / b * b; }
bool sameBits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

} // namespace

Tensor randomTensor(int height, int width, int channels, unsigned seed, float scale) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-scale, scale);
  Tensor tensor(height, width, channels);
  for (float &value : tensor.values)
    value = uniform(random);
  return tensor;
}

Picture pictureOf(int channels, int width, const Layout &layout, int vectorWidth) {
  Picture picture;
  picture.channels = channels;
  const int lanes = layout.firstLane + channels;
  picture.pixelStride = layout.stride ? layout.stride : roundUp(lanes, vectorWidth == 16 && lanes <= 8 ? 8 : vectorWidth);
  picture.rowStride = (width + layout.halo + layout.gap) * picture.pixelStride;
  for (int lanes : {picture.pixelStride, layout.firstLane})
    while (lanes * 4 % picture.alignment)
      picture.alignment /= 2;
  return picture;
}

Memory placeInput(const Tensor &tensor, const Picture &picture, const Layout &layout, int vectorWidth, int padTop,
                  int padLeft) {
  const int rows = tensor.height + 2 * layout.halo;
  const size_t pixel = picture.pixelStride, row = picture.rowStride;
  Memory memory;
  // The last row's right halo belongs to the picture.
  memory.floats.assign(rows * row + layout.halo * pixel - layout.gap * pixel, nan);
  if (layout.halo)
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < tensor.width + 2 * layout.halo; ++x)
        if (y < layout.halo || y >= rows - layout.halo || x < layout.halo || x >= tensor.width + layout.halo)
          if (y * row + (x + 1) * pixel <= memory.floats.size())
            std::fill_n(memory.floats.begin() + y * row + x * pixel, pixel, 0.0f);
  for (int y = 0; y < tensor.height; ++y)
    for (int x = 0; x < tensor.width; ++x)
      for (int c = 0; c < tensor.channels; ++c)
        memory.floats[(y + layout.halo) * row + (x + layout.halo) * pixel + layout.firstLane + c] = tensor.at(y, x, c);
  memory.first = (layout.halo - padTop) * row + (layout.halo - padLeft) * pixel + layout.firstLane;
  return memory;
}

Memory placeDense(const std::vector<float> &values) {
  Memory memory{values, 0};
  memory.floats.resize((values.size() + line - 1) / line * line, nan);
  return memory;
}

Memory Case::makeOutput(const KernelTarget &target) const {
  Memory output;
  if (dense) {
    output.floats.assign(expected.values.size(), canary);
    return output;
  }
  const Picture &picture = spec.output;
  const int lanes = roundUp(picture.channels, lanesOf(picture, target));
  output.first = line;
  output.floats.assign(line + size_t(spec.height - 1) * picture.rowStride + size_t(spec.width - 1) * picture.pixelStride +
                           lanes,
                       canary);
  return output;
}

std::string Case::check(const Memory &output, const KernelTarget &target) const {
  std::ostringstream wrong;
  int count = 0;
  auto complain = [&](auto &&...words) {
    if (++count <= 3)
      ((wrong << words), ...) << "; ";
  };
  auto compare = [&](float got, float want, auto &&...where) {
    if (!(std::abs(double(got) - want) <= tolerance * (1 + std::abs(double(want))))) // NaN is wrong too
      complain(where..., ": ", got, ", not ", want);
  };
  if (dense) {
    for (size_t i = 0; i < expected.values.size(); ++i)
      compare(output.floats[i], expected.values[i], "float ", i);
  } else {
    std::vector<bool> written(output.floats.size());
    for (int y = 0; y < spec.height; ++y)
      for (int x = 0; x < spec.width; ++x)
        for (int c = 0; c < roundUp(spec.output.channels, lanesOf(spec.output, target)); ++c) {
          const size_t at = output.first + size_t(y) * spec.output.rowStride + size_t(x) * spec.output.pixelStride + c;
          written[at] = true;
          if (c < spec.output.channels)
            compare(output.floats[at], expected.at(y, x, c), "row ", y, " column ", x, " channel ", c);
          else if (padLanes)
            compare(output.floats[at], *padLanes, "row ", y, " column ", x, " lane ", c);
        }
    for (size_t i = 0; i < written.size(); ++i)
      if (!written[i] && !sameBits(output.floats[i], canary))
        complain("float ", i, " outside the picture is overwritten");
  }
  if (count > 3)
    wrong << "and " << count - 3 << " more";
  return count ? name + ": " + wrong.str() : "";
}

double activation(Activation kind, double slope, double x) {
  const double hardSigmoid = std::min(std::max(x / 6 + .5, 0.), 1.);
  switch (kind) {
  case Activation::none:
    return x;
  case Activation::relu:
    return std::max(x, 0.);
  case Activation::relu6:
    return std::min(std::max(x, 0.), 6.);
  case Activation::leakyRelu:
    return x > 0 ? x : slope * x;
  case Activation::hardSigmoid:
    return hardSigmoid;
  case Activation::hardSwish:
    return x * hardSigmoid;
  case Activation::silu:
    return x / (1 + std::exp(-x));
  }
  return x;
}

} // namespace mnv3::codegen::test
