/* From the pictures that Detect's levels read to candidates, and from a cell to its box. */
#ifndef MNV3_DECODE_H
#define MNV3_DECODE_H

#include "candidates.h"
#include "model.h"

/* Corners in pixels of the network's input, not clipped. */
typedef struct {
  float x1, y1, x2, y2;
} mnv3_corners;

/* Anchors x rows x columns, over all Detect levels; -1 if the model's numbers are no sizes. */
int64_t mnv3_cells(const struct mnv3_model *model);

/* Adds every cell, or with multi_label every cell and class, whose objectness and score are above `confidence`. */
void mnv3_collect(const struct mnv3_model *model, const struct mnv3_run *run, float confidence, int32_t multi_label,
                  mnv3_candidates *candidates);

mnv3_corners mnv3_decode_box(const struct mnv3_model *model, const struct mnv3_run *run, int32_t index);

#endif /* MNV3_DECODE_H */
