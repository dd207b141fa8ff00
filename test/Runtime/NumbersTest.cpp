// The runtime's own arithmetic against the host's: exp and sigmoid in double, the integer doubles bit for bit.
extern "C" {
#include "numbers.h"
#include "binary64.h"
}
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace {

double asDouble(mnv3_binary64 value) { return std::ldexp(static_cast<double>(value.mantissa), value.exponent); }

TEST(Exp, IsWithinAFewUnitsOfTheLastPlace) {
  double worst = 0;
  for (uint32_t bits = 0; bits < 0x42b00000; bits += 101) // 0 .. 88, both signs
    for (uint32_t sign : {0u, 0x80000000u}) {
      float x = mnv3_float_of_bits(bits | sign);
      if (x < -87.0f) // below, the result loses bits as every denormal does
        continue;
      double exact = std::exp(static_cast<double>(x));
      worst = std::max(worst, std::fabs(mnv3_exp(x) - exact) / exact);
    }
  EXPECT_LE(worst, 1.3e-7);
  RecordProperty("worst", std::to_string(worst * 1e9) + "e-9");
}

TEST(Sigmoid, IsWithinAFewUnitsOfTheLastPlace) {
  double worst = 0;
  for (uint32_t bits = 0; bits < 0x42ae0000; bits += 101) // 0 .. 87, both signs
    for (uint32_t sign : {0u, 0x80000000u}) {
      float x = mnv3_float_of_bits(bits | sign);
      double exact = 1.0 / (1.0 + std::exp(-static_cast<double>(x)));
      worst = std::max(worst, std::fabs(mnv3_sigmoid(x) - exact) / exact);
    }
  EXPECT_LE(worst, 2e-7);
  RecordProperty("worst", std::to_string(worst * 1e9) + "e-9");
}

TEST(Sigmoid, HasItsLimits) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(mnv3_sigmoid(0.0f), 0.5f);
  for (float x : {20.0f, 200.0f, 3e38f, infinity})
    EXPECT_EQ(mnv3_sigmoid(x), 1.0f) << x;
  for (float x : {-200.0f, -3e38f, -infinity})
    EXPECT_EQ(mnv3_sigmoid(x), 0.0f) << x;
  for (uint32_t nan : {0x7fc00000u, 0xffc00000u, 0x7fffffffu, 0xffffffffu})
    EXPECT_TRUE(std::isnan(mnv3_sigmoid(mnv3_float_of_bits(nan))));
}

TEST(Rounding, IsThatOfTheHost) {
  for (float x = -3.0f; x <= 2049.0f; x += 0.125f) {
    EXPECT_EQ(mnv3_nearest(x), static_cast<int32_t>(std::lrintf(x))) << x;
    EXPECT_EQ(mnv3_floor(x), static_cast<int32_t>(std::floor(x))) << x;
  }
  EXPECT_EQ(mnv3_floor(-1e-17f), -1);
}

TEST(Quotient, IsThatOfTheHost) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000000; ++i) {
    int32_t divisor = 1 + random() % 2047, quotient = random() % (1 << 20);
    int32_t rest = random() % 3 ? random() % divisor : (random() % 2 ? 0 : divisor - 1);
    ASSERT_EQ(mnv3_quotient(quotient * divisor + rest, divisor), quotient) << divisor << " " << rest;
  }
  // Where the float of the dividend falls short by most of what a float can.
  for (int32_t divisor = 4000; divisor < 4096; ++divisor)
    for (int32_t quotient = 522000; quotient < 524225; ++quotient)
      ASSERT_EQ(mnv3_quotient(quotient * divisor, divisor), quotient) << divisor;
}

TEST(Binary64, IsTheHostsDouble) {
  std::mt19937 random(2);
  auto number = [&] { return 1 + random() % (random() % 2 ? 100 : 65536); };
  for (int i = 0; i < 1000000; ++i) {
    uint32_t size = number(), other = number(), factor = 2 * (number() - 1) + 1;
    double ratio = static_cast<double>(size) / other, scale = 1.0 / ratio, centre = (factor / 2.0) * scale;
    mnv3_binary64 mine = mnv3_binary64_quotient(mnv3_binary64_of(size), mnv3_binary64_of(other));
    ASSERT_EQ(asDouble(mine), ratio) << size << " / " << other;
    mnv3_binary64 mineToo = mnv3_binary64_quotient(mnv3_binary64_of(1), mine);
    ASSERT_EQ(asDouble(mineToo), scale) << size << " / " << other;
    ASSERT_EQ(mnv3_binary64_less(mine, mineToo), ratio < scale);
    ASSERT_EQ(mnv3_binary64_to_float(mineToo), static_cast<float>(scale));
    mineToo = mnv3_binary64_times(mineToo, factor);
    --mineToo.exponent;
    ASSERT_EQ(asDouble(mineToo), centre) << size << " / " << other << " * " << factor;
    float expected = static_cast<float>(centre - 0.5), got = mnv3_binary64_less_half(mineToo);
    ASSERT_EQ(mnv3_bits_of_float(got), mnv3_bits_of_float(expected)) << size << " / " << other << " * " << factor;
    if (centre < 1e9) {
      ASSERT_EQ(mnv3_binary64_nearest(mineToo), static_cast<int32_t>(std::nearbyint(centre)));
    }
  }
}

TEST(Binary64, RoundsTwiceWhereTheDefinitionDoes) {
  // 1/2 minus few powers of two, so that the double, the float, or both lie near the middle of two neighbours.
  std::mt19937 random(6);
  for (int i = 0; i < 1000000; ++i) {
    int top = 1 + random() % 40; // 2^-top and up to 52 bits below it
    uint64_t mantissa = uint64_t(1) << 52;
    for (int bit : {27 - top, 55 - top, 56 - top, static_cast<int>(random() % 53), 52})
      if (bit > 0 && bit <= 52 && random() % 2)
        mantissa |= uint64_t(1) << (52 - bit);
    mnv3_binary64 value = {mantissa, -52 - top};
    float expected = static_cast<float>(asDouble(value) - 0.5);
    ASSERT_EQ(mnv3_bits_of_float(mnv3_binary64_less_half(value)), mnv3_bits_of_float(expected))
        << mantissa << " " << top;
  }
}

TEST(Binary64, RoundsHalvesToEven) {
  for (uint32_t twice : {1u, 3u, 5u, 7u, 1001u}) {
    mnv3_binary64 value = mnv3_binary64_of(twice);
    --value.exponent;
    EXPECT_EQ(mnv3_binary64_nearest(value), static_cast<int32_t>(std::nearbyint(twice / 2.0)));
  }
}

} // namespace
