/* The types that generated code, its runtime and its caller share: the one place where they are defined.
 * Every generated header carries this text under the same guard, so headers of two models mix.
 *
 * Freestanding C11 and C++: nothing here needs a library. No call allocates, prints, or keeps state. */
#ifndef MNV3_ABI_H
#define MNV3_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What every entry point returns. */
typedef int32_t mnv3_status;
enum {
  MNV3_OK = 0,
  MNV3_BAD_ARGUMENT = 1,  /* a null pointer, a negative size, a threshold that is NaN, an empty picture */
  MNV3_BAD_ALIGNMENT = 2, /* the arena is not aligned to <NAME>_ARENA_ALIGN bytes */
  MNV3_BAD_FORMAT = 3,    /* a pixel format that is none of mnv3_format's, or a network whose input is not red, green, blue */
  MNV3_BAD_WEIGHTS = 4    /* external weights that do not belong to this object */
};

/* How the pixels of an mnv3_image lie in memory. Y, U and V are those of BT.601 in limited range (Y 16 .. 235, U and V 16 .. 240
 * around 128), as cameras give them. Each pixel becomes RGB before anything is scaled, with the U and V of its pair or block:
 *   C = 298 * (Y - 16) + 128
 *   red   = (C + 409 * (V - 128)) >> 8
 *   green = (C - 100 * (U - 128) - 208 * (V - 128)) >> 8
 *   blue  = (C + 516 * (U - 128)) >> 8        each clipped to 0 .. 255; >> rounds down */
typedef int32_t mnv3_format;
enum {
  MNV3_RGB8 = 0,  /* 3 bytes a pixel: red, green, blue */
  MNV3_BGR8 = 1,  /* 3 bytes a pixel: blue, green, red */
  MNV3_GRAY8 = 2, /* 1 byte a pixel: red, green and blue in one */
  MNV3_YUYV = 3,  /* 4 bytes two pixels: Y0 U Y1 V; with an odd width the last pair is whole, too */
  MNV3_NV12 = 4   /* pixels[0]: a plane of Y; pixels[1]: U V for each 2 x 2 pixels, halves of odd sides rounded up */
};

/* A frame of width x height pixels; row_bytes[i] is the distance in bytes from a row of pixels[i] to the next. */
typedef struct {
  const uint8_t *pixels[2];
  int32_t row_bytes[2];
  int32_t width, height;
  mnv3_format format;
} mnv3_image;

/* Thresholds are probabilities: a box stays if its score is above `confidence`, and goes if its intersection over
 * union with a better box is above `iou`. multi_label: a box may be reported for every class above the threshold, not
 * only its best. class_agnostic: boxes of different classes suppress one another, too. */
typedef struct {
  float confidence, iou;
  int32_t multi_label, class_agnostic;
} mnv3_detect_options;

/* A detection: corners in pixels of the frame, score = objectness * class probability. */
typedef struct {
  float x1, y1, x2, y2, score;
  int32_t class_id;
} mnv3_box;

/* What a caller may lend to a run; every pointer may be null. */
typedef struct {
  void *user; /* handed to the two functions as it is */
  /* Calls body(context, index) for each index in 0 .. count - 1, in any order and on any threads, and returns when all are
   * done. Null: one thread does everything, as always on Cortex-M. */
  void (*parallel_for)(void *user, int32_t count, void (*body)(void *context, int32_t index), void *context);
  uint64_t (*clock)(void *user); /* any monotonic counter; read by objects made with --profile */
  uint64_t *ticks;               /* <NAME>_KERNELS counters: clock ticks spent in each kernel, added to */
  const void *weights;           /* external weights; null when they are in the object */
} mnv3_hooks;

#ifdef __cplusplus
}
#endif

#endif /* MNV3_ABI_H */
