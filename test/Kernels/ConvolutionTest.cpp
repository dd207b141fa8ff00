#include "test/Kernels/Convolutions.h"
#include "test/Kernels/Run.h"

#include <gtest/gtest.h>

namespace mnv3::codegen::test {
namespace {

class Convolutions : public testing::TestWithParam<TestTarget> {
protected:
  void SetUp() override {
    if (std::string why = whyNot(GetParam()); !why.empty())
      GTEST_SKIP() << why;
  }
  const KernelTarget &target() const { return GetParam().kernels; }
  void expectRight(const std::vector<Case> &cases) {
    const std::string wrong = run(cases, GetParam());
    EXPECT_TRUE(wrong.empty()) << wrong;
  }
};

INSTANTIATE_TEST_SUITE_P(Targets, Convolutions, testing::ValuesIn(testTargets()),
                         [](const auto &info) { return info.param.label; });

TEST_P(Convolutions, Conv2D) {
  const Convolution wanted[] = {
      {.name = "5x7x3", .inputs = {3}, .outputs = 5},
      {.name = "one pixel", .height = 1, .width = 1, .inputs = {17}, .outputs = 33},
      {.name = "8 channels with a gate", .inputs = {8}, .outputs = 8, .gate = true, .residual = true},
      {.name = "8 channels from 16", .inputs = {16}, .outputs = 8, .gate = true, .gateActivation = Activation::relu},
      {.name = "8 channels to 24", .inputs = {8}, .outputs = 24, .gate = true},
      {.name = "8 channels in a slice", .inputs = {8}, .outputs = 8, .residual = true, .output = {.firstLane = 8, .stride = 48}},
      {.name = "width 1", .height = 6, .width = 1, .inputs = {8}, .outputs = 16, .kernelH = 3, .kernelW = 3},
      {.name = "one lane short", .inputs = {15}, .outputs = 31},
      {.name = "one lane more", .inputs = {17}, .outputs = 33, .activation = Activation::relu},
      {.name = "rows in one", .height = 3, .width = 5, .inputs = {24}, .outputs = 48, .activation = Activation::silu},
      {.name = "where a sigmoid is 0 or 1", .inputs = {8}, .outputs = 48, .activation = Activation::silu, .biasScale = 1000},
      {.name = "rows with gaps", .inputs = {24}, .outputs = 48, .output = {.halo = 2, .gap = 1}},
      {.name = "3x3", .height = 6, .width = 13, .inputs = {8}, .outputs = 24, .kernelH = 3, .kernelW = 3},
      {.name = "3x3 stride 2", .inputs = {12}, .outputs = 40, .kernelH = 3, .kernelW = 3, .stride = 2,
       .activation = Activation::hardSwish},
      {.name = "1x1 stride 2", .inputs = {12}, .outputs = 7, .stride = 2},
      {.name = "5x3 dilated", .inputs = {4}, .outputs = 20, .kernelH = 5, .kernelW = 3, .dilation = 2},
      {.name = "6x6 stride 2", .inputs = {3}, .outputs = 16, .kernelH = 6, .kernelW = 6, .stride = 2},
      {.name = "three inputs", .inputs = {16, 7, 24}, .outputs = 40, .activation = Activation::silu},
      {.name = "two inputs 3x3", .inputs = {16, 8}, .outputs = 8, .kernelH = 3, .kernelW = 3},
      {.name = "gate", .inputs = {20}, .outputs = 24, .gate = true},
      {.name = "gate with activation", .inputs = {40}, .outputs = 24, .gate = true,
       .gateActivation = Activation::hardSwish},
      {.name = "residual", .inputs = {24}, .outputs = 24, .activation = Activation::silu, .residual = true},
      {.name = "gate and residual", .height = 4, .width = 4, .inputs = {72}, .outputs = 24, .gate = true,
       .residual = true, .gateActivation = Activation::relu},
      {.name = "residual with a halo", .inputs = {16}, .outputs = 16, .residual = true,
       .residualLayout = {.halo = 1, .firstLane = 8, .stride = 48}},
      {.name = "start", .height = 6, .width = 8, .inputs = {16}, .outputs = 20, .activation = Activation::silu, .start = true},
      {.name = "start of odd extents", .inputs = {16, 8}, .outputs = 40, .start = true},
      {.name = "slices", .inputs = {8}, .outputs = 24, .input = {.firstLane = 8, .stride = 48},
       .output = {.firstLane = 4, .stride = 64}},
      {.name = "leaky ReLU", .inputs = {9}, .outputs = 9, .activation = Activation::leakyRelu},
      {.name = "ReLU6", .inputs = {9}, .outputs = 9, .activation = Activation::relu6},
      {.name = "hard sigmoid", .inputs = {9}, .outputs = 9, .activation = Activation::hardSigmoid},
      {.name = "channels outermost", .height = 7, .width = 7, .inputs = {16}, .outputs = 64, .kernelH = 3, .kernelW = 3,
       .schedule = {.pixels = 3, .vectors = 2, .unroll = 4, .channelsOutermost = true}},
      {.name = "half a vector left over", .height = 3, .width = 23, .inputs = {16}, .outputs = 40, .activation = Activation::hardSigmoid},
      {.name = "half a vector and a residual", .width = 20, .inputs = {16}, .outputs = 37, .residual = true},
      {.name = "half a vector and a start", .width = 20, .inputs = {16, 8}, .outputs = 88, .activation = Activation::silu, .start = true},
      {.name = "half a vector, 3x3", .width = 20, .inputs = {16}, .outputs = 24, .kernelH = 3, .kernelW = 3, .stride = 2, .output = {.halo = 1}},
      {.name = "vectors left over", .height = 3, .width = 9, .inputs = {16}, .outputs = 5 * 16,
       .schedule = {.pixels = 4, .vectors = 3, .unroll = 4}},
  };
  std::vector<Case> cases;
  for (const Convolution &one : wanted)
    cases.push_back(makeConvolution(one, target()));
  expectRight(cases);
}

TEST_P(Convolutions, Winograd) {
  const Convolution wanted[] = {
      {.name = "one tile", .height = 4, .width = 4, .inputs = {3}, .outputs = 5},
      {.name = "8x12", .height = 8, .width = 12, .inputs = {16}, .outputs = 16, .activation = Activation::silu},
      {.name = "ragged channels", .height = 12, .width = 20, .inputs = {17}, .outputs = 33},
      {.name = "residual", .height = 8, .width = 8, .inputs = {24}, .outputs = 40, .activation = Activation::relu, .residual = true},
      {.name = "bands", .height = 16, .width = 8, .inputs = {20}, .outputs = 24, .output = {.halo = 1},
       .schedule = {.pixels = 3, .vectors = 1, .unroll = 4, .rows = 2}},
      {.name = "strips shorter than a band", .height = 16, .width = 32, .inputs = {48}, .outputs = 64, .activation = Activation::leakyRelu},
      {.name = "weights that no cache keeps", .height = 8, .width = 8, .inputs = {64}, .outputs = 64,
       .schedule = {.pixels = 4, .vectors = 2, .unroll = 1, .rows = 1}},
      {.name = "wide", .height = 4, .width = 80, .inputs = {48}, .outputs = 48, .input = {.gap = 1}},
      {.name = "stride 2, one tile", .height = 4, .width = 4, .inputs = {3}, .outputs = 5, .stride = 2},
      {.name = "stride 2, ragged channels", .height = 12, .width = 20, .inputs = {17}, .outputs = 33, .stride = 2},
      {.name = "stride 2, residual", .height = 8, .width = 8, .inputs = {24}, .outputs = 40, .stride = 2, .activation = Activation::silu, .residual = true},
      {.name = "stride 2, bands", .height = 16, .width = 8, .inputs = {20}, .outputs = 24, .stride = 2, .output = {.halo = 1},
       .schedule = {.pixels = 3, .vectors = 1, .unroll = 4, .rows = 2}},
      {.name = "stride 1 on tiles of 2, one tile", .height = 2, .width = 2, .inputs = {3}, .outputs = 5, .winograd = 2},
      {.name = "stride 1 on tiles of 2", .height = 10, .width = 6, .inputs = {20}, .outputs = 36, .activation = Activation::silu, .residual = true, .winograd = 2},
      {.name = "tiles of 2, one tile", .height = 2, .width = 2, .inputs = {3}, .outputs = 5, .stride = 2, .winograd = 2},
      {.name = "tiles of 2", .height = 6, .width = 10, .inputs = {32}, .outputs = 48, .stride = 2, .activation = Activation::relu, .winograd = 2},
      {.name = "tiles of 2, bands", .height = 12, .width = 4, .inputs = {16}, .outputs = 40, .stride = 2,
       .schedule = {.pixels = 4, .vectors = 1, .unroll = 4, .rows = 3}, .winograd = 2},
  };
  std::vector<Case> cases;
  for (Convolution one : wanted) {
    one.kernelH = one.kernelW = 3;
    one.winograd = one.winograd ? one.winograd : 4;
    cases.push_back(makeConvolution(one, target()));
  }
  expectRight(cases);
}

TEST_P(Convolutions, Depthwise) {
  const Convolution wanted[] = {
      {.name = "5x7x3", .inputs = {3}, .kernelH = 3, .kernelW = 3},
      {.name = "one pixel", .height = 1, .width = 1, .inputs = {40}, .kernelH = 3, .kernelW = 3},
      {.name = "width 1", .height = 9, .width = 1, .inputs = {16}, .kernelH = 5, .kernelW = 5},
      {.name = "5x5", .height = 6, .width = 20, .inputs = {24}, .kernelH = 5, .kernelW = 5, .activation = Activation::hardSwish},
      {.name = "3x3 stride 2", .height = 7, .width = 9, .inputs = {33}, .kernelH = 3, .kernelW = 3, .stride = 2, .activation = Activation::relu},
      {.name = "5x5 stride 2", .height = 4, .width = 5, .inputs = {15}, .kernelH = 5, .kernelW = 5, .stride = 2},
      {.name = "1x3", .inputs = {16}, .kernelH = 1, .kernelW = 3, .input = {.gap = 2}, .output = {.halo = 1}},
      {.name = "7x7", .height = 8, .width = 8, .inputs = {16}, .kernelH = 7, .kernelW = 7, .activation = Activation::silu},
      {.name = "slices", .inputs = {16}, .kernelH = 3, .kernelW = 3, .input = {.firstLane = 8, .stride = 48}, .output = {.firstLane = 4, .stride = 32}},
      {.name = "8 channels", .inputs = {8}, .kernelH = 3, .kernelW = 3},
      {.name = "8 channels into a slice", .inputs = {8}, .kernelH = 3, .kernelW = 3, .output = {.firstLane = 8, .stride = 32}},
      {.name = "channels innermost", .inputs = {40}, .kernelH = 3, .kernelW = 3, .schedule = {.pixels = 2, .rows = 3}},
  };
  std::vector<Case> cases;
  for (const Convolution &one : wanted)
    cases.push_back(makeDepthwiseCase(one, target()));
  expectRight(cases);
}

TEST_P(Convolutions, Stem) {
  const Stem wanted[] = {
      {.name = "9x11 to 8"},
      {.name = "into a slice", .output = {.firstLane = 16, .stride = 48}},
      {.name = "even", .inputHeight = 12, .inputWidth = 64, .outputs = 16, .output = {.halo = 1}},
      {.name = "to 33", .inputHeight = 10, .inputWidth = 10, .outputs = 33, .activation = Activation::silu},
      {.name = "6x6", .inputHeight = 16, .inputWidth = 32, .outputs = 16, .kernel = 6, .pad = 2},
      {.name = "5x5", .inputHeight = 16, .inputWidth = 32, .outputs = 16, .kernel = 5, .pad = 2},
      {.name = "stride 1, one plane", .inputHeight = 5, .inputWidth = 7, .planes = 1, .outputs = 5, .stride = 1},
      {.name = "no pad", .inputHeight = 9, .inputWidth = 9, .outputs = 4, .pad = 0},
      {.name = "one column", .inputHeight = 9, .inputWidth = 1, .outputs = 8},
      {.name = "wide", .inputHeight = 6, .inputWidth = 322, .outputs = 24, .activation = Activation::hardSigmoid},
      {.name = "1x1", .inputHeight = 6, .inputWidth = 20, .outputs = 24, .kernel = 1, .stride = 1, .pad = 0},
  };
  std::vector<Case> cases;
  for (const Stem &one : wanted)
    cases.push_back(makeStemCase(one, target()));
  expectRight(cases);
}

TEST_P(Convolutions, Detect) {
  const Detect wanted[] = {
      {.name = "11 fields"},
      {.name = "a thousand classes", .height = 2, .width = 6, .fields = 1005},
      {.name = "6 fields", .fields = 6},
      {.name = "33 outputs, one dotted", .width = 12, .inputs = 40},
      {.name = "36 outputs, up to four dotted", .inputs = 12, .fields = 12},
      {.name = "85 fields", .height = 3, .width = 20, .inputs = 40, .fields = 85},
      {.name = "16 fields", .inputs = 16, .fields = 16},
      {.name = "one field", .height = 4, .width = 3, .fields = 1},
      {.name = "one column", .height = 9, .width = 1, .fields = 6},
      {.name = "one pixel", .height = 1, .width = 1, .fields = 7},
      {.name = "with a halo", .width = 20, .inputs = 24, .anchors = 2, .fields = 33, .input = {.halo = 1}},
  };
  std::vector<Case> cases;
  for (const Detect &one : wanted)
    cases.push_back(makeDetectCase(one, target()));
  expectRight(cases);
}

TEST_P(Convolutions, FullyConnected) {
  expectRight({
      makeFullyConnectedCase("4 to 16", 4, 16, Activation::hardSigmoid, target()),
      makeFullyConnectedCase("16 to 4", 16, 4, Activation::relu, target()),
      makeFullyConnectedCase("7 to 31", 7, 31, Activation::none, target()),
      makeFullyConnectedCase("576 to 144", 576, 144, Activation::relu, target()),
      makeFullyConnectedCase("1 to 1", 1, 1, Activation::none, target()),
  });
}

} // namespace
} // namespace mnv3::codegen::test
