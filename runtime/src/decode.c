/* Of 25200 cells a picture has some dozen boxes, so a cell is first judged by its logit alone: below `least_logit` its
 * probability cannot be above the threshold, whatever the roundings. Only the others pay for an exponential, and the
 * probability then decides. The same bound serves the classes: score = objectness * p <= p. */
#include "decode.h"
#include "numbers.h"

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

static const float *head(const struct mnv3_model *model, const uint8_t *arena, int32_t level) {
  return (const float *)(const void *)(arena + model->head_offsets[level]);
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

/* The logits of one cell: 4 of the box, objectness, classes. */
static void collect_cell(const float *cell, int32_t classes, int32_t index, float least, float confidence,
                         int32_t multi_label, mnv3_candidates *candidates) {
  const float objectness = mnv3_sigmoid(cell[4]);
  if (!(objectness > confidence))
    return;
  float best = confidence;
  int32_t best_class = -1;
  for (int32_t class_id = 0; class_id < classes; ++class_id) {
    if (!(cell[5 + class_id] > least))
      continue;
    float score = objectness * mnv3_sigmoid(cell[5 + class_id]);
    if (multi_label) {
      if (score > confidence)
        mnv3_candidates_add(candidates, score, index, class_id);
    } else if (score > best) {
      best = score;
      best_class = class_id;
    }
  }
  if (best_class >= 0)
    mnv3_candidates_add(candidates, best, index, best_class);
}

void mnv3_collect(const struct mnv3_model *model, const uint8_t *arena, float confidence, int32_t multi_label,
                  mnv3_candidates *candidates) {
  const float least = least_logit(confidence);
  int32_t index = 0;
  for (int32_t level = 0; level < model->levels; ++level) {
    const float *cell = head(model, arena, level);
    const int32_t end = index + (int32_t)cells_of_level(model, level);
    for (; index < end; ++index, cell += 5 + model->classes)
      if (cell[4] > least)
        collect_cell(cell, model->classes, index, least, confidence, multi_label, candidates);
  }
}

mnv3_corners mnv3_decode_box(const struct mnv3_model *model, const uint8_t *arena, int32_t index) {
  int32_t level = 0;
  int32_t inside = index;
  while (inside >= cells_of_level(model, level))
    inside -= (int32_t)cells_of_level(model, level++);
  const int32_t *shape = model->head_shape[level];
  const float *cell = head(model, arena, level) + (int64_t)inside * shape[3];
  int32_t anchor = 0;
  for (; inside >= shape[1] * shape[2]; ++anchor)
    inside -= shape[1] * shape[2];
  const int32_t y = mnv3_quotient(inside, shape[2]), x = inside - y * shape[2];

  const float *prior = model->anchors;
  for (int32_t i = 0; i < level; ++i)
    prior += 2 * model->head_shape[i][0];
  prior += 2 * anchor;
  const float stride = model->strides[level];
  const float centre_x = (2.0f * mnv3_sigmoid(cell[0]) + ((float)x - 0.5f)) * stride;
  const float centre_y = (2.0f * mnv3_sigmoid(cell[1]) + ((float)y - 0.5f)) * stride;
  const float twice_w = 2.0f * mnv3_sigmoid(cell[2]), twice_h = 2.0f * mnv3_sigmoid(cell[3]);
  const float half_width = twice_w * twice_w * prior[0] * 0.5f, half_height = twice_h * twice_h * prior[1] * 0.5f;
  mnv3_corners box = {centre_x - half_width, centre_y - half_height, centre_x + half_width, centre_y + half_height};
  return box;
}
