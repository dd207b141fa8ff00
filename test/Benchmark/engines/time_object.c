/* The worker for a compiled model: see README.md for the protocol.
 *
 *     cc -O2 -pthread -I DIR -I PORT time_object.c PORT/mnv3_threads.c DIR/det.o;  a.out STEM THREADS     PORT: runtime/port/pthread
 *
 * With an object made by --profile it takes "profile N" lines as well, and prints the ticks of each kernel in each run:
 * {"kernels": [names], "runs": [[nanoseconds...], ...]}. */
#define _POSIX_C_SOURCE 200809L
#include "det.h"
#include "mnv3_threads.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static float *heads[DET_HEADS];
static float *image;
static void *arena;
static mnv3_hooks hooks; /* with parallel_for when there is more than one thread */

static uint64_t nanoseconds(void *user) {
  (void)user;
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *room(size_t bytes) {
  void *memory = aligned_alloc(DET_ARENA_ALIGN, (bytes + DET_ARENA_ALIGN - 1) / DET_ARENA_ALIGN * DET_ARENA_ALIGN);
  if (!memory)
    exit(1);
  return memset(memory, 0, bytes); /* pages are there before the clock starts */
}

static float *readFloats(const char *stem, const char *suffix, size_t count) {
  char path[4096];
  snprintf(path, sizeof path, "%s%s", stem, suffix);
  float *values = room(count * sizeof(float));
  FILE *file = fopen(path, "rb");
  if (!file || fread(values, sizeof(float), count, file) != count) {
    fprintf(stderr, "time_object: %s does not hold %zu floats\n", path, count);
    exit(1);
  }
  fclose(file);
  return values;
}

static void run(void) {
  mnv3_status status = det_run(image, heads, arena, &hooks);
  if (status != MNV3_OK) {
    fprintf(stderr, "time_object: det_run returned %d\n", (int)status);
    exit(1);
  }
}

static void profile(int runs) {
#ifdef DET_KERNELS
  static uint64_t ticks[DET_KERNELS];
  hooks.clock = nanoseconds;
  hooks.ticks = ticks;
  printf("{\"kernels\": [");
  for (int k = 0; k < DET_KERNELS; ++k)
    printf("%s\"%s\"", k ? ", " : "", det_kernel_names[k]);
  printf("], \"runs\": [");
  for (int r = 0; r < runs; ++r) {
    memset(ticks, 0, sizeof ticks);
    run();
    for (int k = 0; k < DET_KERNELS; ++k)
      printf("%s%llu", k ? ", " : r ? ", [" : "[", (unsigned long long)ticks[k]);
    printf("]");
  }
  printf("]}\n");
#else
  (void)runs, (void)nanoseconds;
  printf("{}\n");
#endif
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 1;
  if (atoi(argv[2]) > 1) {
    hooks.user = mnv3_threads_create(atoi(argv[2]));
    hooks.parallel_for = mnv3_threads_parallel_for;
    if (!hooks.user)
      return 1;
  }
  size_t counts[DET_HEADS], all = 0;
  for (int i = 0; i < DET_HEADS; ++i) {
    const int32_t *s = det_head_shape[i];
    counts[i] = (size_t)s[0] * (size_t)s[1] * (size_t)s[2] * (size_t)s[3];
    heads[i] = room(counts[i] * sizeof(float));
    all += counts[i];
  }
  image = readFloats(argv[1], ".image.f32", (size_t)3 * DET_HEIGHT * DET_WIDTH);
  arena = room(DET_RUN_ARENA_BYTES);
  float *want = readFloats(argv[1], ".heads.f32", all), *next = want;
  run();
  double difference = 0;
  for (int i = 0; i < DET_HEADS; ++i)
    for (size_t k = 0; k < counts[i]; ++k) {
      double distance = fabs((double)heads[i][k] - *next++);
      difference = distance <= difference ? difference : distance; /* a NaN stays */
    }
  if (isnan(difference))
    difference = 1e30; /* JSON has no NaN */
  printf("{\"version\": \"mnv3c, arena %.2f MB\", \"difference\": %.3e}\n", DET_RUN_ARENA_BYTES / 1e6, difference);
  fflush(stdout);
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    if (!strncmp(line, "profile ", 8)) {
      profile(atoi(line + 8));
    } else {
      int count = atoi(line);
      for (int r = 0; r < count; ++r) {
        uint64_t start = nanoseconds(NULL);
        run();
        printf("%s%.9f", r ? ", " : "[", (double)(nanoseconds(NULL) - start) * 1e-9);
      }
      printf("]\n");
    }
    fflush(stdout);
  }
  return 0;
}
