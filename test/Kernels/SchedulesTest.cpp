#include "codegen/Schedules/RegisterBudget.h"
#include "codegen/Schedules/Schedules.h"

#include <gtest/gtest.h>

namespace mnv3::codegen {
namespace {

const KernelTarget avx512 = {"x86-64-v4", 16, 32}, avx2 = {"x86-64", 8, 16}, neon = {"arm64", 4, 32};

TEST(Schedules, TilesFitTheRegisters) {
  EXPECT_TRUE(fitsRegisters({5, 5}, avx512)); // 25 + 5 + 1
  EXPECT_FALSE(fitsRegisters({4, 7}, avx512));
  EXPECT_TRUE(fitsRegisters({4, 3}, avx2)); // 12 + 3 + 1
  EXPECT_FALSE(fitsRegisters({5, 3}, avx2));
  EXPECT_TRUE(fitsRegisters({5, 4}, neon));
  EXPECT_FALSE(fitsRegisters({6, 4}, neon)); // 24 accumulators spill
  for (const KernelTarget &target : {avx512, avx2, neon})
    for (int width = 1; width < 50; ++width)
      for (int vectors = 1; vectors < 40; ++vectors) {
        RegisterTile tile = chooseRegisterTile(width, vectors, target);
        EXPECT_TRUE(fitsRegisters(tile, target));
        EXPECT_LE(tile.pixels, width);
        EXPECT_LE(tile.vectors, vectors);
      }
}

} // namespace
} // namespace mnv3::codegen
