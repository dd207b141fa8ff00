#include "compiler/Transforms/Kern/WeightPacking.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

using namespace mnv3;

namespace {

std::vector<float> counted(size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 1.0f);
  return values;
}

} // namespace

TEST(WeightPacking, ConvolutionsByTileTapAndInput) {
  std::vector<float> values = counted(3 * 1 * 2 * 2); // 3 outputs, 1 x 2 taps, 2 inputs
  Filter filter{values, 3, 1, 2, 2};
  std::vector<float> packed = packConv(filter, 2);
  EXPECT_EQ(packed, (std::vector<float>{1, 5, 2, 6, 3, 7, 4, 8, /* second tile: output 2 and nothing */ 9, 0, 10, 0, 11, 0, 12, 0}));
}

TEST(WeightPacking, StemsByPlane) {
  std::vector<float> values = counted(2 * 1 * 2 * 3); // 2 outputs, 1 x 2 taps, 3 planes
  EXPECT_EQ(packStem({values, 2, 1, 2, 3}, 2), (std::vector<float>{1, 7, 4, 10, 2, 8, 5, 11, 3, 9, 6, 12}));
}

TEST(WeightPacking, DepthwiseByVectorOfChannels) {
  std::vector<float> taps = counted(2 * 3); // 2 taps, 3 channels
  EXPECT_EQ(packDepthwise(taps, 3, 2), (std::vector<float>{1, 2, 4, 5, 3, 0, 6, 0}));
}

TEST(WeightPacking, FullyConnectedByTileThenInput) {
  std::vector<float> weights = counted(3 * 2); // 3 outputs, 2 inputs
  EXPECT_EQ(packConv({weights, 3, 1, 1, 2}, 2), (std::vector<float>{1, 3, 2, 4, 5, 0, 6, 0}));
}

TEST(WeightPacking, DetectByTileThenDottedOutputs) {
  std::vector<float> values = counted(5 * 2); // 5 outputs, 2 inputs
  EXPECT_EQ(packDetect({values, 5, 1, 1, 2}, 2, 1), (std::vector<float>{1, 3, 2, 4, 5, 7, 6, 8, 9, 10}));
  EXPECT_EQ(packDetect({values, 5, 1, 1, 2}, 4, 0), (std::vector<float>{1, 3, 5, 7, 2, 4, 6, 8, 9, 0, 0, 0, 10, 0, 0, 0}));
}

TEST(WeightPacking, PadsToAMultiple) {
  EXPECT_EQ(padTo(counted(4), 3), (std::vector<float>{1, 2, 3, 4, 0, 0}));
  EXPECT_EQ(padTo(counted(3), 3), counted(3));
}

// A' [(G g G^T) . (B^T d B)] A with B and A of F(4x4, 3x3) must be the plain convolution of a 6x6 tile.
TEST(WeightPacking, WinogradComputesTheConvolution) {
  constexpr double bt[6][6] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
                               {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
  constexpr double at[4][6] = {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}};
  std::vector<float> g = {0.5f, -1, 2, 3, 0.25f, -0.75f, 1, 1.5f, -2};
  double d[6][6];
  for (int y = 0; y < 6; ++y)
    for (int x = 0; x < 6; ++x)
      d[y][x] = std::sin(1.0 + 7 * y + 3 * x);
  std::vector<float> u = packWinograd({g, 1, 3, 3, 1}, 4, 1, 4); // lane 0 of tiles of 4
  ASSERT_EQ(u.size(), 36u * 4);
  double m[6][6] = {};
  for (int a = 0; a < 6; ++a)
    for (int b = 0; b < 6; ++b) {
      double v = 0;
      for (int y = 0; y < 6; ++y)
        for (int x = 0; x < 6; ++x)
          v += bt[a][y] * d[y][x] * bt[b][x];
      m[a][b] = v * u[(a * 6 + b) * 4];
      EXPECT_EQ(u[(a * 6 + b) * 4 + 1], 0); // no second output
    }
  for (int oy = 0; oy < 4; ++oy)
    for (int ox = 0; ox < 4; ++ox) {
      double winograd = 0, plain = 0;
      for (int a = 0; a < 6; ++a)
        for (int b = 0; b < 6; ++b)
          winograd += at[oy][a] * m[a][b] * at[ox][b];
      for (int y = 0; y < 3; ++y)
        for (int x = 0; x < 3; ++x)
          plain += g[y * 3 + x] * d[oy + y][ox + x];
      EXPECT_NEAR(winograd, plain, 1e-5); // U is rounded to float once: 2^-24 of terms up to 40
    }
}

