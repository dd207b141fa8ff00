#include "level.h"
#include "numbers.h"

/* At the head of a function: unlike the rest of the runtime its sums may fuse multiplication and addition, as kernels do.
 * Before a loop: its sums are to stay in registers. */
#ifdef __clang__
#define MNV3_MAY_FUSE _Pragma("clang fp contract(on)")
#define MNV3_UNROLL _Pragma("clang loop unroll(full)")
#else
#define MNV3_MAY_FUSE
#define MNV3_UNROLL _Pragma("GCC unroll 8")
#endif

typedef float mnv3_lanes __attribute__((vector_size(16)));
enum { FOURS = 8 }; /* vectors of outputs that are summed together */

mnv3_picture mnv3_picture_of(const struct mnv3_model *model, const struct mnv3_run *run, int32_t level) {
  const int32_t *shape = model->head_shape[level];
  const struct mnv3_level *from = &model->detect[level];
  mnv3_picture picture;
  picture.input = (const float *)(const void *)((const uint8_t *)run->arena + from->input_offset);
  picture.weights = (const float *)(const void *)(run->weights + from->weights_offset);
  picture.bias = (const float *)(const void *)(run->weights + from->bias_offset);
  picture.anchors = shape[0], picture.rows = shape[1], picture.columns = shape[2], picture.fields = shape[3];
  picture.channels = from->channels, picture.pixel_stride = from->pixel_stride, picture.row_stride = from->row_stride;
  picture.tile = from->tile, picture.tiled = from->tiled;
  return picture;
}

/* The weights of an output: the first, and how far it is from one channel's to the next. */
typedef struct {
  const float *first;
  int32_t step;
} mnv3_column;

static mnv3_column column_of(const mnv3_picture *picture, int32_t output) {
  mnv3_column column = {picture->weights + (int64_t)output * picture->channels, 1};
  if (output < picture->tiled) {
    const int32_t tile_begin = mnv3_quotient(output, picture->tile) * picture->tile;
    column.first = picture->weights + (int64_t)tile_begin * picture->channels + (output - tile_begin);
    column.step = picture->tile;
  }
  return column;
}

void mnv3_objectness(const mnv3_picture *picture, int32_t anchor, int32_t y, int32_t x,
                     float logits[MNV3_PIXELS][MNV3_ANCHORS]) {
  MNV3_MAY_FUSE
  mnv3_column columns[MNV3_ANCHORS];
  mnv3_lanes sums[MNV3_PIXELS], bias = {0};
  const float *pixels[MNV3_PIXELS];
  MNV3_UNROLL
  for (int32_t i = 0; i < MNV3_ANCHORS; ++i) { // the last anchor stands in for those beyond it
    const int32_t output = (anchor + i < picture->anchors ? anchor + i : picture->anchors - 1) * picture->fields + 4;
    columns[i] = column_of(picture, output);
    bias[i] = picture->bias[output];
  }
  MNV3_UNROLL
  for (int32_t i = 0; i < MNV3_PIXELS; ++i) { // and so does the last pixel
    const int32_t column = x + i < picture->columns ? x + i : picture->columns - 1;
    pixels[i] = picture->input + (int64_t)y * picture->row_stride + (int64_t)column * picture->pixel_stride;
    sums[i] = bias;
  }
  for (int32_t channel = 0; channel < picture->channels; ++channel) {
    mnv3_lanes weights = {0};
    MNV3_UNROLL
    for (int32_t i = 0; i < MNV3_ANCHORS; ++i)
      weights[i] = columns[i].first[(int64_t)channel * columns[i].step];
    MNV3_UNROLL
    for (int32_t i = 0; i < MNV3_PIXELS; ++i)
      sums[i] += weights * pixels[i][channel];
  }
  MNV3_UNROLL
  for (int32_t i = 0; i < MNV3_PIXELS; ++i)
    for (int32_t j = 0; j < MNV3_ANCHORS; ++j)
      logits[i][j] = sums[i][j];
}

/* The outputs from `first` on, a multiple of 4; of those from `end` on, any value. Tiles are of fours, too. */
static void sum_tiled(const mnv3_picture *picture, const float *pixel, int32_t first, int32_t end,
                      mnv3_lanes sums[FOURS]) {
  MNV3_MAY_FUSE
  const float *weights[FOURS];
  MNV3_UNROLL
  for (int32_t i = 0; i < FOURS; ++i) { // the last four stand in for those beyond them
    const int32_t output = first + 4 * i < end ? first + 4 * i : (end - 1) & ~3;
    weights[i] = column_of(picture, output).first;
    sums[i] = *(const mnv3_lanes *)(const void *)(picture->bias + output);
  }
  for (int32_t channel = 0; channel < picture->channels; ++channel)
    MNV3_UNROLL
    for (int32_t i = 0; i < FOURS; ++i)
      sums[i] += *(const mnv3_lanes *)(const void *)(weights[i] + (int64_t)channel * picture->tile) * pixel[channel];
}

static float sum_alone(const mnv3_picture *picture, const float *pixel, int32_t output) {
  MNV3_MAY_FUSE
  const float *weights = column_of(picture, output).first;
  float sum = picture->bias[output];
  for (int32_t channel = 0; channel < picture->channels; ++channel)
    sum += weights[channel] * pixel[channel];
  return sum;
}

void mnv3_logits(const mnv3_picture *picture, int32_t y, int32_t x, int32_t output, int32_t count, float *logits) {
  const float *pixel = picture->input + (int64_t)y * picture->row_stride + (int64_t)x * picture->pixel_stride;
  const int32_t end = output + count, tiled = end < picture->tiled ? end : picture->tiled;
  for (int32_t first = output & ~3; first < tiled; first += 4 * FOURS) {
    mnv3_lanes sums[FOURS];
    sum_tiled(picture, pixel, first, tiled, sums);
    for (int32_t i = 0; i < 4 * FOURS; ++i)
      if (first + i >= output && first + i < tiled)
        logits[first + i - output] = sums[i / 4][i % 4];
  }
  for (int32_t alone = output > tiled ? output : tiled; alone < end; ++alone)
    logits[alone - output] = sum_alone(picture, pixel, alone);
}
