/* The fused multiply-add rate of this core in fp32: as many independent accumulators as hide the latency.
 * cc -O3 -march=native -ffp-contract=fast peak.c; prints GFLOP/s, the best of 40 windows of a few milliseconds. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <time.h>

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
typedef float vector __attribute__((vector_size(BYTES)));
enum { ACCUMULATORS = 12, ROUNDS = 500000 };

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(void) {
  double best = 0;
  for (int window = 0; window < 40; ++window) {
    vector a[ACCUMULATORS] = {{0}}, x = {0}, y = {0};
    __asm__ volatile("" : "+m"(x), "+m"(y)); /* values the compiler does not know */
    vector u = x, v = y;
    double start = seconds();
    for (int r = 0; r < ROUNDS; ++r) {
#pragma GCC unroll 12
      for (int k = 0; k < ACCUMULATORS; ++k)
        a[k] = u * v + a[k];
#if defined(__x86_64__)
      __asm__ volatile("" : "+x"(u), "+x"(v)); /* or the loop would be one multiplication */
#else
      __asm__ volatile("" : "+w"(u), "+w"(v));
#endif
    }
    double rate = 2.0 * (BYTES / 4) * ACCUMULATORS * ROUNDS / (seconds() - start) / 1e9;
    for (int k = 0; k < ACCUMULATORS; ++k)
      __asm__ volatile("" : : "m"(a[k]));
    best = rate > best ? rate : best;
  }
  printf("%.1f\n", best);
  return 0;
}
