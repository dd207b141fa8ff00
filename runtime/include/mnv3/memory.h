/* How much arena det_detect needs beside what the network needs: asked by the compiler, used by the runtime.
 *
 * Three regions, each 64-byte aligned. Until the last kernel that reads the image has run, the letterbox needs its lines and
 * its band: some rows of the image, made as they are wanted. Once the network has run, the candidates need theirs, which must
 * not overlap any picture that Detect's levels read. At other times the network may use all three as it likes. */
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

/* So many rows of the image: planar RGB float, as run() reads it whole. */
static inline int64_t mnv3_band_bytes(int64_t rows, int64_t width) { return mnv3_round_up_64(3 * rows * width * 4); }

/* The letterbox' lines: two of three planes of int16, and per column an int32 offset and two int16 weights. */
static inline int64_t mnv3_lines_bytes(int64_t width) { return mnv3_round_up_64(width * (2 * 3 * 2 + 4 + 2 * 2)); }

/* How many candidates are remembered: with multi_label each class of each cell may be one. */
static inline int32_t mnv3_candidate_capacity(int64_t cells, int64_t classes) {
  int64_t all = cells * classes;
  return all < MNV3_MAX_CANDIDATES ? (int32_t)all : (int32_t)MNV3_MAX_CANDIDATES;
}

/* The kept boxes and 8 bytes a candidate. cells: anchors x rows x columns, summed over the Detect levels. */
static inline int64_t mnv3_candidates_bytes(int64_t cells, int64_t classes) {
  return mnv3_round_up_64(MNV3_KEPT_BYTES + 8 * (int64_t)mnv3_candidate_capacity(cells, classes));
}

#ifdef __cplusplus
}
#endif

#endif /* MNV3_MEMORY_H */
