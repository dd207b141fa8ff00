/* The resize is OpenCV's INTER_LINEAR for 8-bit pictures, bit for bit: weights of 11 bits, first along the columns,
 * then along the rows, each with its own truncations. So the order of work and every shift below is fixed:
 *
 *   frame row s      --columns-->  lines.line[0]  three planes of int16: (w0 * in[s] + w1 * in[s + 1]) >> 4
 *   frame row s + 1  --columns-->  lines.line[1]
 *   line[0], line[1] --rows----->  a byte, then byte / 255 into the band's three planes
 *
 * A resized line is at most 522240 >> 4 = 32640, so int16 holds it, and the products with w <= 2048 are those of a
 * 16-bit high multiply. The next output row mostly reads the same two lines or the next one: lines are kept. */
#include "letterbox.h"
#include "binary64.h"
#include "numbers.h"

static const float grey = 114.0f / 255.0f;

/* What a line of the scaled picture is made of. */
typedef struct {
  int32_t first;  /* may be -1 */
  int32_t w0, w1; /* of lines first and first + 1 of the frame; 2048 is one */
} tap;

static mnv3_binary64 ratio_of(int32_t dividend, int32_t divisor) {
  return mnv3_binary64_quotient(mnv3_binary64_of((uint32_t)dividend), mnv3_binary64_of((uint32_t)divisor));
}

/* How far apart in the frame two neighbours of the scaled picture are: 1 / (new / old), rounded twice. */
static mnv3_binary64 distance_of(int32_t old_size, int32_t new_size) {
  return mnv3_binary64_quotient(mnv3_binary64_of(1), ratio_of(new_size, old_size));
}

static tap tap_at(mnv3_binary64 distance, int32_t position) {
  // (position + 0.5) * distance, where the half is the exponent's business: (2 position + 1) * distance / 2.
  mnv3_binary64 centre = mnv3_binary64_times(distance, 2 * (uint32_t)position + 1);
  --centre.exponent;
  float where = mnv3_binary64_less_half(centre);
  tap result;
  result.first = mnv3_floor(where);
  float beyond = where - (float)result.first;
  result.w0 = mnv3_nearest((1.0f - beyond) * 2048.0f);
  result.w1 = mnv3_nearest(beyond * 2048.0f);
  return result;
}

static void prepare_lines(mnv3_lines *to, const mnv3_image *frame, int32_t width, void *scratch) {
  to->width = width;
  to->offset = (int32_t *)scratch;
  to->w0 = (int16_t *)(to->offset + width);
  to->w1 = to->w0 + width;
  to->line[0] = to->w1 + width;
  to->line[1] = to->line[0] + 3 * width;
  to->row[0] = to->row[1] = -1;
  // Past both edges the edge pixel has weight one. At the right edge, whose right pixel does not exist, it takes the
  // part of the right one; in a frame of one column both are the same.
  const int32_t pixel = frame->format == MNV3_RGB8 || frame->format == MNV3_BGR8 ? 3 : 1;
  to->step = frame->width > 1 ? pixel : 0;
  to->red = frame->format == MNV3_BGR8 ? 2 : 0;
  to->blue = 2 - to->red;
  const mnv3_binary64 distance = distance_of(frame->width, width);
  for (int32_t x = 0; x < width; ++x) {
    tap at = tap_at(distance, x);
    if (at.first < 0) {
      at.first = 0, at.w0 = 2048, at.w1 = 0;
    } else if (at.first >= frame->width - 1) {
      at.first = frame->width > 1 ? frame->width - 2 : 0, at.w0 = 0, at.w1 = 2048;
    }
    to->offset[x] = pixel * at.first;
    to->w0[x] = (int16_t)at.w0;
    to->w1[x] = (int16_t)at.w1;
  }
}

static void resize_colours(const mnv3_lines *from, const uint8_t *restrict row, int16_t *restrict line) {
  const int32_t *restrict offset = from->offset;
  const int16_t *restrict w0 = from->w0, *restrict w1 = from->w1;
  const int32_t width = from->width, step = from->step, red = from->red, blue = from->blue;
  int16_t *restrict reds = line, *restrict greens = line + width, *restrict blues = line + 2 * width;
  for (int32_t x = 0; x < width; ++x) {
    const uint8_t *left = row + offset[x], *right = left + step;
    reds[x] = (int16_t)((w0[x] * left[red] + w1[x] * right[red]) >> 4);
    greens[x] = (int16_t)((w0[x] * left[1] + w1[x] * right[1]) >> 4);
    blues[x] = (int16_t)((w0[x] * left[blue] + w1[x] * right[blue]) >> 4);
  }
}

