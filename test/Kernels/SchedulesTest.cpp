#include "codegen/Schedules/RegisterBudget.h"
#include "codegen/Schedules/Schedules.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mnv3::codegen {
namespace {

const KernelTarget avx512 = {"x86-64-v4", 16, 32}, avx2 = {"x86-64", 8, 16}, neon = {"arm64", 4, 32};
const KernelTarget neon32 = {"armv7", 4, 16}, m7 = {"cortex-m7", 4, 8}, helium = {"cortex-m55", 4, 8}, riscv = {"riscv64-v", 4, 32};
const KernelTarget all[] = {avx512, avx2, neon, neon32, m7, helium, riscv};

KernelSpec conv(int height, int width, int inputs, int outputs, int kernel = 1, int stride = 1) {
  KernelSpec spec;
  spec.height = height;
  spec.width = width;
  spec.inputs = {{inputs, inputs, width * stride * inputs, 64}};
  spec.output = {outputs, outputs, width * outputs, 64};
  spec.kernelH = spec.kernelW = kernel;
  spec.strideY = spec.strideX = stride;
  return spec;
}

TEST(Schedules, TilesThatFitTheRegisters) {
  EXPECT_TRUE(fitsRegisters({5, 5}, avx512)); // 25 + 5 + 1
  EXPECT_FALSE(fitsRegisters({4, 7}, avx512));
  EXPECT_TRUE(fitsRegisters({4, 3}, avx2)); // 12 + 3 + 1
  EXPECT_FALSE(fitsRegisters({5, 3}, avx2));
  EXPECT_TRUE(fitsRegisters({5, 4}, neon));
  EXPECT_FALSE(fitsRegisters({6, 4}, neon));  // 24 accumulators
  EXPECT_FALSE(fitsRegisters({10, 2}, neon)); // 20, and 10 pixels' inputs
  EXPECT_TRUE(fitsRegisters({4, 3}, neon32)); // 12 + 3 + 1
  EXPECT_TRUE(fitsRegisters({6, 1}, m7));     // 24 floats, 4 weights and an input of 32
  EXPECT_FALSE(fitsRegisters({7, 1}, m7));
  EXPECT_TRUE(fitsRegisters({3, 2}, helium)); // 6 + 2: inputs are scalars
  EXPECT_FALSE(fitsRegisters({3, 2}, m7));
  EXPECT_TRUE(fitsRegisters({7, 4}, riscv));  // 28 + 4
  EXPECT_FALSE(fitsRegisters({7, 4}, avx512)); // which would want one more
}

TEST(Schedules, ChosenTilesFitAndAreNotLargerThanThePicture) {
  for (const KernelTarget &target : all)
    for (int width = 1; width < 50; ++width)
      for (int vectors = 1; vectors < 40; ++vectors) {
        const RegisterTile tile = chooseRegisterTile(width, vectors, target);
        EXPECT_TRUE(fitsRegisters(tile, target));
        EXPECT_LE(tile.pixels, width);
        EXPECT_LE(tile.vectors, vectors);
        EXPECT_EQ(vectors % chooseRegisterTile(width, vectors, target, LastVectors::divide).vectors, 0);
      }
}

// Enough accumulators to keep two units with a latency of four busy, wherever the picture has as many pixels and the machine so many
// registers.
TEST(Schedules, ChosenTilesHideLatency) {
  for (const KernelTarget &target : {avx512, avx2, neon, neon32, riscv})
    for (int vectors = 1; vectors < 20; ++vectors)
      EXPECT_GE(chooseRegisterTile(40, vectors, target).accumulators(), 8) << vectors << " vectors";
}

// Where zeros fill up the last tile, prime numbers of vectors need no tile of one, and few zeros are multiplied.
TEST(Schedules, FewVectorsAreFilledUp) {
  for (const KernelTarget &target : all)
    for (int vectors : {11, 13, 22, 26}) {
      const int tile = chooseRegisterTile(20, vectors, target, LastVectors::fillUp).vectors;
      EXPECT_LE(ceilDiv(vectors, tile) * tile * 8, vectors * 9) << vectors << " vectors";
    }
  for (int vectors : {11, 13})
    EXPECT_GT(chooseRegisterTile(20, vectors, avx2, LastVectors::fillUp).vectors, 1) << vectors << " vectors";
}

TEST(Schedules, TilesDivideRowsWhereTheyCan) {
  for (const KernelTarget &target : all)
    for (int vectors : {1, 2, 3, 5, 6}) {
      const int pixels = chooseRegisterTile(20, vectors, target).pixels;
      EXPECT_LE(ceilDiv(20, pixels) * pixels, 21) << vectors << " vectors, " << pixels << " pixels";
    }
}

TEST(Schedules, UnrollDividesTheReduction) {
  for (const KernelTarget &target : all)
    for (int channels : {1, 3, 7, 8, 13, 24, 88, 240}) {
      KernelSpec spec = conv(20, 20, channels, 40);
      EXPECT_EQ(channels % chooseSchedule(spec, target).unroll, 0);
      spec.inputs.push_back({channels + 4, channels + 4, 0, 64}); // parts of a concat share the number
      EXPECT_EQ((channels + 4) % chooseSchedule(spec, target).unroll, 0);
      EXPECT_EQ(channels % chooseSchedule(spec, target).unroll, 0);
    }
  EXPECT_EQ(chooseSchedule(conv(20, 20, 88, 40), neon).unroll % 4, 0); // whole vectors of inputs
}

// More steps a loop than hide what it costs would be code for nothing.
TEST(Schedules, OnlySmallTilesUnrollTheReduction) {
  for (const KernelTarget &target : {avx512, avx2}) {
    EXPECT_EQ(chooseSchedule(conv(40, 40, 88, 80), target).unroll, 1);
    EXPECT_EQ(chooseSchedule(conv(1, 2, 88, 8), target).unroll, 4);
  }
}

TEST(Schedules, ChannelsAreOutermostWhereOnlyATilesWeightsStayInACache) {
  auto outermost = [](int inputs, int outputs) { return chooseSchedule(conv(20, 20, inputs, outputs), avx2).channelsOutermost; };
  EXPECT_FALSE(outermost(160, 160));  // 100 KB, which stay in the second cache
  EXPECT_TRUE(outermost(128, 768));   // 384 KB; a tile's stay in the first
  EXPECT_FALSE(outermost(512, 160));  // 320 KB; a tile's do not
  EXPECT_TRUE(outermost(512, 512));   // 1 MB; a tile's stay in the second
  EXPECT_FALSE(outermost(8192, 512)); // 16 MB; a tile's take all of it
}

// What a gate's activation compares with is in a register beside the tile.
TEST(Schedules, GatesLeaveARegister) {
  for (const KernelTarget &target : {avx512, avx2})
    for (int channels : {8, 16, 48, 96}) {
      KernelSpec spec = conv(40, 40, 120, channels);
      spec.hasGate = true;
      const Schedule schedule = chooseSchedule(spec, target);
      EXPECT_LE(schedule.pixels * schedule.vectors + schedule.vectors + 2, target.vectorRegisters) << channels;
    }
}

TEST(Schedules, DepthwiseTilesLeaveRegistersForTapsAndInputs) {
  for (const KernelTarget &target : all)
    for (int stride : {1, 2}) {
      KernelSpec spec = conv(10, 10, 96, 96, 5, stride);
      spec.family = Family::depthwise;
      const Schedule schedule = chooseSchedule(spec, target);
      EXPECT_GE(schedule.rows * schedule.pixels, 2);
      EXPECT_LE(schedule.rows * schedule.pixels, target.vectorRegisters / 2) << target.name;
    }
}

TEST(Schedules, DepthwisePassesRowsThatStayInTheCacheOnceAVector) {
  auto outermost = [](int size, int channels, int kernel, int stride, const KernelTarget &target) {
    KernelSpec spec = conv(size, size, channels, channels, kernel, stride);
    spec.family = Family::depthwise;
    return chooseSchedule(spec, target).channelsOutermost;
  };
  EXPECT_TRUE(outermost(80, 88, 3, 1, avx2));   // four rows of 82 lines
  EXPECT_FALSE(outermost(160, 72, 3, 1, avx2)); // four rows of 162
  EXPECT_FALSE(outermost(160, 16, 3, 2, avx2)); // three of 321
  EXPECT_FALSE(outermost(20, 960, 5, 1, avx2)); // six of 24, but 60 lines apart: in 16 of 64 sets
  EXPECT_TRUE(outermost(20, 240, 5, 1, avx2));
  EXPECT_FALSE(outermost(160, 72, 3, 1, avx512));
  EXPECT_TRUE(outermost(160, 72, 3, 1, neon));
}

// 5x5 on NEON of 64 bits: one row, long enough that taps are loaded for many pixels, of registers that are there.
TEST(Schedules, LargeDepthwiseWindowsTakeLongRowsOnArm64) {
  KernelSpec spec;
  spec.family = Family::depthwise;
  spec.height = spec.width = 40;
  spec.output = {64, 64, 64 * 40};
  spec.inputs = {{64, 64, 64 * 44}};
  spec.kernelH = spec.kernelW = 5;
  const Schedule large = chooseSchedule(spec, neon);
  EXPECT_EQ(large.rows, 1);
  EXPECT_GE(large.pixels, 16);
  EXPECT_LE(large.pixels, 24);
  EXPECT_EQ(chooseSchedule(spec, avx512).rows, 2);
  spec.kernelH = spec.kernelW = 3;
  EXPECT_EQ(chooseSchedule(spec, neon).rows, 2);
}

TEST(Schedules, WinogradOnlyWhereItIsDefined) {
  const KernelSpec good = conv(40, 40, 48, 48, 3);
  EXPECT_EQ(chooseWinogradTile(good, avx512), 4);
  EXPECT_EQ(chooseWinogradTile(good, riscv), 4);
  EXPECT_EQ(chooseWinogradTile(conv(40, 40, 88, 88, 3, 2), avx512), 4);
  EXPECT_EQ(chooseWinogradTile(conv(42, 40, 88, 88, 3, 2), avx512), 2);
  EXPECT_EQ(chooseWinogradTile(conv(20, 20, 160, 160, 3, 2), avx512), 2); // each of 81 products would serve 25 tiles
  EXPECT_FALSE(chooseWinogradTile(conv(41, 40, 88, 88, 3, 2), avx512));
  EXPECT_FALSE(chooseWinogradTile(conv(40, 40, 88, 88, 3, 3), avx512));
  EXPECT_FALSE(chooseWinogradTile(conv(40, 40, 48, 48, 5), avx512));
  EXPECT_EQ(chooseWinogradTile(conv(38, 40, 48, 48, 3), avx512), 2);
  EXPECT_EQ(chooseWinogradTile(conv(40, 42, 48, 48, 3), avx512), 2);
  EXPECT_FALSE(chooseWinogradTile(conv(40, 41, 48, 48, 3), avx512));
  EXPECT_FALSE(chooseWinogradTile(conv(40, 40, 8, 48, 3), avx512)); // transforms would cost more than they save
  EXPECT_EQ(chooseWinogradTile(conv(40, 40, 32, 64, 3), avx2), 4);
  EXPECT_FALSE(chooseWinogradTile(conv(40, 40, 32, 64, 3, 2), avx2)); // and with stride 2 they save less
  EXPECT_EQ(chooseWinogradTile(conv(40, 40, 64, 128, 3, 2), avx2), 4);
  EXPECT_EQ(chooseWinogradTile(conv(40, 40, 32, 64, 3, 2), neon), 4); // where instructions count
  KernelSpec dilated = good;
  dilated.dilation = 2;
  EXPECT_FALSE(chooseWinogradTile(dilated, avx512));
  KernelSpec two = good;
  two.inputs.push_back(two.inputs[0]);
  EXPECT_FALSE(chooseWinogradTile(two, avx512));
}

TEST(Schedules, WinogradBandsDivideThePictureAndSpareTheCache) {
  for (int size : {4, 8, 20, 28, 40, 80})
    for (int channels : {16, 48, 160}) {
      KernelSpec spec = conv(size, size, channels, channels, 3);
      spec.family = Family::winograd;
      spec.factor = 4;
      const Schedule schedule = chooseSchedule(spec, avx512);
      ASSERT_GT(schedule.rows, 0);
      EXPECT_EQ(size / 4 % schedule.rows, 0);
    }
  KernelSpec small = conv(80, 80, 48, 48, 3), large = conv(20, 20, 104, 104, 3);
  small.family = large.family = Family::winograd;
  small.factor = large.factor = 4;
  EXPECT_LE(chooseSchedule(small, avx512).rows, 2);  // weights stay in the cache, tiles of more rows would not
  EXPECT_EQ(chooseSchedule(large, avx512).rows, 5);  // weights do not: read them once
  KernelSpec wide = conv(20, 20, 256, 256, 3), narrower = conv(20, 20, 160, 160, 3);
  for (KernelSpec *spec : {&wide, &narrower}) {
    spec->family = Family::winograd;
    spec->factor = 2;
    spec->strideY = spec->strideX = 2;
  }
  EXPECT_EQ(chooseSchedule(wide, avx2).rows, 5);     // 6.5 MB of weights, twice through memory
  EXPECT_EQ(chooseSchedule(narrower, avx2).rows, 2); // 2.6 MB: not worth the scratch
}

TEST(Schedules, WeightsAreFetchedAheadWhereTheyDoNotStayInTheCache) {
  auto winograd = [](int channels, int vectors) {
    KernelSpec spec = conv(40, 40, channels, channels, 3);
    spec.family = Family::winograd;
    spec.factor = 4;
    spec.schedule = {5, vectors, 1, 2};
    return spec;
  };
  EXPECT_TRUE(fetchesWeightsAhead(winograd(80, 2), avx2));
  EXPECT_TRUE(fetchesWeightsAhead(winograd(80, 1), avx512));
  EXPECT_FALSE(fetchesWeightsAhead(winograd(44, 2), avx2));   // 304 KB, which stay
  EXPECT_FALSE(fetchesWeightsAhead(winograd(80, 3), avx2));   // a step's weights are longer than a line
  EXPECT_FALSE(fetchesWeightsAhead(winograd(80, 2), avx512));
  EXPECT_FALSE(fetchesWeightsAhead(winograd(80, 2), neon));
}

TEST(Schedules, StripsArePowersOfTwoThatFit) {
  for (int rows : {1, 2, 5, 20, 80, 320})
    for (int step : {1, 2, 4, 20}) {
      if (rows < step)
        continue;
      const int strips = chooseStrips(conv(rows, 80, 160, 160), avx512, step);
      EXPECT_GE(strips, 1);
      EXPECT_LE(strips, std::max(1, rows / step));
      EXPECT_EQ(strips & (strips - 1), 0);
    }
  EXPECT_EQ(chooseStrips(conv(80, 80, 88, 88), avx512, 1), 8);
  EXPECT_EQ(chooseStrips(conv(10, 10, 8, 8), avx512, 1), 1); // done before a second thread has looked
  EXPECT_EQ(chooseStrips(conv(10, 10, 48, 24), avx512, 1), 2);
  KernelSpec band = conv(4, 80, 44, 44, 3); // one row of tiles, which threads share all the same
  EXPECT_EQ(chooseStrips(band, avx512, 4), 1);
  band.family = Family::winograd;
  EXPECT_EQ(chooseStrips(band, avx512, 4), 2);
}

TEST(Schedules, StripsAreOneOnMicrocontrollers) {
  for (const KernelTarget &target : {m7, helium})
    EXPECT_EQ(chooseStrips(conv(80, 80, 88, 88), target, 1), 1) << target.name;
  for (const KernelTarget &target : {avx512, avx2, neon, neon32, riscv})
    EXPECT_EQ(chooseStrips(conv(80, 80, 88, 88), target, 1), 8) << target.name;
}

TEST(Schedules, SumsDivideTheirTerms) {
  for (const KernelTarget &target : all)
    for (int extent : {1, 7, 16, 20, 144}) {
      KernelSpec pool = conv(1, 1, 576, 576), full = conv(1, 1, extent, 144);
      pool.family = Family::globalPool;
      pool.inputWidth = extent;
      full.family = Family::fullyConnected;
      for (const KernelSpec &spec : {pool, full}) {
        const Schedule schedule = chooseSchedule(spec, target);
        EXPECT_EQ(extent % schedule.pixels, 0);
        EXPECT_EQ(spec.output.channels / target.vectorWidth % schedule.vectors, 0);
        EXPECT_LE(schedule.vectors * schedule.pixels, target.vectorRegisters - 2) << target.name;
      }
    }
}

// What is timed must be what a kernel can be made with.
TEST(Schedules, CandidatesFitAndDifferAndBeginWithTheRule) {
  KernelSpec winograd = conv(40, 40, 80, 80, 3), depthwise = conv(40, 40, 96, 96, 5), detect = conv(20, 20, 88, 11);
  winograd.family = Family::winograd;
  winograd.factor = 4;
  depthwise.family = Family::depthwise;
  detect.family = Family::detect;
  detect.anchors = 3;
  for (const KernelTarget &target : all)
    for (const KernelSpec &spec : {conv(20, 20, 88, 88), conv(1, 1, 16, 8), winograd, depthwise, detect}) {
      const std::vector<Schedule> candidates = scheduleCandidates(spec, target);
      ASSERT_FALSE(candidates.empty());
      EXPECT_EQ(candidates[0], chooseSchedule(spec, target));
      for (size_t i = 1; i < candidates.size(); ++i) {
        EXPECT_EQ(std::count(candidates.begin(), candidates.end(), candidates[i]), 1);
        if (spec.family != Family::depthwise)
          EXPECT_TRUE(fitsRegisters({candidates[i].pixels, candidates[i].vectors}, target));
        if (spec.family == Family::winograd)
          EXPECT_EQ(candidates[i].rows, candidates[0].rows);
      }
    }
  EXPECT_GT(scheduleCandidates(conv(20, 20, 88, 88), avx512).size(), 20u);
}

TEST(Schedules, ATableHoldsForItsProcessorOnly) {
  for (const char *cpu : {"znver3", "znver4"})
    EXPECT_FALSE(tunedSchedules(cpu).empty()) << cpu;
  EXPECT_TRUE(tunedSchedules("x86-64-v4").empty());
  EXPECT_TRUE(tunedSchedules("").empty());
  KernelSpec spec = conv(20, 20, 88, 88);
  const std::string key = scheduleKey(spec);
  spec.schedule.pixels = 3;
  EXPECT_EQ(scheduleKey(spec), key); // the name that a table knows a kernel by does not depend on how it was scheduled
  spec.width = 21;
  EXPECT_NE(scheduleKey(spec), key);
}

} // namespace
} // namespace mnv3::codegen
