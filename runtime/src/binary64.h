/* Just enough of IEEE double, in integers: the letterbox is defined by double arithmetic, and a Cortex-M4 has none; its
 * compiler would call a library. Positive numbers only, correctly rounded (halves to even), so the results are those of
 * the hardware bit for bit; the test compares them. Some 2000 operations a frame: 10 ns each do not matter. */
#ifndef MNV3_BINARY64_H
#define MNV3_BINARY64_H

#include <stdint.h>

/* mantissa * 2^exponent with 2^52 <= mantissa < 2^53: one form for each number, and none for 0. */
typedef struct {
  uint64_t mantissa;
  int32_t exponent;
} mnv3_binary64;

mnv3_binary64 mnv3_binary64_of(uint32_t number /* not 0 */);
mnv3_binary64 mnv3_binary64_quotient(mnv3_binary64 dividend, mnv3_binary64 divisor);
mnv3_binary64 mnv3_binary64_times(mnv3_binary64 value, uint32_t factor /* not 0 */);
int32_t mnv3_binary64_less(mnv3_binary64 left, mnv3_binary64 right);

/* The nearest integer, halves to even; for values below 2^31. */
int32_t mnv3_binary64_nearest(mnv3_binary64 value);
float mnv3_binary64_to_float(mnv3_binary64 value);

/* (float)(value - 0.5): rounded to double, then to float. */
float mnv3_binary64_less_half(mnv3_binary64 value);

#endif /* MNV3_BINARY64_H */
