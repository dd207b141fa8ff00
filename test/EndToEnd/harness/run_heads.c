/* Runs a compiled model on one picture and writes all its heads, watching what it must not touch.
 *
 *     mnv3c ... -o DIR/det.o;  cc -I DIR run_heads.c DIR/det.o -o run_heads;  run_heads IMAGE.f32 OUT [PICTURE.ppm]
 *
 * IMAGE.f32: planar fp32, as for det_run. Writes OUT.f32, all heads one after the other, and OUT.txt, a line for each:
 * "head 3 row 0 shape 1 160 160 8" (row -1: a level of Detect). Exit status 1, with a word on stderr, if
 *   - det_run does not return MNV3_OK,
 *   - a byte around the arena or around a head changed,
 *   - the picture changed,
 *   - a second run gives other bits than the first. The first starts on NaNs and makes each picture at once; the second gets the
 *     used arena and a parallel_for that makes pictures in strips, the last one first: no strip may count on another.
 * Picture and heads lie 4 bytes past an aligned address: the interface promises the object no more than that.
 *
 * PICTURE.ppm: a frame for det_detect, guarded in the same way. Writes OUT.json, its boxes as compare_boxes.py reads them. */
#include "det.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 4096, CANARY = 0xA5, PICTURE_FLOATS = 3 * DET_HEIGHT * DET_WIDTH };

/* Memory with a guard on both sides; `address` is `skew` bytes past the required alignment. */
typedef struct {
  unsigned char *base, *address;
  size_t bytes, total;
} guarded;

static guarded lend(size_t bytes, size_t skew) {
  guarded memory = {0};
  memory.total = (bytes + skew + 3 * GUARD) / GUARD * GUARD; /* aligned_alloc wants a multiple of the alignment */
  memory.base = aligned_alloc(GUARD, memory.total);
  if (!memory.base) {
    fprintf(stderr, "run_heads: out of memory\n");
    exit(1);
  }
  memory.address = memory.base + GUARD + skew;
  memory.bytes = bytes;
  memset(memory.base, CANARY, memory.total);
  memset(memory.address, 0xFF, bytes); /* all ones is a NaN: what is read before it is written shows in the result */
  return memory;
}

static int intact(const guarded *memory, const char *what, int index) {
  const unsigned char *end = memory->base + memory->total;
  for (const unsigned char *p = memory->base; p < end; ++p) {
    if (p == memory->address)
      p += memory->bytes;
    if (p < end && *p != CANARY) {
      fprintf(stderr, "run_heads: %s %d: byte %td of %zu was written\n", what, index, p - memory->address, memory->bytes);
      return 0;
    }
  }
  return 1;
}

static void backwards(void *user, int32_t count, void (*body)(void *context, int32_t index), void *context) {
  (void)user;
  while (count-- > 0)
    body(context, count);
}

static int run(const guarded *image, const guarded *heads, const guarded *arena, const mnv3_hooks *hooks) {
  float *pointers[DET_HEADS];
  for (int i = 0; i < DET_HEADS; ++i)
    pointers[i] = (float *)heads[i].address;
  mnv3_status status = det_run((const float *)image->address, pointers, arena->address, hooks);
  if (status != MNV3_OK)
    fprintf(stderr, "run_heads: det_run returned %d\n", (int)status);
  return status == MNV3_OK;
}

static int rowOf(int head) {
#if DET_HEADS > DET_LEVELS
  return (int)det_head_row[head];
#else
  return head < 0 ? head : -1;
#endif
}

static void write(const char *stem, const guarded *heads) {
  char path[4096];
  snprintf(path, sizeof path, "%s.f32", stem);
  FILE *values = fopen(path, "wb");
  snprintf(path, sizeof path, "%s.txt", stem);
  FILE *index = fopen(path, "w");
  if (!values || !index) {
    fprintf(stderr, "run_heads: cannot write %s\n", path);
    exit(1);
  }
  for (int i = 0; i < DET_HEADS; ++i) {
    const int32_t *s = det_head_shape[i];
    fprintf(index, "head %d row %d shape %d %d %d %d\n", i, rowOf(i), (int)s[0], (int)s[1], (int)s[2], (int)s[3]);
    fwrite(heads[i].address, 1, heads[i].bytes, values);
  }
  if (fclose(index) || fclose(values))
    exit(1);
}