TEST(WeightPacking, WinogradComputesTheConvolutionOnTilesOf2) {
  constexpr double bt[4][4] = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, -1, 0, 1}}, at[2][4] = {{1, 1, 1, 0}, {0, 1, -1, 1}};
  std::vector<float> g = {0.5f, -1, 2, 3, 0.25f, -0.75f, 1, 1.5f, -2};
  auto d = [](int y, int x) { return std::sin(1.0 + 7 * y + 3 * x); };
  std::vector<float> u = packWinograd({g, 1, 3, 3, 1}, 1, 1, 2);
  ASSERT_EQ(u.size(), 16u);
  for (int oy = 0; oy < 2; ++oy)
    for (int ox = 0; ox < 2; ++ox) {
      double winograd = 0, plain = 0;
      for (int a = 0; a < 4; ++a)
        for (int b = 0; b < 4; ++b) {
          double v = 0;
          for (int y = 0; y < 4; ++y)
            for (int x = 0; x < 4; ++x)
              v += bt[a][y] * d(y, x) * bt[b][x];
          winograd += at[oy][a] * v * u[a * 4 + b] * at[ox][b];
        }
      for (int y = 0; y < 3; ++y)
        for (int x = 0; x < 3; ++x)
          plain += g[y * 3 + x] * d(oy + y, ox + x);
      EXPECT_NEAR(winograd, plain, 1e-5); // as above
    }
}

// With stride 2: sum over phases of A' [(G g G^T) . (B^T d B)] A with B and A of F(m, 2), d every second row and column.
TEST(WeightPacking, WinogradComputesTheConvolutionOfStride2) {
  using Matrix = std::vector<std::vector<double>>;
  const Matrix bt4 = {{2, -1, -2, 1, 0}, {0, -2, -1, 1, 0}, {0, 2, -3, 1, 0}, {0, -1, 0, 1, 0}, {0, 2, -1, -2, 1}};
  const Matrix at4 = {{1, 1, 1, 1, 0}, {0, 1, -1, 2, 0}, {0, 1, 1, 4, 0}, {0, 1, -1, 8, 1}};
  const Matrix bt2 = {{1, -1, 0}, {0, 1, 0}, {0, -1, 1}}, at2 = {{1, 1, 0}, {0, 1, 1}};
  std::vector<float> g = {0.5f, -1, 2, 3, 0.25f, -0.75f, 1, 1.5f, -2};
  auto d = [](int y, int x) { return std::sin(1.0 + 7 * y + 3 * x); };
  for (int outputs : {2, 4}) {
    const Matrix &bt = outputs == 4 ? bt4 : bt2, &at = outputs == 4 ? at4 : at2;
    const int points = outputs + 1;
    std::vector<float> u = packWinograd({g, 1, 3, 3, 1}, 1, 2, outputs);
    ASSERT_EQ(u.size(), size_t(2 * outputs + 1) * (2 * outputs + 1));
    Matrix m(points, std::vector<double>(points));
    size_t product = 0;
    for (int row = 0; row < 2; ++row)
      for (int column = 0; column < 2; ++column)
        for (int a = 0; a < points - row; ++a)
          for (int b = 0; b < points - column; ++b) {
            double v = 0;
            for (int y = 0; y < points - row; ++y)
              for (int x = 0; x < points - column; ++x)
                v += bt[a][y] * d(2 * y + row, 2 * x + column) * bt[b][x];
            m[a][b] += v * u[product++];
          }
    for (int oy = 0; oy < outputs; ++oy)
      for (int ox = 0; ox < outputs; ++ox) {
        double winograd = 0, plain = 0;
        for (int a = 0; a < points; ++a)
          for (int b = 0; b < points; ++b)
            winograd += at[oy][a] * m[a][b] * at[ox][b];
        for (int y = 0; y < 3; ++y)
          for (int x = 0; x < 3; ++x)
            plain += g[y * 3 + x] * d(2 * oy + y, 2 * ox + x);
        EXPECT_NEAR(winograd, plain, 1e-5); // as above
      }
  }
}
