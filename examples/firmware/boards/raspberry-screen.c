/* The Raspberry Pi's screen: the graphics processor, asked through its mailbox, lends memory of 32-bit pixels, four of which show
 * one of the frame's. Boxes are drawn in a colour for each class. */
#include "board.h"

extern volatile uint32_t mailbox[]; /* 0 read, 6 state of reading; 8 write, 14 state of writing */

enum { ZOOM = 2, PROPERTIES = 8, EMPTY = 1 << 30, FULL = (int)(1u << 31) };

static uint32_t *pixels;
static int32_t width, height, pitch; /* pixels, and those from a row to the next */

/* The other processor sees memory behind the cache. */
static void write_back(const void *start, uint64_t bytes) {
  for (uint64_t line = (uint64_t)start & ~63ull; line < (uint64_t)start + bytes; line += 64)
    __asm__ volatile("dc civac, %0" ::"r"(line) : "memory");
  __asm__ volatile("dsb sy" ::: "memory");
}

static int open_screen(void) {
  enum { SIZE_TAG = 0x48003, VIRTUAL_TAG, DEPTH_TAG, ORDER_TAG, ALLOCATE_TAG = 0x40001, PITCH_TAG = 0x40008 };
  static _Alignas(64) volatile uint32_t message[32];
  const uint32_t w = (uint32_t)width, h = (uint32_t)height;
  /* Of each property: its tag, room for the answer, length of the question, and that. Answers: [23] the pixels, [28] bytes a row. */
  const uint32_t wanted[32] = {sizeof message, 0, SIZE_TAG, 8, 8, w, h, VIRTUAL_TAG, 8, 8, w, h, DEPTH_TAG, 4, 4, 32,
                               ORDER_TAG, 4, 4, 0, ALLOCATE_TAG, 8, 8, 64, 0, PITCH_TAG, 4, 4, 0, 0};
  for (int32_t i = 0; i < 32; ++i)
    message[i] = wanted[i];
  write_back((const void *)message, sizeof message);
  while (mailbox[14] & (uint32_t)FULL)
    continue;
  mailbox[8] = (uint32_t)(uint64_t)message | PROPERTIES;
  do
    while (mailbox[6] & EMPTY)
      continue;
  while ((mailbox[0] & 15) != PROPERTIES);
  write_back((const void *)message, sizeof message);
  if (message[1] != 0x80000000 || !message[23])
    return 0;
  pixels = (uint32_t *)(uint64_t)(message[23] & 0x3fffffff); /* its address without the bits that say how it caches */
  pitch = (int32_t)(message[28] / 4);
  return 1;
}

static int32_t clamp(float value, int32_t last) { return value < 0 ? 0 : value > (float)last ? last : (int32_t)value; }

static void draw_box(const mnv3_box *box) {
  static const uint32_t colours[] = {0xff4040, 0x40ff40, 0x4080ff, 0xffff40, 0xff40ff, 0x40ffff};
  const uint32_t colour = colours[box->class_id % 6];
  const int32_t x1 = clamp(box->x1 * ZOOM, width - 1), x2 = clamp(box->x2 * ZOOM, width - 1);
  const int32_t y1 = clamp(box->y1 * ZOOM, height - 1), y2 = clamp(box->y2 * ZOOM, height - 1);
  for (int32_t y = y1; y <= y2; ++y)
    for (int32_t x = x1; x <= x2; ++x)
      if (x - x1 < 3 || x2 - x < 3 || y - y1 < 3 || y2 - y < 3)
        pixels[y * pitch + x] = colour;
}

void board_show(const mnv3_image *frame, const mnv3_box *boxes, int32_t count) {
  width = frame->width * ZOOM;
  height = frame->height * ZOOM;
  if (!open_screen())
    return;
  for (int32_t y = 0; y < height; ++y)
    for (int32_t x = 0; x < width; ++x) {
      const uint8_t *rgb = frame->pixels[0] + y / ZOOM * frame->row_bytes[0] + x / ZOOM * 3;
      pixels[y * pitch + x] = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
    }
  for (int32_t i = 0; i < count; ++i)
    draw_box(boxes + i);
  write_back(pixels, (uint64_t)pitch * (uint64_t)height * 4);
}