/* Boxes of a picture to a file. */
static int detect(const char *path, const char *stem) {
  enum { CAPACITY = 100 };
  FILE *file = fopen(path, "rb");
  mnv3_image frame = {{0}, {0}, 0, 0, MNV3_RGB8};
  int width = 0, height = 0;
  if (!file || fscanf(file, "P6 %d %d 255", &width, &height) != 2 || fgetc(file) == EOF) {
    fprintf(stderr, "run_heads: %s is no PPM\n", path);
    return 0;
  }
  guarded pixels = lend((size_t)3 * (size_t)width * (size_t)height, 1), boxes = lend(CAPACITY * sizeof(mnv3_box), 4);
  guarded arena = lend(DET_ARENA_BYTES, 0);
  if (fread(pixels.address, 1, pixels.bytes, file) != pixels.bytes)
    return 0;
  fclose(file);
  frame.pixels[0] = pixels.address;
  frame.row_bytes[0] = 3 * width;
  frame.width = width;
  frame.height = height;
  int32_t count = 0;
  mnv3_status status = det_detect(&frame, NULL, (mnv3_box *)boxes.address, CAPACITY, &count, arena.address, NULL);
  if (status != MNV3_OK) {
    fprintf(stderr, "run_heads: det_detect returned %d\n", (int)status);
    return 0;
  }
  char out[4096];
  snprintf(out, sizeof out, "%s.json", stem);
  file = fopen(out, "w");
  const char *slash = strrchr(path, '/');
  for (int32_t i = 0; file && i < count; ++i) {
    const mnv3_box *box = (const mnv3_box *)boxes.address + i;
    fprintf(file, "%s{\"image\": \"%s\", \"class\": %d, \"score\": %.5f, \"xyxy\": [%.3f, %.3f, %.3f, %.3f]}", i ? ",\n " : "[",
            slash ? slash + 1 : path, (int)box->class_id, box->score, box->x1, box->y1, box->x2, box->y2);
  }
  if (!file || fprintf(file, "%s]\n", count ? "" : "[") < 0 || fclose(file))
    return 0;
  return intact(&arena, "arena of det_detect", 0) & intact(&pixels, "frame", 0) & intact(&boxes, "boxes", 0);
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 4) {
    fprintf(stderr, "usage: run_heads IMAGE.f32 OUT [PICTURE.ppm]\n");
    return 1;
  }
  guarded image = lend(PICTURE_FLOATS * sizeof(float), sizeof(float));
  guarded before = lend(PICTURE_FLOATS * sizeof(float), 0);
  FILE *file = fopen(argv[1], "rb");
  if (!file || fread(image.address, sizeof(float), PICTURE_FLOATS, file) != PICTURE_FLOATS || fgetc(file) != EOF) {
    fprintf(stderr, "run_heads: %s does not hold %d x %d x 3 floats\n", argv[1], DET_HEIGHT, DET_WIDTH);
    return 1;
  }
  fclose(file);
  memcpy(before.address, image.address, image.bytes);

  guarded arena = lend(DET_RUN_ARENA_BYTES, 0), first[DET_HEADS], second[DET_HEADS];
  for (int i = 0; i < DET_HEADS; ++i) {
    const int32_t *s = det_head_shape[i];
    size_t bytes = sizeof(float) * (size_t)s[0] * (size_t)s[1] * (size_t)s[2] * (size_t)s[3];
    first[i] = lend(bytes, sizeof(float));
    second[i] = lend(bytes, sizeof(float));
  }
  const mnv3_hooks in_strips = {.parallel_for = backwards};
  int good = run(&image, first, &arena, NULL) && run(&image, second, &arena, &in_strips);
  good &= intact(&arena, "arena", 0) & intact(&image, "picture", 0);
  if (memcmp(before.address, image.address, image.bytes)) {
    fprintf(stderr, "run_heads: the picture changed\n");
    good = 0;
  }
  for (int i = 0; i < DET_HEADS; ++i) {
    good &= intact(&first[i], "head", i) & intact(&second[i], "head", i);
    if (memcmp(first[i].address, second[i].address, first[i].bytes)) {
      fprintf(stderr, "run_heads: head %d (row %d): two runs differ\n", i, rowOf(i));
      good = 0;
    }
  }
  write(argv[2], first);
  if (argc == 4)
    good &= detect(argv[3], argv[2]);
  return good ? 0 : 1;
}
