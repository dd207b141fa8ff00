/* The best boxes so far, at most a fixed number of them, in 8 bytes each: a key of 64 bits, the smaller the better.
 *
 *     63 ............ 32 | 31 ........................ 0
 *     ~bits of the score | cell's index, then class   (as collected)
 *                        | class, then cell's index   (after mnv3_candidates_put_class_first)
 *
 * Scores are positive, so their bits grow with them; ties fall to the lower index or class by themselves. The boxes are
 * not stored: they are decoded again for those few that get that far. */
#ifndef MNV3_CANDIDATES_H
#define MNV3_CANDIDATES_H

#include <stdint.h>

typedef struct {
  uint64_t *keys;
  int32_t count, capacity;
  int32_t class_bits; /* of the lower 32; the others are the index' */
} mnv3_candidates;

typedef struct {
  float score;
  int32_t index, class_id;
} mnv3_candidate;

/* False if index and class do not fit into 32 bits together. */
int32_t mnv3_candidates_begin(mnv3_candidates *all, uint64_t *keys, int32_t capacity, int64_t cells, int32_t classes);

/* Adds one; when full, the worst goes. */
void mnv3_candidates_add(mnv3_candidates *all, float score, int32_t index, int32_t class_id);

/* From here on ties of the score go by class before index. */
void mnv3_candidates_put_class_first(mnv3_candidates *all);

/* Best first. */
void mnv3_candidates_sort(mnv3_candidates *all);

mnv3_candidate mnv3_candidate_of_key(const mnv3_candidates *all, uint64_t key, int32_t class_first);

#endif /* MNV3_CANDIDATES_H */