static void resize_grey(const mnv3_lines *from, const uint8_t *restrict row, int16_t *restrict line) {
  const int32_t width = from->width;
  for (int32_t x = 0; x < width; ++x) {
    const uint8_t *left = row + from->offset[x], *right = left + from->step;
    line[x] = line[width + x] = line[2 * width + x] = (int16_t)((from->w0[x] * *left + from->w1[x] * *right) >> 4);
  }
}

/* A row of a YUYV or NV12 frame: pixel x is luma[x * luma_step], its U chroma[(x >> 1) * chroma_step], its V v_at behind. */
typedef struct {
  const uint8_t *luma, *chroma;
  int32_t luma_step, chroma_step, v_at;
} yuv_row;

typedef struct {
  int32_t red, green, blue;
} colour;

static int32_t clip_to_byte(int32_t value) { return value < 0 ? 0 : value > 255 ? 255 : value; }

/* BT.601, limited range: the formula of mnv3/abi.h. */
static colour colour_at(const yuv_row *row, int32_t x) {
  const uint8_t *chroma = row->chroma + (int64_t)(x >> 1) * row->chroma_step;
  const int32_t c = 298 * (row->luma[(int64_t)x * row->luma_step] - 16) + 128, u = chroma[0] - 128, v = chroma[row->v_at] - 128;
  return (colour){clip_to_byte((c + 409 * v) >> 8), clip_to_byte((c - 100 * u - 208 * v) >> 8), clip_to_byte((c + 516 * u) >> 8)};
}

static void resize_yuv(const mnv3_lines *from, const yuv_row *row, int16_t *restrict line) {
  const int32_t width = from->width;
  for (int32_t x = 0; x < width; ++x) {
    const colour left = colour_at(row, from->offset[x]), right = colour_at(row, from->offset[x] + from->step);
    const int32_t w0 = from->w0[x], w1 = from->w1[x];
    line[x] = (int16_t)((w0 * left.red + w1 * right.red) >> 4);
    line[width + x] = (int16_t)((w0 * left.green + w1 * right.green) >> 4);
    line[2 * width + x] = (int16_t)((w0 * left.blue + w1 * right.blue) >> 4);
  }
}

static void resize_line(const mnv3_lines *from, const mnv3_image *frame, int32_t y, int16_t *line) {
  const uint8_t *row = frame->pixels[0] + (int64_t)y * frame->row_bytes[0];
  if (frame->format == MNV3_GRAY8) {
    resize_grey(from, row, line);
  } else if (frame->format == MNV3_YUYV) {
    const yuv_row yuyv = {row, row + 1, 2, 4, 2};
    resize_yuv(from, &yuyv, line);
  } else if (frame->format == MNV3_NV12) {
    const yuv_row nv12 = {row, frame->pixels[1] + (int64_t)(y >> 1) * frame->row_bytes[1], 1, 2, 1};
    resize_yuv(from, &nv12, line);
  } else {
    resize_colours(from, row, line);
  }
}

/* Makes line[0] frame row `above` and line[1] frame row `below`, and resizes what is not there yet. */
static void fetch_lines(mnv3_lines *from, const mnv3_image *frame, int32_t above, int32_t below) {
  if (from->row[1] == above || from->row[0] == below) {
    int16_t *line = from->line[0];
    int32_t row = from->row[0];
    from->line[0] = from->line[1], from->row[0] = from->row[1];
    from->line[1] = line, from->row[1] = row;
  }
  const int32_t wanted[2] = {above, below};
  for (int32_t i = 0; i < 2; ++i) {
    if (from->row[i] == wanted[i])
      continue;
    resize_line(from, frame, wanted[i], from->line[i]);
    from->row[i] = wanted[i];
  }
}

