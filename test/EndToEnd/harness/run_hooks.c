/* A compiled model with every hook at once: threads, weights from a file, a clock. Writes its heads as run_heads.c does.
 *
 *     mnv3c ... --external-weights --profile ... -o DIR/det.o (or det.cpp)
 *     cc -pthread -I DIR run_hooks.c mnv3_threads.c DIR/det.o -o run_hooks;  run_hooks DIR/det.weights IMAGE.f32 OUT
 *
 * Exit status 1, with a word on stderr, if one and three threads give different bits, a damaged file or none at all is taken, no
 * kernel or an unknown one spends ticks, or nothing was shared among threads. */
#define PROGRAM "run_hooks"
#include "require.h"
#include "mnv3_threads.h"

#include <string.h>

static void *read_file(const char *path, size_t bytes) {
  FILE *file = fopen(path, "rb");
  void *content = room(bytes);
  require(file && fread(content, 1, bytes, file) == bytes && fgetc(file) == EOF, path);
  fclose(file);
  return content;
}

/* The pool and a clock that goes on by one at each look: what a kernel spends is 1, as only the calling thread looks. */
typedef struct {
  mnv3_threads *threads;
  uint64_t now;
  int shared;
} state;
static uint64_t look(void *user) { return ++((state *)user)->now; }
static void share(void *user, int32_t count, void (*body)(void *context, int32_t index), void *context) {
  ++((state *)user)->shared;
  mnv3_threads_parallel_for(((state *)user)->threads, count, body, context);
}

static void write_heads(const char *stem, float *const *heads) {
  char path[4096];
  snprintf(path, sizeof path, "%s.f32", stem);
  FILE *values = fopen(path, "wb");
  snprintf(path, sizeof path, "%s.txt", stem);
  FILE *index = fopen(path, "w");
  require(values && index, path);
  for (int i = 0; i < DET_HEADS; ++i) {
    const int32_t *s = det_head_shape[i];
    fprintf(index, "head %d row -1 shape %d %d %d %d\n", i, (int)s[0], (int)s[1], (int)s[2], (int)s[3]);
    fwrite(heads[i], 1, head_bytes(i), values);
  }
  require(!fclose(index) && !fclose(values), path);
}

int main(int argc, char **argv) {
  require(argc == 4, "usage: run_hooks WEIGHTS IMAGE.f32 OUT");
  uint8_t *weights = read_file(argv[1], DET_WEIGHTS_BYTES), *arena = room(DET_RUN_ARENA_BYTES);
  const float *image = read_file(argv[2], sizeof(float) * 3 * DET_WIDTH * DET_HEIGHT);
  float *alone[DET_HEADS], *shared[DET_HEADS];
  for (int i = 0; i < DET_HEADS; ++i) {
    alone[i] = room(head_bytes(i));
    shared[i] = room(head_bytes(i));
  }
  require(det_check_weights(weights, DET_WEIGHTS_BYTES) == MNV3_OK, "the file is refused");
  weights[DET_WEIGHTS_BYTES / 2] ^= 1;
  require(det_check_weights(weights, DET_WEIGHTS_BYTES) == MNV3_BAD_WEIGHTS, "a damaged file is taken");
  weights[DET_WEIGHTS_BYTES / 2] ^= 1;
  require(det_run(image, alone, arena, NULL) == MNV3_BAD_WEIGHTS, "runs without weights");

  mnv3_hooks hooks = {.weights = weights};
  require(det_run(image, alone, arena, &hooks) == MNV3_OK, "fails on one thread");
  static uint64_t ticks[DET_KERNELS + 1];
  state all = {mnv3_threads_create(3), 0, 0};
  require(all.threads != NULL, "no threads");
  hooks = (mnv3_hooks){.user = &all, .parallel_for = share, .weights = weights, .clock = look, .ticks = ticks};
  for (int round = 1; round <= 4; ++round) {
    memset(arena, 0xff, DET_RUN_ARENA_BYTES);
    require(det_run(image, shared, arena, &hooks) == MNV3_OK, "fails on three threads");
    for (int i = 0; i < DET_HEADS; ++i)
      require(memcmp(alone[i], shared[i], head_bytes(i)) == 0, "other bits on three threads than on one");
    for (int i = 0; i < DET_KERNELS; ++i)
      require(ticks[i] == (uint64_t)round && det_kernel_names[i] != NULL, "a kernel's ticks are wrong");
    require(ticks[DET_KERNELS] == 0, "ticks of a kernel that there is not");
  }
  mnv3_threads_destroy(all.threads);
  require(all.shared > 0, "nothing was shared");
  write_heads(argv[3], alone);
  printf("the same bits on 1 and 3 threads, ticks of %d kernels, weights checked\n", DET_KERNELS);
  return 0;
}
