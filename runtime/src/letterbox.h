/* A frame, scaled to fit and framed in grey, as the network's input: row by row, as they are wanted. */
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

/* The taps of all columns, and two frame rows resized along them. */
typedef struct {
  int32_t *offset;   /* per column: from the row's start to the left pixel, in bytes (YUYV, NV12: in pixels) */
  int16_t *w0, *w1;  /* per column */
  int16_t *line[2];  /* three planes of `width` each */
  int32_t row[2];    /* which frame row each line holds, or -1 */
  int32_t width;     /* columns after the resize */
  int32_t step;      /* from a left pixel to its right one, likewise */
  int32_t red, blue; /* where in a pixel */
} mnv3_lines;

typedef struct {
  const mnv3_image *frame;
  const mnv3_placement *placement;
  int32_t width, height;    /* of the network's input */
  mnv3_lines lines;
  float *band;              /* [3][band_rows][width]: red, green, blue; byte / 255 */
  int32_t band_rows;
  int32_t first, end;       /* the rows of the network's input that the band holds */
} mnv3_letterbox;

/* `lines`: mnv3_lines_bytes(width) bytes, aligned to 4; `band`: mnv3_band_bytes(band_rows, width). */
void mnv3_letterbox_begin(mnv3_letterbox *box, const mnv3_image *frame, const mnv3_placement *placement, int32_t width,
                          int32_t height, void *lines, float *band, int32_t band_rows);

/* Has the band hold rows [first, end), or as many of them as there are, and returns where row 0 would be. No more than
 * `band_rows`. Rows that it holds already are kept: a picture from top to bottom makes each once. */
const float *mnv3_letterbox_rows(mnv3_letterbox *box, int32_t first, int32_t end);

#endif /* MNV3_LETTERBOX_H */
