/* Runs a compiled model on a board (examples/firmware) and prints all its heads: board_heads.py makes of that what run_heads.c writes.
 *
 * The picture, planar fp32, stands in the firmware. Says "fault" if det_run does not return MNV3_OK, or if a byte around the arena or
 * behind the heads changed. The arena is full of NaN before. */
#include "board.h"

enum {
  GUARD = 256,
  CANARY = 0xA5,
  /* The levels have at most 1/64 + 1/256 + 1/1024 and so on of the picture's pixels as cells. */
  MOST_FLOATS = DET_HEIGHT * DET_WIDTH / 48 * DET_ANCHORS * (5 + DET_CLASSES)
};

static struct {
  uint8_t before[GUARD];
  _Alignas(DET_ARENA_ALIGN) uint8_t arena[DET_RUN_ARENA_BYTES];
  uint8_t after[GUARD];
} work;
static float floats[MOST_FLOATS + GUARD];

static void fill(void *memory, uint32_t bytes, uint8_t value) {
  for (volatile uint8_t *byte = memory; bytes--; ++byte)
    *byte = value;
}

static void expect(int good) {
  if (good)
    return;
  for (const char *text = "fault\n"; *text; ++text)
    board_put(*text);
  for (;;)
    continue;
}

static void expect_filled(const void *memory, uint32_t bytes) {
  for (const uint8_t *byte = memory; bytes--; ++byte)
    expect(*byte == CANARY);
}

static void print(const char *text) {
  while (*text)
    board_put(*text++);
}

static void print_hex(uint32_t word) {
  for (int shift = 28; shift >= 0; shift -= 4)
    board_put("0123456789abcdef"[word >> shift & 15]);
}

int main(void) {
  float *heads[DET_HEADS], *next = floats;
  for (int i = 0; i < DET_HEADS; ++i) {
    const int32_t *s = det_head_shape[i];
    heads[i] = next;
    next += s[0] * s[1] * s[2] * s[3];
    expect(next <= floats + MOST_FLOATS);
  }
  fill(&work, sizeof work, CANARY);
  fill(work.arena, sizeof work.arena, 0xFF);
  fill(floats, sizeof floats, CANARY);
  expect(det_run((const float *)(const void *)board_picture, heads, work.arena, NULL) == MNV3_OK);
  expect_filled(work.before, GUARD);
  expect_filled(work.after, GUARD);
  expect_filled(next, GUARD);
  for (int i = 0; i < DET_HEADS; ++i) {
    print("head");
    for (int k = 0; k < 4; ++k) {
      board_put(' ');
      print_hex((uint32_t)det_head_shape[i][k]);
    }
    board_put('\n');
    const float *end = i + 1 < DET_HEADS ? heads[i + 1] : next;
    for (const float *at = heads[i]; at < end; ++at) {
      const union {
        float value;
        uint32_t word;
      } pun = {*at};
      print_hex(pun.word);
      board_put('\n');
    }
  }
  print("done\n");
  return 0;
}
