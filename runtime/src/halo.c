#include "model.h"

static void clear(float *from, int64_t floats) {
  for (int64_t i = 0; i < floats; ++i)
    from[i] = 0.0f;
}

void mnv3_clear_halo(float *buffer, int32_t height, int32_t width, int32_t pixel_stride, int32_t halo_rows,
                     int32_t halo_columns) {
  if (!buffer || height <= 0 || width <= 0 || pixel_stride <= 0 || halo_rows < 0 || halo_columns < 0)
    return;
  // In floats. The rows above run on into the columns before the first row, the last row's columns into the rows below.
  const int64_t columns = (int64_t)halo_columns * pixel_stride;
  const int64_t pitch = (int64_t)width * pixel_stride + columns;
  const int64_t rows = halo_rows * pitch;
  clear(buffer, rows + columns);
  float *after_row = buffer + rows + pitch;
  for (int32_t y = 1; y < height; ++y, after_row += pitch)
    clear(after_row, columns);
  clear(after_row, rows + columns);
}