static void blend_lines(const int16_t *restrict above, const int16_t *restrict below, int32_t w0, int32_t w1,
                        float *restrict image, int32_t width) {
  const int16_t upper = (int16_t)w0, lower = (int16_t)w1;
  for (int32_t x = 0; x < width; ++x) {
    int16_t sum = (int16_t)((int16_t)((upper * above[x]) >> 16) + (int16_t)((lower * below[x]) >> 16));
    image[x] = (float)((sum + 2) >> 2) / 255.0f;
  }
}

static void fill_grey(float *image, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    image[i] = grey;
}

static int32_t clamp(int32_t value, int32_t last) { return value < 0 ? 0 : value > last ? last : value; }

int32_t mnv3_place(int32_t frame_width, int32_t frame_height, int32_t width, int32_t height,
                   mnv3_placement *placement) {
  const mnv3_binary64 by_width = ratio_of(width, frame_width), by_height = ratio_of(height, frame_height);
  const mnv3_binary64 ratio = mnv3_binary64_less(by_width, by_height) ? by_width : by_height;
  placement->width = mnv3_binary64_nearest(mnv3_binary64_times(ratio, (uint32_t)frame_width));
  placement->height = mnv3_binary64_nearest(mnv3_binary64_times(ratio, (uint32_t)frame_height));
  // An odd line of padding goes right or below.
  placement->left = (width - placement->width) >> 1;
  placement->top = (height - placement->height) >> 1;
  placement->scale = mnv3_binary64_to_float(ratio);
  return placement->width > 0 && placement->height > 0;
}

void mnv3_letterbox_begin(mnv3_letterbox *box, const mnv3_image *frame, const mnv3_placement *placement, int32_t width,
                          int32_t height, void *lines, float *band, int32_t band_rows) {
  box->frame = frame, box->placement = placement;
  box->width = width, box->height = height;
  prepare_lines(&box->lines, frame, placement->width, lines);
  box->band = band, box->band_rows = band_rows;
  box->first = box->end = 0;
}

/* Row y of the network's input, in each plane of the band. `distance`: between rows of the scaled picture, in the frame. */
static void make_row(mnv3_letterbox *box, const mnv3_binary64 *distance, int32_t y, float *row) {
  const mnv3_placement *placement = box->placement;
  const int64_t plane = (int64_t)box->band_rows * box->width;
  const int32_t inside = y - placement->top, right = placement->left + placement->width;
  if (inside < 0 || inside >= placement->height) {
    for (int32_t channel = 0; channel < 3; ++channel)
      fill_grey(row + channel * plane, box->width);
    return;
  }
  // Down the rows the weights are kept at the edges: both lines are the edge row there.
  const int32_t last = box->frame->height - 1;
  mnv3_lines *two = &box->lines;
  tap at = tap_at(*distance, inside);
  fetch_lines(two, box->frame, clamp(at.first, last), clamp(at.first + 1, last));
  for (int32_t channel = 0; channel < 3; ++channel, row += plane) {
    const int64_t line = (int64_t)channel * two->width;
    fill_grey(row, placement->left);
    blend_lines(two->line[0] + line, two->line[1] + line, at.w0, at.w1, row + placement->left, two->width);
    fill_grey(row + right, box->width - right);
  }
}

const float *mnv3_letterbox_rows(mnv3_letterbox *box, int32_t first, int32_t end) {
  first = clamp(first, box->height), end = clamp(end, box->height);
  const int64_t plane = (int64_t)box->band_rows * box->width;
  int32_t kept = 0;
  if (box->first <= first && first < box->end) {
    kept = (end < box->end ? end : box->end) - first;
    const int64_t from = (int64_t)(first - box->first) * box->width, floats = (int64_t)kept * box->width;
    for (int32_t channel = 0; channel < 3 && from; ++channel)
      for (int64_t i = channel * plane; i < channel * plane + floats; ++i)
        box->band[i] = box->band[i + from];
  }
  box->first = first, box->end = end;
  const mnv3_binary64 distance = distance_of(box->frame->height, box->placement->height);
  for (int32_t y = first + kept; y < end; ++y)
    make_row(box, &distance, y, box->band + (int64_t)(y - first) * box->width);
  return (const float *)((uintptr_t)box->band - (uintptr_t)first * (uintptr_t)box->width * sizeof(float));
}
