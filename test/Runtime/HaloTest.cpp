extern "C" {
#include "model.h"
}
#include <gtest/gtest.h>

#include <vector>

namespace {

// Every float of the buffer is compared: 0 in the halo, untouched in the picture and around the buffer.
void expectClear(int height, int width, int stride, int rows, int columns) {
  SCOPED_TRACE(testing::Message() << height << "x" << width << " stride " << stride << " halo " << rows << ","
                                  << columns);
  const int pitch = width + columns;
  const int pixels = (height + 2 * rows) * pitch + columns, guard = 8;
  std::vector<float> memory(pixels * stride + 2 * guard, 7.0f), expected(memory);
  std::fill(expected.begin() + guard, expected.end() - guard, 0.0f);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < stride; ++c)
        expected[guard + ((y + rows) * pitch + columns + x) * stride + c] = 7.0f;
  mnv3_clear_halo(memory.data() + guard, height, width, stride, rows, columns);
  EXPECT_EQ(memory, expected);
}

TEST(Halo, IsClearedAndNothingElse) {
  expectClear(2, 4, 1, 1, 2);
  expectClear(5, 7, 3, 2, 2);
  expectClear(1, 1, 8, 1, 1);
  expectClear(3, 1, 16, 0, 2);
  expectClear(1, 3, 16, 2, 0);
  expectClear(4, 4, 5, 0, 0);
  expectClear(13, 20, 48, 3, 1);
}

TEST(Halo, LeavesNonsenseAlone) {
  float pixel = 7.0f;
  mnv3_clear_halo(nullptr, 1, 1, 1, 1, 1);
  mnv3_clear_halo(&pixel, 0, 1, 1, 1, 1);
  mnv3_clear_halo(&pixel, 1, -1, 1, 1, 1);
  mnv3_clear_halo(&pixel, 1, 1, 0, 1, 1);
  mnv3_clear_halo(&pixel, 1, 1, 1, -1, 1);
  mnv3_clear_halo(&pixel, 1, 1, 1, 1, -1);
  EXPECT_EQ(pixel, 7.0f);
}

} // namespace
