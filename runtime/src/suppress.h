/* Non-maximum suppression: of boxes that overlap too much only the best stays. */
#ifndef MNV3_SUPPRESS_H
#define MNV3_SUPPRESS_H

#include "candidates.h"
#include "decode.h"
#include "mnv3/memory.h"

/* The boxes that stay, field by field, so that one box is compared with several at once; 304: 300 in full vectors. */
typedef struct mnv3_kept {
  float x1[304], y1[304], x2[304], y2[304], area[304], score[304];
  int32_t class_id[304];
} mnv3_kept;

/* Returns how many stay, at most MNV3_MAX_DETECTIONS; they stand in order: score falling, ties by lower class, then
 * lower index. Suppression is inside each class, or over all if class_agnostic. Sorts the candidates in place. */
int32_t mnv3_suppress(const struct mnv3_model *model, const struct mnv3_run *run, mnv3_candidates *candidates, float iou,
                      int32_t class_agnostic, mnv3_kept *kept);

#endif /* MNV3_SUPPRESS_H */
