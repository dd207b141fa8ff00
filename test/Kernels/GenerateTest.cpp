// What generateKernels promises beside right numbers.
#include "test/Kernels/Convolutions.h"
#include "test/Kernels/Run.h"

#include <gtest/gtest.h>

namespace mnv3::codegen::test {
namespace {

const KernelTarget avx2 = {"x86-64", 8, 16}, neon = {"arm64", 4, 32};

KernelSpec conv(int outputs) { return makeConvolution({.name = "", .outputs = outputs}, avx2, false).spec; }

KernelSpec winograd(const KernelTarget &target) {
  return makeConvolution({.name = "", .height = 16, .width = 16, .inputs = {64}, .outputs = 64, .kernelH = 3, .kernelW = 3,
                          .schedule = {.pixels = 4, .vectors = 1, .unroll = 1, .rows = 4}, .winograd = 4}, target, false).spec;
}

TEST(Generate, EqualSpecsShareAKernel) {
  std::vector<KernelInfo> infos;
  KernelCode bitcode;
  std::string error;
  ASSERT_TRUE(generateKernels({conv(3), conv(5), conv(3)}, avx2, KernelForm::bitcode, infos, bitcode, error)) << error;
  ASSERT_EQ(infos.size(), 3u);
  EXPECT_EQ(infos[0].symbol, infos[2].symbol);
  EXPECT_NE(infos[0].symbol, infos[1].symbol);
  const std::vector<std::string> *pieces = bitcode.pieces(error);
  ASSERT_TRUE(pieces) << error;
  ASSERT_EQ(pieces->size(), 2u); // one module a process
  for (const std::string &module : *pieces)
    EXPECT_EQ(module.substr(0, 2), "BC");
}

TEST(Generate, SymbolsTellEverythingApart) {
  const KernelSpec spec = conv(3);
  KernelSpec other = spec;
  EXPECT_EQ(kernelSymbol(spec), kernelSymbol(other));
  other.schedule.unroll += 1;
  EXPECT_NE(kernelSymbol(spec), kernelSymbol(other));
  other = spec;
  other.inputs[0].rowStride += 8;
  EXPECT_NE(kernelSymbol(spec), kernelSymbol(other));
  other = spec;
  other.slope += 1;
  EXPECT_NE(kernelSymbol(spec), kernelSymbol(other));
}

TEST(Generate, WinogradsPlanesAreAnOddNumberOfLinesApart) {
  std::vector<KernelInfo> infos;
  KernelCode bitcode;
  std::string error;
  ASSERT_TRUE(generateKernels({winograd(avx2)}, avx2, KernelForm::bitcode, infos, bitcode, error)) << error;
  // Sixteen tiles of 64 channels are 64 lines in each of 36 planes, and 8 in each of 36 times 8 planes of products.
  EXPECT_EQ(infos[0].scratchFor(16), 64 * (36 * 65 + 36 * 8 * 9));
}

int loopsOfWinograd(const KernelTarget &target) {
  std::vector<KernelInfo> infos;
  KernelCode code;
  std::string error;
  EXPECT_TRUE(generateKernels({winograd(target)}, target, KernelForm::cpp, infos, code, error)) << error;
  int loops = 0;
  const std::string &kernel = code.pieces(error)->back();
  for (size_t at = 0; (at = kernel.find("for (", at)) != std::string::npos; ++at)
    ++loops;
  return loops;
}

TEST(Generate, WinogradsTransformsAreLoopsButOnArm64) {
  const int outer = 2 + 3 + 3; // tiles and channels; points, tiles and the reduction; tiles and channels
  EXPECT_EQ(loopsOfWinograd(avx2), outer + 4);
  EXPECT_EQ(loopsOfWinograd(neon), outer);
}

TEST(Generate, UnknownTargetIsAnError) {
  std::vector<KernelInfo> infos;
  KernelCode bitcode;
  std::string error;
  EXPECT_FALSE(generateKernels({conv(3)}, {"z80", 4, 8}, KernelForm::bitcode, infos, bitcode, error));
  EXPECT_EQ(error, "no kernels for target 'z80'");
}

TEST(Generate, FailureIsAnErrorThatNamesTheKernel) {
  KernelSpec broken = conv(3);
  broken.family = static_cast<Family>(99);
  std::vector<KernelInfo> infos;
  KernelCode bitcode;
  std::string error;
  EXPECT_FALSE(generateKernels({broken}, avx2, KernelForm::bitcode, infos, bitcode, error));
  EXPECT_EQ(error, kernelSymbol(broken) + ": unknown family");
}

TEST(Generate, NoKernelsIsAnEmptyModule) {
  std::vector<KernelInfo> infos;
  KernelCode bitcode;
  std::string error;
  EXPECT_TRUE(generateKernels({}, avx2, KernelForm::bitcode, infos, bitcode, error)) << error;
  EXPECT_TRUE(infos.empty());
}

} // namespace
} // namespace mnv3::codegen::test
