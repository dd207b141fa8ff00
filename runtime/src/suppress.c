#include "suppress.h"

_Static_assert(sizeof(mnv3_kept) == MNV3_KEPT_BYTES, "the compiler sizes the region by MNV3_KEPT_BYTES");
_Static_assert(sizeof(mnv3_kept) % 64 == 0, "the candidates follow, aligned");

enum { BLOCK = 16 };

static float larger(float a, float b) { return a > b ? a : b; }
static float smaller(float a, float b) { return a < b ? a : b; }

/* Whether one of the kept boxes of the class (or of any) covers the box. In blocks without a branch inside: a box that
 * falls mostly falls to one of the best, and the blocks vectorize. The last block may read boxes not yet kept: it
 * masks them out, whatever the memory holds. */
static int32_t is_covered(const mnv3_kept *restrict kept, int32_t count, mnv3_corners box, float area, int32_t class_id,
                          int32_t any_class, float iou) {
  for (int32_t first = 0; first < count; first += BLOCK) {
    int32_t covered = 0;
    for (int32_t i = first; i < first + BLOCK; ++i) {
      float width = smaller(box.x2, kept->x2[i]) - larger(box.x1, kept->x1[i]);
      float height = smaller(box.y2, kept->y2[i]) - larger(box.y1, kept->y1[i]);
      float inside = larger(width, 0.0f) * larger(height, 0.0f);
      float outside = larger(area + kept->area[i] - inside, 1e-12f);
      int32_t counts = (i < count) & (any_class | (kept->class_id[i] == class_id));
      covered |= counts & (inside / outside > iou);
    }
    if (covered)
      return 1;
  }
  return 0;
}

static void put(mnv3_kept *kept, int32_t at, mnv3_corners box, float area, float score, int32_t class_id) {
  kept->x1[at] = box.x1;
  kept->y1[at] = box.y1;
  kept->x2[at] = box.x2;
  kept->y2[at] = box.y2;
  kept->area[at] = area;
  kept->score[at] = score;
  kept->class_id[at] = class_id;
}

/* Where the new box belongs among those kept: behind the better ones, and behind the same class' ones, whose index is
 * lower because they came first; before equal scores of a higher class. */
static int32_t make_room(mnv3_kept *kept, int32_t count, float score, int32_t class_id) {
  int32_t at = count;
  for (; at > 0 && kept->score[at - 1] == score && kept->class_id[at - 1] > class_id; --at) {
    mnv3_corners box = {kept->x1[at - 1], kept->y1[at - 1], kept->x2[at - 1], kept->y2[at - 1]};
    put(kept, at, box, kept->area[at - 1], kept->score[at - 1], kept->class_id[at - 1]);
  }
  return at;
}

int32_t mnv3_suppress(const struct mnv3_model *model, const struct mnv3_run *run, mnv3_candidates *candidates, float iou,
                      int32_t class_agnostic, mnv3_kept *kept) {
  // Which class is visited first matters only where classes see one another. Where they do not, the order of the
  // result is as good, and the first 300 that stay are the result.
  const int32_t class_first = !class_agnostic;
  if (class_first)
    mnv3_candidates_put_class_first(candidates);
  mnv3_candidates_sort(candidates);
  int32_t count = 0;
  for (int32_t i = 0; i < candidates->count && count < MNV3_MAX_DETECTIONS; ++i) {
    mnv3_candidate candidate = mnv3_candidate_of_key(candidates, candidates->keys[i], class_first);
    mnv3_corners box = mnv3_decode_box(model, run, candidate.index);
    if (!(box.x1 <= box.x2 && box.y1 <= box.y2)) // a NaN among its logits
      continue;
    float area = (box.x2 - box.x1) * (box.y2 - box.y1);
    if (is_covered(kept, count, box, area, candidate.class_id, class_agnostic, iou))
      continue;
    int32_t at = make_room(kept, count, candidate.score, candidate.class_id);
    put(kept, at, box, area, candidate.score, candidate.class_id);
    ++count;
  }
  return count;
}
