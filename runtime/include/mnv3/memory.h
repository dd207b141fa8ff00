/* How much arena det_detect needs beside what the network needs: asked by the compiler, used by the runtime.
 *
 * One region of mnv3_candidates_bytes() bytes, 64-byte aligned, serves twice: before the network it holds the letterbox' two
 * rows, after it the candidates. What lies in it while the network works is lost, and the network may use it as it likes.
 * It must not overlap the image (which the letterbox writes meanwhile) nor any picture that Detect's levels read. */
#ifndef MNV3_MEMORY_H
#define MNV3_MEMORY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  MNV3_MAX_CANDIDATES = 30000,  /* so many boxes, the best, enter non-maximum suppression */
  MNV3_MAX_DETECTIONS = 300,    /* so many boxes, the best, leave it */
  MNV3_MAX_SIDE = 65536,        /* of a frame, in pixels: beyond it no arithmetic here was thought through */
  MNV3_KEPT_BYTES = 7 * 304 * 4 /* struct mnv3_kept */
};

static inline int64_t mnv3_round_up_64(int64_t bytes) { return (bytes + 63) & ~(int64_t)63; }

/* The image itself: planar RGB float, what run() reads. */
static inline int64_t mnv3_image_bytes(int64_t height, int64_t width) { return 3 * height * width * 4; }

/* Two rows of three planes of int16, and per column an int32 offset and two int16 weights. */
static inline int64_t mnv3_letterbox_bytes(int64_t width) { return mnv3_round_up_64(width * (2 * 3 * 2 + 4 + 2 * 2)); }

/* How many candidates are remembered: with multi_label each class of each cell may be one. */
static inline int32_t mnv3_candidate_capacity(int64_t cells, int64_t classes) {
  int64_t all = cells * classes;
  return all < MNV3_MAX_CANDIDATES ? (int32_t)all : (int32_t)MNV3_MAX_CANDIDATES;
}

/* The kept boxes and 8 bytes a candidate. */
static inline int64_t mnv3_suppression_bytes(int64_t cells, int64_t classes) {
  return mnv3_round_up_64(MNV3_KEPT_BYTES + 8 * (int64_t)mnv3_candidate_capacity(cells, classes));
}

/* The whole region. cells: anchors x rows x columns, summed over the Detect levels; width: of the network's input. */
static inline int64_t mnv3_candidates_bytes(int64_t cells, int64_t classes, int64_t width) {
  int64_t before = mnv3_letterbox_bytes(width), after = mnv3_suppression_bytes(cells, classes);
  return before > after ? before : after;
}

#ifdef __cplusplus
}
#endif

#endif /* MNV3_MEMORY_H */
