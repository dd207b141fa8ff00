/* How deep the stack of det_detect gets, seen on a painted one, against DET_STACK_BYTES: at most that, at least half of it.
 *
 *     stack_depth det.weights */
#include "det.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STACK = 1 << 20, PAINT = 0xa5, OWN = 512 /* no less than the frame of measure(): boxes and structs */ };
static uint8_t *stack, *weights;
static _Alignas(DET_ARENA_ALIGN) uint8_t arena[DET_ARENA_BYTES];
static uint8_t pixels[48 * 64 * 3];

/* Painted from here down, then the lowest byte that is not paint any more. */
static void *measure(void *result) {
  const mnv3_image frame = {{pixels, NULL}, {64 * 3, 0}, 64, 48, MNV3_RGB8};
  const mnv3_hooks hooks = {.weights = weights};
  mnv3_box boxes[8];
  int32_t count;
  uint8_t *top = __builtin_frame_address(0);
  memset(stack, PAINT, (size_t)(top - stack) - OWN);
  if (det_detect(&frame, NULL, boxes, 8, &count, arena, &hooks) != MNV3_OK)
    exit(1);
  uint8_t *lowest = stack;
  while (*lowest == PAINT)
    ++lowest;
  *(long *)result = top - OWN - lowest;
  return NULL;
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  weights = aligned_alloc(64, (DET_WEIGHTS_BYTES + 63) / 64 * 64);
  if (!file || fread(weights, DET_WEIGHTS_BYTES, 1, file) != 1)
    return 1;
  stack = aligned_alloc(4096, STACK);
  pthread_attr_t attributes;
  pthread_t thread;
  long depth = 0;
  if (pthread_attr_init(&attributes) || pthread_attr_setstack(&attributes, stack, STACK) ||
      pthread_create(&thread, &attributes, measure, &depth) || pthread_join(thread, NULL))
    return 1;
  printf("det_detect takes %ld of DET_STACK_BYTES, %d\n", depth, DET_STACK_BYTES);
  return depth > DET_STACK_BYTES || depth < DET_STACK_BYTES / 2;
}
