/* What generated code and the runtime say to one another: the descriptor of a model and the functions that serve it.
 * The compiler lays this struct out field by field in its own IR: every field is a pointer or a scalar of 4 or 8 bytes,
 * in an order that leaves no padding on 64-bit targets; an int64_t is aligned to 8 on 32-bit ARM, too. */
#ifndef MNV3_MODEL_H
#define MNV3_MODEL_H

#include "mnv3/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mnv3_model {
  const int32_t (*head_shape)[4]; /* per head: anchors, rows, columns, 5 + classes; dense floats in this order */
  const float *strides;           /* per Detect level: pixels of the network's input a cell covers */
  const float *anchors;           /* levels x anchors x (width, height) in pixels of the network's input */
  const int64_t *head_offsets;    /* per head, kept rows included: bytes into the arena where det_detect wants it */
  mnv3_status (*run)(const float *image, float *const *heads, void *arena, const mnv3_hooks *hooks);
  int64_t image_offset;      /* bytes into the arena: mnv3_image_bytes() for run's image, 3 planes of height x width */
  int64_t candidates_offset; /* bytes into the arena, 64-byte aligned; mnv3/memory.h says when it is in use */
  int64_t candidates_bytes;  /* at least mnv3_candidates_bytes() */
  int32_t width, height;     /* of the network's input */
  int32_t classes;
  int32_t levels;   /* the first so many heads are Detect's, in row order */
  int32_t heads;    /* all heads: Detect's and those of --keep-rows; at most MNV3_MAX_HEADS */
  int32_t reserved; /* 0 */
};

/* Everything from the frame to the boxes: det_detect is a call of this. Null options: confidence .25, iou .45, the best
 * class of a box. *count (0 after an error) is at most `capacity`. `arena` is aligned to 64 bytes. Needs less than 1 KB
 * of stack beside run's; with more than MNV3_STACK_HEADS heads, as --keep-rows makes, 4 KB more on 64-bit targets. */
mnv3_status mnv3_detect(const struct mnv3_model *model, const mnv3_image *frame, const mnv3_detect_options *options,
                        mnv3_box *boxes, int32_t capacity, int32_t *count, void *arena, const mnv3_hooks *hooks);
enum { MNV3_STACK_HEADS = 16 };

/* Zeroes the halo of a picture in the arena, and nothing but the halo. The picture has `halo_rows` rows above and
 * below; `halo_columns` pixels stand between one row and the next and serve both:
 *
 *     pitch = width + halo_columns
 *     pixel (y, x) is at buffer + ((y + halo_rows) * pitch + halo_columns + x) * pixel_stride
 *
 *     h h h h h h h        height 2, width 4, halo_rows 1, halo_columns 2: the last row's right neighbours
 *     h h . . . .          are the halo that follows it, so the buffer ends with halo_columns more
 *     h h . . . .
 *     h h h h h h
 *     h h
 *
 * pixel_stride is in floats. A picture without pixels is left alone. */
void mnv3_clear_halo(float *buffer, int32_t height, int32_t width, int32_t pixel_stride, int32_t halo_rows,
                     int32_t halo_columns);

/* What a call of run() was given, for the kernels that several threads share. */
struct mnv3_run {
  const float *image;
  float *const *heads;
  void *arena;
  const uint8_t *weights;
  int32_t shift; /* the picture is in 1 << shift strips, a power of two as there may be no division */
};

/* body(run, strip) for each of 1 << shift strips of a picture by the caller's parallel_for; without one, a call for the
 * whole of it. */
void mnv3_run_strips(const mnv3_hooks *hooks, struct mnv3_run *run, int32_t shift, void (*body)(void *run, int32_t strip));

/* Where external weights of this layout begin behind their head (mnv3/weights.h); null if `weights` is null, not aligned to
 * 64 bytes, or does not begin like a file for this object. Reads the head alone: cheap enough for every call of run(). */
const uint8_t *mnv3_find_weights(const void *weights, uint64_t layout);
const uint8_t *mnv3_hooks_weights(const mnv3_hooks *hooks, uint64_t layout); /* those of the hooks; null without hooks */

/* Checks everything: the above, that there are `expected` bytes of weights and no others, and the sum over all. */
mnv3_status mnv3_check_weights(const void *weights, size_t bytes, uint64_t layout, uint64_t expected);

/* Around each kernel of an object made with --profile: what the caller's clock says (0 without a clock or counters),
 * and the time since then added to ticks[kernel]. */
uint64_t mnv3_read_clock(const mnv3_hooks *hooks);
void mnv3_add_ticks(const mnv3_hooks *hooks, int32_t kernel, uint64_t before);

#ifdef __cplusplus
}
#endif

#endif /* MNV3_MODEL_H */
