// Kernels that move floats between pixels and channels, and attention among pixels.
#include "test/Kernels/Run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace mnv3::codegen::test {
namespace {

class Pixels : public testing::TestWithParam<TestTarget> {
protected:
  void SetUp() override {
    if (std::string why = whyNot(GetParam()); !why.empty())
      GTEST_SKIP() << why;
  }
  int vector() const { return GetParam().kernels.vectorWidth; }

  // A case whose inputs are random pictures of one size and layout; `expected` is what the result should be.
  Case makeCase(Family family, int count, int height, int width, int channels, const Layout &layout, Tensor expected,
                const std::vector<Tensor> &inputs) const {
    Case made;
    made.spec.family = family;
    made.spec.inputHeight = height;
    made.spec.inputWidth = width;
    for (int n = 0; n < count; ++n) {
      made.spec.inputs.push_back(pictureOf(channels, width, layout, vector()));
      made.operands.push_back(placeInput(inputs[n], made.spec.inputs[n], layout, vector()));
    }
    made.spec.height = expected.height;
    made.spec.width = expected.width;
    made.spec.output = pictureOf(expected.channels, expected.width, {}, vector());
    made.expected = std::move(expected);
    return made;
  }

  Case spaceToDepth(int height, int width, int channels, int block, const Layout &layout = {}) const {
    const Tensor in = randomTensor(height, width, channels, 1);
    Tensor out(height / block, width / block, channels * block * block);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        for (int c = 0; c < channels; ++c)
          out.at(y / block, x / block, (y % block * block + x % block) * channels + c) = in.at(y, x, c);
    Case made = makeCase(Family::spaceToDepth, 1, height, width, channels, layout, out, {in});
    made.spec.factor = block;
    return made;
  }

  Case depthToSpace(int height, int width, int channels, int blockY, int blockX, int top, int left, int rows, int columns,
                    const Layout &layout = {}) const {
    const Tensor in = randomTensor(height, width, channels * blockY * blockX, 2);
    Tensor out(rows, columns, channels);
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < columns; ++x)
        for (int c = 0; c < channels; ++c)
          out.at(y, x, c) = in.at((y + top) / blockY, (x + left) / blockX,
                                  ((y + top) % blockY * blockX + (x + left) % blockX) * channels + c);
    Case made = makeCase(Family::depthToSpace, 1, height, width, in.channels, layout, out, {in});
    made.spec.strideY = blockY;
    made.spec.strideX = blockX;
    made.spec.padTop = top;
    made.spec.padLeft = left;
    return made;
  }

  Case interleave(int count, int height, int width, int channels, const Layout &layout = {}) const {
    std::vector<Tensor> inputs;
    Tensor out(height, width, channels * count);
    for (int n = 0; n < count; ++n) {
      inputs.push_back(randomTensor(height, width, channels, 3 + n));
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
          for (int c = 0; c < channels; ++c)
            out.at(y, x, c * count + n) = inputs[n].at(y, x, c);
    }
    return makeCase(Family::interleave, count, height, width, channels, layout, out, inputs);
  }

  // `scale`: large values make scores far apart, whose exponentials would overflow if nothing were subtracted.
  Case attention(int height, int width, int channels, int heads, float scale = 1, const Layout &layout = {}) const {
    std::vector<Tensor> inputs;
    for (unsigned n = 0; n < 3; ++n)
      inputs.push_back(randomTensor(height, width, channels, 7 + n, scale));
    const int tokens = height * width, depth = channels / heads;
    Tensor out(height, width, channels);
    for (int head = 0; head < heads; ++head)
      for (int token = 0; token < tokens; ++token) {
        auto of = [&](int n, int other, int d) { return double(inputs[n].values[size_t(other) * channels + head * depth + d]); };
        std::vector<double> weights(tokens);
        for (int other = 0; other < tokens; ++other)
          for (int d = 0; d < depth; ++d)
            weights[other] += of(0, token, d) * of(1, other, d) / std::sqrt(double(depth));
        const double largest = *std::max_element(weights.begin(), weights.end());
        double total = 0;
        for (double &weight : weights)
          total += weight = std::exp(weight - largest);
        for (int d = 0; d < depth; ++d) {
          double sum = 0;
          for (int other = 0; other < tokens; ++other)
            sum += weights[other] / total * of(2, other, d);
          out.values[size_t(token) * channels + head * depth + d] = float(sum);
        }
      }
    Case made = makeCase(Family::attention, 3, height, width, channels, layout, out, inputs);
    made.spec.factor = heads;
    made.tolerance = 1e-5 * scale * scale; // a score of rounding e off moves its weight by a factor 1 + e
    return made;
  }

  void expectRight(std::vector<Case> cases) {
    for (size_t i = 0; i < cases.size(); ++i)
      cases[i].name = "case " + std::to_string(i);
    const std::string wrong = run(cases, GetParam());
    EXPECT_TRUE(wrong.empty()) << wrong;
  }
};

INSTANTIATE_TEST_SUITE_P(Targets, Pixels, testing::ValuesIn(testTargets()),
                         [](const auto &info) { return info.param.label; });

const Layout slice = {.halo = 1, .firstLane = 8, .stride = 96};

TEST_P(Pixels, SpaceToDepth) {
  expectRight({spaceToDepth(4, 6, 3, 2), spaceToDepth(6, 9, 17, 3), spaceToDepth(4, 4, 8, 2, slice), spaceToDepth(2, 2, 64, 2),
               spaceToDepth(5, 7, 12, 1)});
}

TEST_P(Pixels, DepthToSpace) {
  expectRight({depthToSpace(3, 5, 3, 2, 2, 0, 0, 6, 10), depthToSpace(3, 5, 17, 2, 2, 1, 1, 5, 8),
               depthToSpace(4, 4, 32, 3, 2, 2, 0, 9, 8), depthToSpace(2, 3, 7, 1, 4, 0, 3, 2, 9),
               depthToSpace(3, 3, 8, 2, 2, 0, 0, 6, 6, slice)});
}

TEST_P(Pixels, Interleave) {
  expectRight({interleave(2, 5, 7, 3), interleave(2, 4, 4, 24), interleave(2, 3, 5, 40, slice), interleave(3, 2, 2, 19),
               interleave(1, 3, 3, 16), interleave(4, 1, 1, 8)});
}

TEST_P(Pixels, Attention) {
  expectRight({attention(2, 2, 16, 4), attention(3, 7, 32, 4), attention(5, 5, 12, 4), attention(4, 6, 64, 2, 1, slice),
               attention(1, 1, 8, 4), attention(9, 9, 128, 4), attention(3, 5, 20, 4), attention(4, 4, 32, 4, 30)});
}

} // namespace
} // namespace mnv3::codegen::test
