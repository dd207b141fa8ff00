// The judge is judged by numbers worked out by hand.
#include "Layers.h"

#include <gtest/gtest.h>
#include <numeric>

using namespace mnv3::reference;

namespace {

Tensor make(Shape shape, std::vector<double> values) {
  Tensor tensor(std::move(shape));
  EXPECT_EQ(tensor.values.size(), values.size());
  tensor.values = std::move(values);
  return tensor;
}

Tensor counting(Shape shape) {
  Tensor tensor(std::move(shape));
  std::iota(tensor.values.begin(), tensor.values.end(), 1.0);
  return tensor;
}

TEST(Layers, Activations) {
  EXPECT_EQ(relu(-1), 0);
  EXPECT_EQ(relu6(7), 6);
  EXPECT_EQ(leakyRelu(0.5)(-4), -2);
  EXPECT_EQ(hardSigmoid(0), 0.5);
  EXPECT_EQ(hardSwish(-3), 0);
  EXPECT_EQ(hardSwish(4), 4);
  EXPECT_DOUBLE_EQ(hardSwish(1), 4.0 / 6);
  EXPECT_NEAR(silu(1), 0.731058578630005, 1e-15); // 1 / (1 + 1/e)
}

// 3x3 picture 1 .. 9, filter 1 2 / 3 4, stride 2, one row and column of zeros above and left.
TEST(Layers, ConvolutionWithStrideAndPads) {
  Tensor y = convolve(counting({1, 3, 3, 1}), counting({1, 2, 2, 1}), {.strideY = 2, .strideX = 2, .top = 1, .left = 1},
                      1, {1, 2, 2, 1});
  EXPECT_EQ(y.values, (std::vector<double>{4 * 1, 3 * 2 + 4 * 3, 2 * 4 + 4 * 7, 1 * 5 + 2 * 6 + 3 * 8 + 4 * 9}));
}

TEST(Layers, ConvolutionWithDilation) {
  Tensor y = convolve(counting({1, 3, 3, 1}), counting({1, 2, 2, 1}), {.dilation = 2}, 1, {1, 1, 1, 1});
  EXPECT_EQ(y.values, (std::vector<double>{1 * 1 + 2 * 3 + 3 * 7 + 4 * 9}));
}

// Channels 1 2 | 3 4 in two groups, two output channels each.
TEST(Layers, ConvolutionWithGroups) {
  Tensor y = convolve(counting({1, 1, 1, 4}), counting({4, 1, 1, 2}), {}, 2, {1, 1, 1, 4});
  EXPECT_EQ(y.values, (std::vector<double>{1 * 1 + 2 * 2, 3 * 1 + 4 * 2, 5 * 3 + 6 * 4, 7 * 3 + 8 * 4}));
}

TEST(Layers, DepthwiseConvolution) {
  Tensor y = convolveDepthwise(counting({1, 1, 2, 2}), counting({1, 2, 2}), {}, {1, 1, 1, 2});
  EXPECT_EQ(y.values, (std::vector<double>{1 * 1 + 3 * 3, 2 * 2 + 4 * 4}));
}

TEST(Layers, PixelsAndChannels) {
  Tensor x = counting({1, 2, 2, 2}); // pixels 1 2 | 3 4 // 5 6 | 7 8
  EXPECT_EQ(spaceToDepth(x, 2).values, x.values);
  EXPECT_EQ(depthToSpace(counting({1, 1, 2, 4}), 2, 2, 0, 0, {1, 2, 4, 1}).values, (std::vector<double>{1, 2, 5, 6, 3, 4, 7, 8}));
  EXPECT_EQ(depthToSpace(counting({1, 1, 2, 4}), 2, 2, 1, 1, {1, 1, 3, 1}).values, (std::vector<double>{4, 7, 8}));
  EXPECT_EQ(interleave({counting({1, 1, 1, 2}), make({1, 1, 1, 2}, {8, 9})}).values, (std::vector<double>{1, 8, 2, 9}));
}

// Two tokens, one head of one channel: scores 1 and 2 for the first query, so weights 1 / (1 + e) and e / (1 + e).
TEST(Layers, Attention) {
  Tensor y = attention(make({1, 1, 2, 1}, {1, 0}), make({1, 1, 2, 1}, {1, 2}), make({1, 1, 2, 1}, {10, 20}), 1);
  EXPECT_NEAR(y.values[0], 10 + 10 * 0.7310585786300049, 1e-12);
  EXPECT_NEAR(y.values[1], 15, 1e-12);
}

TEST(Layers, FullyConnectedPoolAndNorm) {
  EXPECT_EQ(fullyConnected(counting({1, 1, 1, 2}), counting({2, 2})).values, (std::vector<double>{5, 11}));
  EXPECT_EQ(globalAvgPool(counting({1, 2, 2, 1})).values, (std::vector<double>{2.5}));
  Tensor one = make({1}, {1}), two = make({1}, {2}), three = make({1}, {3}), five = make({1}, {5});
  EXPECT_EQ(batchNorm(make({1, 1, 1, 1}, {7}), three, five, one, three, 1).values,
            (std::vector<double>{3.0 * 6 / 2 + 5}));
  EXPECT_EQ(addBias(counting({1, 1, 2, 2}), make({2}, {10, 20})).values, (std::vector<double>{11, 22, 13, 24}));
}

// All negative: what lies outside counts as -inf, not 0.
TEST(Layers, MaxPoolMindsTheBorder) {
  Tensor x = map(counting({1, 2, 2, 1}), [](double v) { return -v; });
  EXPECT_EQ(maxPool(x, 3, 3, {.top = 1, .left = 1}, {1, 2, 2, 1}).values, (std::vector<double>{-1, -1, -1, -1}));
  EXPECT_EQ(maxPool(x, 2, 2, {.strideY = 2, .strideX = 2, .top = 1, .left = 1}, {1, 2, 2, 1}).values,
            (std::vector<double>{-1, -2, -3, -4}));
}

TEST(Layers, Shapes) {
  EXPECT_EQ(upsample(counting({1, 1, 2, 1}), 2).values, (std::vector<double>{1, 1, 2, 2, 1, 1, 2, 2}));
  EXPECT_EQ(slice(counting({1, 1, 2, 3}), 1, 2).values, (std::vector<double>{2, 3, 5, 6}));
  EXPECT_EQ(concat({counting({1, 1, 2, 1}), counting({1, 1, 2, 2})}).values, (std::vector<double>{1, 1, 2, 2, 3, 4}));
  EXPECT_EQ(readPlanar(counting({1, 2, 1, 2})).values, (std::vector<double>{1, 3, 2, 4}));
  EXPECT_EQ(splitAnchors(counting({1, 1, 2, 4}), 2).values, (std::vector<double>{1, 2, 5, 6, 3, 4, 7, 8}));
  EXPECT_EQ(combine(counting({1, 1, 2, 2}), make({1, 1, 1, 2}, {10, 20}), std::plus<>()).values,
            (std::vector<double>{11, 22, 13, 24}));
}

} // namespace
