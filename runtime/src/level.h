/* Detect's convolution for chosen outputs of chosen pixels. det_detect wants of a level the objectness of every cell and the
 * other logits of few: a box and 80 classes for some dozen of 25200 cells. */
#ifndef MNV3_LEVEL_H
#define MNV3_LEVEL_H

#include "model.h"

enum { MNV3_PIXELS = 8, MNV3_ANCHORS = 4 }; /* whose objectness comes together */

/* A level, as long as its picture lies in the arena. */
typedef struct {
  const float *input, *weights, *bias;
  int32_t anchors, rows, columns, fields;
  int32_t channels, pixel_stride, row_stride, tile, tiled;
} mnv3_picture;

mnv3_picture mnv3_picture_of(const struct mnv3_model *model, const struct mnv3_run *run, int32_t level);

/* Objectness of the anchors from `anchor` on in the pixels from `x` on of a row. Beyond the last of either: any value. */
void mnv3_objectness(const mnv3_picture *picture, int32_t anchor, int32_t y, int32_t x,
                     float logits[MNV3_PIXELS][MNV3_ANCHORS]);

/* `count` outputs of a pixel from `output` on. */
void mnv3_logits(const mnv3_picture *picture, int32_t y, int32_t x, int32_t output, int32_t count, float *logits);

#endif /* MNV3_LEVEL_H */
