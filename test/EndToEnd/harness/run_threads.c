/* A compiled model on pools of 1, 2, 3 and 8 threads, against one call without: the same bits, run after run.
 *
 *     mnv3c ... -o DIR/det.o;  cc -pthread -I DIR run_threads.c mnv3_threads.c DIR/det.o -o run_threads;  run_threads */
#define PROGRAM "run_threads"
#include "require.h"
#include "mnv3_threads.h"

#include <string.h>

enum { ROUNDS = 8 };

int main(void) {
  const size_t pixels = (size_t)3 * DET_WIDTH * DET_HEIGHT;
  float *image = room(pixels * sizeof(float)), *alone[DET_HEADS], *shared[DET_HEADS];
  void *arena = room(DET_RUN_ARENA_BYTES);
  for (size_t i = 0; i < pixels; ++i)
    image[i] = (float)(i * 7919 % 256) / 255.0f;
  for (int i = 0; i < DET_HEADS; ++i) {
    alone[i] = room(head_bytes(i));
    shared[i] = room(head_bytes(i));
  }
  if (det_run(image, alone, arena, NULL) != MNV3_OK)
    return 1;
  const int32_t sizes[] = {1, 2, 3, 8};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
    mnv3_threads *threads = mnv3_threads_create(sizes[s]);
    const mnv3_hooks hooks = {.user = threads, .parallel_for = mnv3_threads_parallel_for};
    for (int round = 0; round < ROUNDS; ++round) {
      memset(arena, 0xFF, DET_RUN_ARENA_BYTES);
      if (!threads || det_run(image, shared, arena, &hooks) != MNV3_OK)
        return 1;
      for (int i = 0; i < DET_HEADS; ++i)
        if (memcmp(alone[i], shared[i], head_bytes(i))) {
          printf("head %d: other bits on %d threads\n", i, (int)sizes[s]);
          return 1;
        }
    }
    mnv3_threads_destroy(threads);
  }
  printf("the same bits on 1, 2, 3 and 8 threads\n");
  return 0;
}
