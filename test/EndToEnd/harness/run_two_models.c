/* Two models of different networks in one program, called by turns: each makes the bits it made at first, and boxes from frames.
 *
 *     mnv3c ... -o DIR/first.o;  mnv3c ... -o DIR/second.o;  cc -I DIR run_two_models.c DIR/first.o DIR/second.o */
#include "first.h"
#include "second.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Alignas(64) unsigned char first_arena[FIRST_ARENA_BYTES], second_arena[SECOND_ARENA_BYTES];
static unsigned char pixels[40 * 60 * 3];

static float *logits(const int32_t *s, size_t *bytes) {
  *bytes = sizeof(float) * (size_t)s[0] * (size_t)s[1] * (size_t)s[2] * (size_t)s[3];
  return malloc(*bytes);
}

/* The heads of a model, behind one another, after a run. */
#define RUN(name, NAME, result)                                                                                                  \
  do {                                                                                                                           \
    float *heads[NAME##_HEADS];                                                                                                  \
    size_t total = 0, bytes[NAME##_HEADS];                                                                                       \
    for (int i = 0; i < NAME##_HEADS; ++i) {                                                                                     \
      heads[i] = logits(name##_head_shape[i], &bytes[i]);                                                                        \
      total += bytes[i];                                                                                                         \
    }                                                                                                                            \
    float *image = malloc(sizeof(float) * 3 * NAME##_WIDTH * NAME##_HEIGHT);                                                     \
    for (size_t i = 0; i < (size_t)3 * NAME##_WIDTH * NAME##_HEIGHT; ++i)                                                        \
      image[i] = (float)(i * 7919 % 256) / 255.0f;                                                                               \
    if (name##_run(image, heads, name##_arena, NULL) != MNV3_OK)                                                                 \
      return 1;                                                                                                                  \
    free(image);                                                                                                                 \
    *(result) = (struct outcome){malloc(total), total};                                                                          \
    size_t at = 0;                                                                                                               \
    for (int i = 0; i < NAME##_HEADS; at += bytes[i++]) {                                                                        \
      memcpy((result)->bytes + at, heads[i], bytes[i]);                                                                          \
      free(heads[i]);                                                                                                            \
    }                                                                                                                            \
  } while (0)

struct outcome {
  unsigned char *bytes;
  size_t size;
};

static int same(struct outcome a, struct outcome b) { return a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0; }

int main(void) {
  struct outcome one, two, again, other;
  RUN(first, FIRST, &one);
  RUN(second, SECOND, &two);
  RUN(first, FIRST, &again);
  RUN(second, SECOND, &other);
  const mnv3_image frame = {{pixels, NULL}, {60 * 3, 0}, 60, 40, MNV3_RGB8};
  mnv3_box boxes[4];
  int32_t count;
  if (first_detect(&frame, NULL, boxes, 4, &count, first_arena, NULL) != MNV3_OK ||
      second_detect(&frame, NULL, boxes, 4, &count, second_arena, NULL) != MNV3_OK)
    return 1;
  if (!same(one, again) || !same(two, other) || same(one, two))
    return 1;
  printf("%d and %d heads, the same bits by turns\n", FIRST_HEADS, SECOND_HEADS);
  return 0;
}
