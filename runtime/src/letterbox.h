/* A frame, scaled to fit and framed in grey, as the network's input. */
#ifndef MNV3_LETTERBOX_H
#define MNV3_LETTERBOX_H

#include "mnv3/abi.h"

/* Where the scaled frame lies in the network's input, and by how much it was scaled. */
typedef struct {
  int32_t left, top, width, height;
  float scale;
} mnv3_placement;

/* False if the frame, scaled to fit, would have no row or no column. All sides are between 1 and MNV3_MAX_SIDE. */
int32_t mnv3_place(int32_t frame_width, int32_t frame_height, int32_t width, int32_t height, mnv3_placement *placement);

/* Writes image[3][height][width] (red, green, blue; byte / 255) from a frame of any format. scratch:
 * mnv3_letterbox_bytes(width) bytes, aligned to 4. */
void mnv3_letterbox(const mnv3_image *frame, const mnv3_placement *placement, int32_t width, int32_t height,
                    float *image, void *scratch);

#endif /* MNV3_LETTERBOX_H */
