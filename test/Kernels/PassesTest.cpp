#include "test/Kernels/Passes.h"
#include "test/Kernels/Run.h"

#include <gtest/gtest.h>

namespace mnv3::codegen::test {
namespace {

class Passes : public testing::TestWithParam<TestTarget> {
protected:
  void SetUp() override {
    if (std::string why = whyNot(GetParam()); !why.empty())
      GTEST_SKIP() << why;
  }
  void expectRight(Family family, const std::vector<Pass> &wanted) {
    std::vector<Case> cases;
    for (const Pass &one : wanted)
      cases.push_back(makePass(family, one, GetParam().kernels));
    const std::string wrong = run(cases, GetParam());
    EXPECT_TRUE(wrong.empty()) << wrong;
  }
};

INSTANTIATE_TEST_SUITE_P(Targets, Passes, testing::ValuesIn(testTargets()),
                         [](const auto &info) { return info.param.label; });

TEST_P(Passes, GlobalPool) {
  expectRight(Family::globalPool, {{.name = "5x7x3"},
                                   {.name = "one pixel", .inputHeight = 1, .inputWidth = 1},
                                   {.name = "8 channels", .channels = 8},
                                   {.name = "wide", .inputHeight = 3, .inputWidth = 20, .channels = 72},
                                   {.name = "with a halo", .channels = 33, .input = {.halo = 2}},
                                   {.name = "160x160", .inputHeight = 160, .inputWidth = 160, .channels = 16}});
}

TEST_P(Passes, MaxPool) {
  expectRight(Family::maxPool, {{.name = "5x5 same", .channels = 20, .kernel = 5, .pad = 2},
                                {.name = "2x2 stride 2", .inputHeight = 6, .inputWidth = 8, .kernel = 2, .stride = 2},
                                {.name = "overhang", .kernel = 2, .stride = 2, .height = 3, .width = 4},
                                {.name = "3x3 stride 2", .channels = 17, .kernel = 3, .stride = 2, .pad = 1},
                                {.name = "8 channels into a slice", .channels = 8, .kernel = 3, .pad = 1,
                                 .output = {.firstLane = 8, .stride = 48}},
                                {.name = "13x13", .inputHeight = 20, .inputWidth = 20, .channels = 40, .kernel = 13, .pad = 6},
                                {.name = "larger than the picture", .inputHeight = 3, .inputWidth = 2, .kernel = 5, .pad = 2},
                                {.name = "slices", .channels = 8, .kernel = 5, .pad = 2,
                                 .input = {.halo = 1, .firstLane = 16, .stride = 48}, .output = {.firstLane = 16, .stride = 32}}});
}

TEST_P(Passes, Upsample) {
  expectRight(Family::upsample, {{.name = "5x7x3"},
                                 {.name = "by 3", .channels = 33, .factor = 3},
                                 {.name = "one pixel", .inputHeight = 1, .inputWidth = 1, .channels = 16},
                                 {.name = "8 channels into a slice", .channels = 8, .output = {.firstLane = 8, .stride = 48}},
                                 {.name = "into a slice", .channels = 16, .output = {.halo = 1, .firstLane = 8, .stride = 48}}});
}

TEST_P(Passes, Copy) {
  expectRight(Family::copy, {{.name = "5x7x3"},
                             {.name = "slices", .channels = 24, .input = {.halo = 1, .firstLane = 8, .stride = 48},
                              .output = {.firstLane = 4, .stride = 64}},
                             {.name = "dense, less than a vector", .channels = 3, .dense = true},
                             {.name = "8 channels into a slice", .channels = 8, .output = {.firstLane = 8, .stride = 48}},
                             {.name = "8 channels out of a slice", .channels = 8, .input = {.firstLane = 16, .stride = 48}},
                             {.name = "dense, 8 channels", .channels = 8, .dense = true},
                             {.name = "dense, ragged", .channels = 37, .dense = true, .input = {.halo = 1}},
                             {.name = "dense, whole vectors", .channels = 32, .dense = true}});
}

TEST_P(Passes, Elementwise) {
  expectRight(Family::elementwise,
              {{.name = "5x7x3", .activation = Activation::silu},
               {.name = "gate", .channels = 40, .gateActivation = Activation::hardSwish, .gate = true},
               {.name = "gate, then activation", .channels = 40, .activation = Activation::hardSwish, .gate = true},
               {.name = "8 channels into a slice", .channels = 8, .gate = true, .residual = true,
                .output = {.firstLane = 8, .stride = 48}},
               {.name = "residual", .channels = 20, .activation = Activation::relu, .residual = true},
               {.name = "everything", .channels = 33, .activation = Activation::leakyRelu, .gate = true, .residual = true,
                .input = {.halo = 1}, .output = {.firstLane = 16, .stride = 64}}});
}

} // namespace
} // namespace mnv3::codegen::test
