/* The few functions of floats that the runtime needs; there is no libm. Exact in the sense of their comments as long as
 * nothing contracts or reassociates: the build says -ffp-contract=off and never -ffast-math. */
#ifndef MNV3_NUMBERS_H
#define MNV3_NUMBERS_H

#include <stdint.h>

static inline float mnv3_float_of_bits(uint32_t bits) {
  union {
    uint32_t bits;
    float value;
  } pun;
  pun.bits = bits;
  return pun.value;
}

static inline uint32_t mnv3_bits_of_float(float value) {
  union {
    uint32_t bits;
    float value;
  } pun;
  pun.value = value;
  return pun.bits;
}

/* 1.5 * 2^23: adding it leaves no bit for a fraction, so the sum is rounded to an integer, halves to even, and its low
 * bits are that integer. For |x| < 2^22. */
#define MNV3_MAGIC 12582912.0f
#define MNV3_MAGIC_BITS 0x4b400000u

static inline int32_t mnv3_nearest(float x) { return (int32_t)(mnv3_bits_of_float(x + MNV3_MAGIC) - MNV3_MAGIC_BITS); }

/* The largest integer not above x, for |x| < 2^31. */
static inline int32_t mnv3_floor(float x) {
  int32_t towards_zero = (int32_t)x;
  return towards_zero - ((float)towards_zero > x);
}

/* floor(dividend / divisor) for 0 <= dividend, 0 < divisor, quotient < 2^20: ARM cores without a divider would call a
 * library. The float's quotient is off by one at most, at a rounding; the two steps mend that. */
static inline int32_t mnv3_quotient(int32_t dividend, int32_t divisor) {
  int32_t quotient = (int32_t)((float)dividend / (float)divisor);
  int64_t rest = dividend - (int64_t)quotient * divisor;
  if (rest < 0)
    return quotient - 1;
  return rest >= divisor ? quotient + 1 : quotient;
}

/* e^x, relative error below 1.3e-7; 0 and infinity where float ends; NaN stays NaN.
 * x = n ln 2 + r with |r| <= ln 2 / 2, where n times the first part of ln 2 (10 bits) is exact; Taylor's series to r^7
 * is good to 6e-9 there; 2^n goes in as two factors, because it may lie outside of what one float can hold. */
static inline float mnv3_exp(float x) {
  x = x < -104.0f ? -104.0f : x;
  x = x > 89.0f ? 89.0f : x;
  float shifted = x * 1.44269504f + MNV3_MAGIC;
  int32_t n = (int32_t)(mnv3_bits_of_float(shifted) - MNV3_MAGIC_BITS);
  float whole = shifted - MNV3_MAGIC;
  float r = (x - whole * 0.693359375f) - whole * -2.12194440e-4f;
  float tail = 1.0f / 5040.0f;
  tail = tail * r + 1.0f / 720.0f;
  tail = tail * r + 1.0f / 120.0f;
  tail = tail * r + 1.0f / 24.0f;
  tail = tail * r + 1.0f / 6.0f;
  tail = tail * r + 0.5f;
  float power = 1.0f + (r + r * r * tail);
  int32_t half = n >> 1;
  return power * mnv3_float_of_bits((uint32_t)(half + 127) << 23) *
         mnv3_float_of_bits((uint32_t)(n - half + 127) << 23);
}

/* 1 / (1 + e^-x), relative error below 2e-7, between 0 and 1 inclusive; NaN stays NaN. */
static inline float mnv3_sigmoid(float x) { return 1.0f / (1.0f + mnv3_exp(-x)); }

#endif /* MNV3_NUMBERS_H */
