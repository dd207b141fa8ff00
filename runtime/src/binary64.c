#include "binary64.h"
#include "numbers.h"

static const uint64_t limit = (uint64_t)1 << 53;

/* value / 2^shift for 0 <= shift, halves to even. */
static uint64_t shift_right(uint64_t value, int32_t shift) {
  if (shift <= 0)
    return value;
  if (shift > 64)
    return 0;
  uint64_t half = (uint64_t)1 << (shift - 1);
  uint64_t quotient = shift == 64 ? 0 : value >> shift;
  uint64_t rest = value & (half + half - 1);
  return quotient + (rest > half || (rest == half && (quotient & 1)));
}

static int32_t bit_length(uint64_t value) { return 64 - __builtin_clzll(value); }

/* Any integer times 2^exponent, rounded to 53 bits. */
static mnv3_binary64 normalize(uint64_t mantissa, int32_t exponent) {
  int32_t shift = bit_length(mantissa) - 53;
  mnv3_binary64 result;
  result.mantissa = shift > 0 ? shift_right(mantissa, shift) : mantissa << -shift;
  result.exponent = exponent + shift;
  if (result.mantissa == limit) {
    result.mantissa >>= 1;
    ++result.exponent;
  }
  return result;
}

/* value * 2^exponent, rounded to 24 bits. All that arises here is far inside the exponents of float. */
static float to_float(uint64_t value, int32_t exponent) {
  int32_t shift = bit_length(value) - 24;
  uint32_t mantissa = shift > 0 ? (uint32_t)shift_right(value, shift) : (uint32_t)value << -shift;
  // A mantissa rounded up to 2^24 carries into the exponent, as it should.
  return mnv3_float_of_bits(((uint32_t)(exponent + shift + 23 + 127) << 23) + (mantissa - (1u << 23)));
}

mnv3_binary64 mnv3_binary64_of(uint32_t number) { return normalize(number, 0); }

mnv3_binary64 mnv3_binary64_quotient(mnv3_binary64 dividend, mnv3_binary64 divisor) {
  int32_t exponent = dividend.exponent - divisor.exponent - 52;
  uint64_t rest = dividend.mantissa;
  if (rest < divisor.mantissa) {
    rest <<= 1;
    --exponent;
  }
  // Schoolbook division, bit by bit: 53 bits of quotient and one more to round by; what is left then is below that bit.
  uint64_t quotient = 0;
  for (int32_t bit = 0; bit < 54; ++bit) {
    quotient <<= 1;
    if (rest >= divisor.mantissa) {
      rest -= divisor.mantissa;
      quotient |= 1;
    }
    rest <<= 1;
  }
  return normalize(quotient << 1 | (rest != 0), exponent - 2);
}

mnv3_binary64 mnv3_binary64_times(mnv3_binary64 value, uint32_t factor) {
  // 53 x 32 bits: the product's upper and lower words of 32 bits.
  uint64_t low = (value.mantissa & 0xffffffffu) * factor;
  uint64_t high = (value.mantissa >> 32) * factor + (low >> 32);
  low &= 0xffffffffu;
  // Keep 32 bits or fewer below the 53 that stay: bring all into 64 bits, the last one saying whether any is lost.
  if (high >> 32 == 0)
    return normalize(high << 32 | low, value.exponent);
  int32_t shift = bit_length(high) - 32;
  uint64_t lost = low & (((uint64_t)1 << shift) - 1);
  return normalize(high << (32 - shift) | low >> shift | (lost != 0), value.exponent + shift);
}

int32_t mnv3_binary64_less(mnv3_binary64 left, mnv3_binary64 right) {
  return left.exponent != right.exponent ? left.exponent < right.exponent : left.mantissa < right.mantissa;
}

int32_t mnv3_binary64_nearest(mnv3_binary64 value) { return (int32_t)shift_right(value.mantissa, -value.exponent); }

float mnv3_binary64_to_float(mnv3_binary64 value) { return to_float(value.mantissa, value.exponent); }

float mnv3_binary64_less_half(mnv3_binary64 value) {
  uint64_t mantissa = value.mantissa;
  int32_t exponent = value.exponent;
  // 1/2 must fit into 62 bits of the same exponent; the last bit remembers what falls off, 8 bits below any rounding.
  if (exponent < -62) {
    int32_t shift = -62 - exponent;
    uint64_t kept = shift < 64 ? mantissa >> shift : 0;
    int32_t inexact = shift >= 64 || kept << shift != mantissa;
    mantissa = kept | (uint64_t)inexact;
    exponent = -62;
  }
  // From 2^52 on 1/2 is below the last bit; no picture is that large.
  uint64_t half = exponent <= -1 ? (uint64_t)1 << (-1 - exponent) : 0;
  if (mantissa == half)
    return 0.0f;
  uint64_t distance = mantissa > half ? mantissa - half : half - mantissa;
  mnv3_binary64 rounded = normalize(distance, exponent);
  float result = mnv3_binary64_to_float(rounded);
  return mantissa > half ? result : -result;
}
