/* The way of a frame: check, letterbox, the network, collect, suppress, scale back. */
#include "decode.h"
#include "letterbox.h"
#include "mnv3/memory.h"
#include "model.h"
#include "suppress.h"

static int32_t is_probability(float value) { return value >= 0.0f && value <= 1.0f; }

/* A plane of `rows` rows of `bytes` bytes each. One that ends beyond the last address is none; on 32-bit targets sizes reach
 * that far. */
static int32_t is_plane(const mnv3_image *frame, int32_t plane, int32_t rows, int32_t bytes) {
  if (!frame->pixels[plane] || frame->row_bytes[plane] < bytes)
    return 0;
  const int64_t all = (int64_t)frame->row_bytes[plane] * (rows - 1) + bytes;
  return (uint64_t)all <= UINTPTR_MAX - (uintptr_t)frame->pixels[plane];
}

static mnv3_status check_frame(const mnv3_image *frame) {
  if (frame->format < MNV3_RGB8 || frame->format > MNV3_NV12)
    return MNV3_BAD_FORMAT;
  const int32_t width = frame->width, height = frame->height;
  if (width <= 0 || height <= 0 || width > MNV3_MAX_SIDE || height > MNV3_MAX_SIDE)
    return MNV3_BAD_ARGUMENT;
  const int32_t pairs = (width + 1) >> 1;
  int32_t row = 3 * width;
  if (frame->format == MNV3_YUYV)
    row = 4 * pairs;
  else if (frame->format == MNV3_GRAY8 || frame->format == MNV3_NV12)
    row = width;
  int32_t sound = is_plane(frame, 0, height, row);
  if (frame->format == MNV3_NV12)
    sound = sound && is_plane(frame, 1, (height + 1) >> 1, 2 * pairs);
  return sound ? MNV3_OK : MNV3_BAD_ARGUMENT;
}

static int32_t is_side(int32_t value) { return value > 0 && value <= MNV3_MAX_SIDE; }

/* The descriptor comes from the compiler: this catches one of another version, not an enemy. */
static int32_t is_sound(const struct mnv3_model *model) {
  if (!model->head_shape || !model->strides || !model->anchors || !model->detect || !model->network)
    return 0;
  if (!is_side(model->width) || !is_side(model->height) || model->classes <= 0 || model->levels <= 0)
    return 0;
  if (model->heads < model->levels)
    return 0;
  const int64_t cells = mnv3_cells(model);
  return cells > 0 && model->candidates_bytes >= mnv3_candidates_bytes(cells, model->classes);
}

static float clip(float value, float limit) {
  value = value > 0.0f ? value : 0.0f;
  return value < limit ? value : limit;
}

static void scale_back(const mnv3_kept *kept, int32_t count, const mnv3_placement *placement, const mnv3_image *frame,
                       mnv3_box *boxes) {
  const float left = (float)placement->left, top = (float)placement->top, scale = placement->scale;
  const float width = (float)frame->width, height = (float)frame->height;
  for (int32_t i = 0; i < count; ++i) {
    boxes[i].x1 = clip((kept->x1[i] - left) / scale, width);
    boxes[i].y1 = clip((kept->y1[i] - top) / scale, height);
    boxes[i].x2 = clip((kept->x2[i] - left) / scale, width);
    boxes[i].y2 = clip((kept->y2[i] - top) / scale, height);
    boxes[i].score = kept->score[i];
    boxes[i].class_id = kept->class_id[i];
  }
}

static mnv3_status check(const struct mnv3_model *model, const mnv3_image *frame, float confidence, float iou,
                         const mnv3_box *boxes, int32_t capacity, const void *arena) {
  if (!model || !frame || !boxes || !arena || capacity < 0 || !is_probability(confidence) || !is_probability(iou))
    return MNV3_BAD_ARGUMENT;
  if ((uintptr_t)arena % 64)
    return MNV3_BAD_ALIGNMENT;
  mnv3_status status = check_frame(frame);
  if (status == MNV3_OK && !is_sound(model))
    status = MNV3_BAD_ARGUMENT;
  if (status == MNV3_OK && model->band_rows <= 0)
    status = MNV3_BAD_FORMAT;
  return status;
}

/* What the network is given of a frame. */
typedef struct {
  struct mnv3_run run; /* first: feed() knows this only */
  mnv3_letterbox letterbox;
} framed_run;

static void feed(struct mnv3_run *run, int32_t first, int32_t end) {
  framed_run *framed = (framed_run *)(void *)run;
  run->image = mnv3_letterbox_rows(&framed->letterbox, first, end);
}

mnv3_status mnv3_detect(const struct mnv3_model *model, const mnv3_image *frame, const mnv3_detect_options *options,
                        mnv3_box *boxes, int32_t capacity, int32_t *count, void *arena, const mnv3_hooks *hooks) {
  if (!count)
    return MNV3_BAD_ARGUMENT;
  *count = 0;
  const float confidence = options ? options->confidence : 0.25f, iou = options ? options->iou : 0.45f;
  mnv3_status status = check(model, frame, confidence, iou, boxes, capacity, arena);
  mnv3_placement placement;
  if (status == MNV3_OK && !mnv3_place(frame->width, frame->height, model->width, model->height, &placement))
    status = MNV3_BAD_ARGUMENT;
  if (status != MNV3_OK)
    return status;

  uint8_t *const bytes = (uint8_t *)arena;
  void *const region = bytes + model->candidates_offset;
  framed_run framed;
  struct mnv3_run *const run = &framed.run; // one by one: of braces with zeros in them g++ -Os makes a call of memset
  run->heads = NULL;
  run->arena = arena;
  run->weights = mnv3_weights_of(model, hooks);
  run->feed = feed;
  run->plane = model->band_rows * model->width;
  if (!run->weights)
    return MNV3_BAD_WEIGHTS;
  const int64_t cells = mnv3_cells(model);
  mnv3_kept *const kept = (mnv3_kept *)region;
  mnv3_candidates candidates; // nothing is written there before the first candidate is added
  if (!mnv3_candidates_begin(&candidates, (uint64_t *)(void *)(kept + 1),
                             mnv3_candidate_capacity(cells, model->classes), cells, model->classes))
    return MNV3_BAD_ARGUMENT;
  mnv3_letterbox_begin(&framed.letterbox, frame, &placement, model->width, model->height, bytes + model->lines_offset,
                       (float *)(void *)(bytes + model->band_offset), model->band_rows);
  model->network(run, hooks);
  mnv3_collect(model, run, confidence, options && options->multi_label, &candidates);
  int32_t found = mnv3_suppress(model, run, &candidates, iou, options && options->class_agnostic, kept);
  *count = found < capacity ? found : capacity;
  scale_back(kept, *count, &placement, frame, boxes);
  return MNV3_OK;
}
