/* What the page calls: WebAssembly around det_detect. The picture lies behind everything else in memory, at __heap_base. */
#include "det.h"

enum { CAPACITY = 100 };

static _Alignas(DET_ARENA_ALIGN) uint8_t arena[DET_ARENA_BYTES];
static mnv3_box boxes[CAPACITY];

/* From a canvas' pixels (red, green, blue, alpha), which become three bytes each. Returns how many boxes there are, or -status. */
__attribute__((export_name("detect"))) int32_t detect(uint8_t *pixels, int32_t width, int32_t height) {
  for (int32_t i = 0; i < width * height; ++i)
    for (int32_t channel = 0; channel < 3; ++channel)
      pixels[3 * i + channel] = pixels[4 * i + channel];
  const mnv3_image frame = {{pixels}, {3 * width}, width, height, MNV3_RGB8};
  int32_t count = 0;
  const mnv3_status status = det_detect(&frame, NULL, boxes, CAPACITY, &count, arena, NULL);
  return status == MNV3_OK ? count : -status;
}

__attribute__((export_name("box"))) const mnv3_box *box(int32_t index) { return boxes + index; }

__attribute__((export_name("class_name"))) const char *class_name(int32_t index) { return det_class_names[index]; }
