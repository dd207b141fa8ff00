/* Of 25200 cells a picture has some dozen boxes, so a cell is first judged by the logit of its objectness alone: below
 * `least_logit` its probability cannot be above the threshold, whatever the roundings. Only the others pay for an exponential
 * and for the convolution of their classes, and the probability then decides. The same bound serves the classes: score =
 * objectness * p <= p. Boxes are convolved and decoded when suppression asks for them. */
#include "decode.h"
#include "level.h"
#include "numbers.h"

enum { CLASSES = 61 }; // whose logits come together: 64 outputs from a multiple of 4 on

/* A logit at or below which mnv3_sigmoid cannot exceed `confidence`, found by halving an interval. The margin covers
 * the error of both calls fifty times. */
static float least_logit(float confidence) {
  const float bound = confidence * 0.99999f;
  float below = -104.0f, above = 20.0f;
  if (!(mnv3_sigmoid(below) <= bound))
    return mnv3_float_of_bits(0xff800000u); // minus infinity: no logit can be ruled out
  for (int32_t i = 0; i < 32; ++i) {
    float middle = 0.5f * (below + above);
    if (mnv3_sigmoid(middle) <= bound)
      below = middle;
    else
      above = middle;
  }
  return below;
}

static int64_t cells_of_level(const struct mnv3_model *model, int32_t level) {
  const int32_t *shape = model->head_shape[level];
  return (int64_t)shape[0] * shape[1] * shape[2];
}

int64_t mnv3_cells(const struct mnv3_model *model) {
  int64_t cells = 0;
  for (int32_t level = 0; level < model->levels; ++level) {
    const int32_t *shape = model->head_shape[level];
    if (shape[0] <= 0 || shape[1] <= 0 || shape[2] <= 0 || shape[3] != 5 + model->classes)
      return -1;
    if ((int64_t)shape[1] * shape[2] > INT32_MAX || cells_of_level(model, level) > INT32_MAX)
      return -1;
    cells += cells_of_level(model, level);
  }
  return cells;
}

/* A cell by its anchor and pixel, and its number among all cells. */
typedef struct {
  int32_t anchor, y, x, index;
} mnv3_cell;

static void collect_cell(const mnv3_picture *picture, mnv3_cell at, float objectness, float least, float confidence,
                         int32_t multi_label, mnv3_candidates *candidates) {
  float best = confidence, logits[CLASSES];
  int32_t best_class = -1;
  const int32_t classes = picture->fields - 5, first = at.anchor * picture->fields + 5;
  for (int32_t class_id = 0; class_id < classes; ++class_id) {
    const int32_t slot = class_id % CLASSES, left = classes - class_id;
    if (slot == 0)
      mnv3_logits(picture, at.y, at.x, first + class_id, left < (int32_t)CLASSES ? left : (int32_t)CLASSES, logits);
    if (!(logits[slot] > least))
      continue;
    float score = objectness * mnv3_sigmoid(logits[slot]);
    if (multi_label) {
      if (score > confidence)
        mnv3_candidates_add(candidates, score, at.index, class_id);
    } else if (score > best) {
      best = score;
      best_class = class_id;
    }
  }
  if (best_class >= 0)
    mnv3_candidates_add(candidates, best, at.index, best_class);
}

/* Pixels from x on in row y, and the anchors from `anchor` on; `index` is the first anchor's first cell's. */
static void collect_pixels(const mnv3_picture *picture, mnv3_cell at, float least, float confidence, int32_t multi_label,
                           mnv3_candidates *candidates) {
  float logits[MNV3_PIXELS][MNV3_ANCHORS];
  mnv3_objectness(picture, at.anchor, at.y, at.x, logits);
  for (int32_t i = 0; i < MNV3_PIXELS && at.x + i < picture->columns; ++i)
    for (int32_t j = 0; j < MNV3_ANCHORS && at.anchor + j < picture->anchors; ++j) {
      if (!(logits[i][j] > least))
        continue;
      const float objectness = mnv3_sigmoid(logits[i][j]);
      const mnv3_cell found = {at.anchor + j, at.y, at.x + i, at.index + j * picture->rows * picture->columns + i};
      if (objectness > confidence)
        collect_cell(picture, found, objectness, least, confidence, multi_label, candidates);
    }
}

void mnv3_collect(const struct mnv3_model *model, const struct mnv3_run *run, float confidence, int32_t multi_label,
                  mnv3_candidates *candidates) {
  const float least = least_logit(confidence);
  int32_t before = 0; // cells of the levels before
  for (int32_t level = 0; level < model->levels; ++level) {
    const mnv3_picture picture = mnv3_picture_of(model, run, level);
    mnv3_cell at;
    for (at.anchor = 0; at.anchor < picture.anchors; at.anchor += MNV3_ANCHORS)
      for (at.y = 0; at.y < picture.rows; ++at.y)
        for (at.x = 0; at.x < picture.columns; at.x += MNV3_PIXELS) {
          at.index = before + (at.anchor * picture.rows + at.y) * picture.columns + at.x;
          collect_pixels(&picture, at, least, confidence, multi_label, candidates);
        }
    before += (int32_t)cells_of_level(model, level);
  }
}

mnv3_corners mnv3_decode_box(const struct mnv3_model *model, const struct mnv3_run *run, int32_t index) {
  int32_t level = 0;
  int32_t inside = index;
  while (inside >= cells_of_level(model, level))
    inside -= (int32_t)cells_of_level(model, level++);
  const mnv3_picture picture = mnv3_picture_of(model, run, level);
  int32_t anchor = 0;
  for (; inside >= picture.rows * picture.columns; ++anchor)
    inside -= picture.rows * picture.columns;
  const int32_t y = mnv3_quotient(inside, picture.columns), x = inside - y * picture.columns;
  float logits[4];
  mnv3_logits(&picture, y, x, anchor * picture.fields, 4, logits);

  const float *prior = model->anchors;
  for (int32_t i = 0; i < level; ++i)
    prior += 2 * model->head_shape[i][0];
  prior += 2 * anchor;
  const float stride = model->strides[level];
  const float centre_x = (2.0f * mnv3_sigmoid(logits[0]) + ((float)x - 0.5f)) * stride;
  const float centre_y = (2.0f * mnv3_sigmoid(logits[1]) + ((float)y - 0.5f)) * stride;
  const float twice_w = 2.0f * mnv3_sigmoid(logits[2]), twice_h = 2.0f * mnv3_sigmoid(logits[3]);
  const float half_width = twice_w * twice_w * prior[0] * 0.5f, half_height = twice_h * twice_h * prior[1] * 0.5f;
  mnv3_corners box = {centre_x - half_width, centre_y - half_height, centre_x + half_width, centre_y + half_height};
  return box;
}
