/* What generated code and the runtime say to one another: the descriptor of a model and the functions that serve it.
 * The compiler lays this struct out field by field in its own IR: every field is a pointer or a scalar of 4 or 8 bytes,
 * in an order that leaves no padding on 64-bit targets; an int64_t is aligned to 8 on 32-bit ARM, too. */
#ifndef MNV3_MODEL_H
#define MNV3_MODEL_H

#include "mnv3/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A level of Detect: a 1x1 convolution, and where it finds its picture and its weights. */
struct mnv3_level {
  int64_t input_offset;   /* bytes into the arena: the first pixel of the picture */
  int64_t weights_offset; /* bytes into the weights, tile by tile: [output / tile][channel][tile], from output `tiled` on
                             [output][channel]; an output is anchor * (5 + classes) + field. A multiple of 16 */
  int64_t bias_offset;    /* bytes into the weights, a multiple of 16; padded to fours as the tiles are */
  int32_t channels;
  int32_t pixel_stride, row_stride; /* floats from one to the next */
  int32_t tile, tiled; /* multiples of 4; or all outputs are tiled */
  int32_t reserved; /* 0 */
};

struct mnv3_run;

struct mnv3_model {
  const int32_t (*head_shape)[4]; /* per head: anchors, rows, columns, 5 + classes; dense floats in this order */
  const float *strides;           /* per Detect level: pixels of the network's input a cell covers */
  const float *anchors;           /* levels x anchors x (width, height) in pixels of the network's input */
  const struct mnv3_level *detect; /* per Detect level: what its convolution reads */
  /* All kernels; without heads those that write none, and the pictures that Detect reads stay in the arena. */
  void (*network)(struct mnv3_run *run, const mnv3_hooks *hooks);
  const uint8_t *weights;    /* aligned to 64 bytes; null: the hooks have them */
  uint64_t layout;           /* of weights in a file, head and all (mnv3/weights.h); 0: there is no head */
  int64_t band_offset;       /* bytes into the arena, 64-byte aligned, as are the next two; mnv3/memory.h says when each is */
  int64_t lines_offset;      /* in use. mnv3_band_bytes() of `band_rows` rows; mnv3_lines_bytes() */
  int64_t candidates_offset;
  int64_t candidates_bytes;  /* at least mnv3_candidates_bytes() */
  int32_t width, height;     /* of the network's input */
  int32_t classes;
  int32_t levels;   /* the first so many heads are Detect's, in row order */
  int32_t heads;    /* all heads: Detect's and those of --keep-rows */
  int32_t band_rows; /* rows of the image that det_detect has at a time; 0: the image has not three planes, and no frame fits */
};

/* What the kernels are given; several threads share it. */
struct mnv3_run {
  const float *image;  /* its first row, which need not be there if a kernel does not read it */
  float *const *heads; /* null in det_detect, which asks Detect's levels for what it needs */
  void *arena;
  const uint8_t *weights;
  /* Has rows [first, end) of the image made, as far as there are such, and sets `image`; null in det_run, whose image is whole. */
  void (*feed)(struct mnv3_run *run, int32_t first, int32_t end);
  int32_t plane; /* floats from a plane of the image to the next */
  int32_t shift; /* the picture is in 1 << shift strips, a power of two as there may be no division */
  int32_t first_row, rows; /* of a stem's or a band's result: what its strips share */
  int32_t step; /* of a band */
};

/* A convolution that reads the image. */
struct mnv3_stem {
  int32_t first_row, rows;     /* of its result: those that it makes, */
  int32_t band;                /* ... so many at a time where the image comes in bands */
  int32_t stride, pad, extent; /* row y of the result reads `extent` rows of the image, from stride * y - pad on */
  int32_t shift;               /* threads share it in 1 << shift strips */
};

/* What threads do not share by rows: the result is made band by band, each in steps that need the whole of the one before. */
struct mnv3_steps {
  int32_t rows;  /* of its result, */
  int32_t band;  /* ... so many at a time */
  int32_t steps;
  int32_t shift; /* threads share each step in 1 << shift parts */
};

/* The model's weights, behind their head if they have one; null if they are not there, or those of another model. */
const uint8_t *mnv3_weights_of(const struct mnv3_model *model, const mnv3_hooks *hooks);

/* From the network's input to dense logits: det_run is a call of this. */
mnv3_status mnv3_run_network(const struct mnv3_model *model, const float *image, float *const *heads, void *arena,
                             const mnv3_hooks *hooks);

/* Everything from the frame to the boxes: det_detect is a call of this. Null options: confidence .25, iou .45, the best
 * class of a box. *count (0 after an error) is at most `capacity`. `arena` is aligned to 64 bytes. Needs less than 1.5 KB
 * of stack beside the network's. */
mnv3_status mnv3_detect(const struct mnv3_model *model, const mnv3_image *frame, const mnv3_detect_options *options,
                        mnv3_box *boxes, int32_t capacity, int32_t *count, void *arena, const mnv3_hooks *hooks);

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

/* body(run, strip) for each of 1 << shift strips of a picture by the caller's parallel_for; without one, a call for the
 * whole of it. */
void mnv3_run_strips(const mnv3_hooks *hooks, struct mnv3_run *run, int32_t shift, void (*body)(void *run, int32_t strip));

/* A stem, band by band of the image in det_detect. body(run, strip) makes a strip of run's rows from run's image. */
void mnv3_run_stem(const mnv3_hooks *hooks, struct mnv3_run *run, const struct mnv3_stem *stem, void (*body)(void *run, int32_t strip));

/* Steps band by band. body(run, share) does a share of run's step for run's rows. */
void mnv3_run_steps(const mnv3_hooks *hooks, struct mnv3_run *run, const struct mnv3_steps *steps,
                       void (*body)(void *run, int32_t share));

/* Where weights of this layout begin behind their head (mnv3/weights.h); null if `file` is null, not aligned to 64 bytes, or
 * does not begin like a file for this object. Reads the head alone: cheap enough for every call of run(). */
const uint8_t *mnv3_find_weights(const void *file, uint64_t layout);

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
