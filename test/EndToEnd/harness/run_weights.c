/* External weights against weights in the object: the same bits with two files by turns in one program, on one thread and in
 * strips, from memory that cannot be written; and files that are refused.
 *
 *     mnv3c ... -o DIR/one.o;  mnv3c ... -o DIR/two.o              the same network with two sets of weights
 *     mnv3c ... --external-weights -o DIR/det.o                    the first set as a file; of --name two: DIR/other.weights
 *     cc -I DIR run_weights.c DIR/one.o DIR/two.o DIR/det.o;  run_weights DIR/det.weights DIR/other.weights [FOREIGN...] */
#define PROGRAM "run_weights"
#include "require.h"
#include "one.h"
#include "two.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef mnv3_status run_function(const float *image, float *const *heads, void *arena, const mnv3_hooks *hooks);
typedef struct {
  uint8_t *bytes;
  size_t size;
} file;

/* Read only, as in flash. */
static file map(const char *path) {
  struct stat status;
  int descriptor = open(path, O_RDONLY);
  require(descriptor >= 0 && fstat(descriptor, &status) == 0, path);
  void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  require(bytes != MAP_FAILED, path);
  return (file){bytes, (size_t)status.st_size};
}

static float *picture(void) {
  const size_t floats = (size_t)3 * DET_WIDTH * DET_HEIGHT;
  float *image = room(floats * sizeof(float));
  for (size_t i = 0; i < floats; ++i)
    image[i] = (float)(i * 7919 % 256) / 255.0f;
  return image;
}

static void run(run_function *function, size_t arena_bytes, const float *image, float **heads, const mnv3_hooks *hooks) {
  void *arena = room(arena_bytes);
  memset(arena, 0xff, arena_bytes);
  for (int i = 0; i < DET_HEADS; ++i)
    heads[i] = room(head_bytes(i));
  require(function(image, heads, arena, hooks) == MNV3_OK, "run failed");
  free(arena);
}

static void compare(float *const *expected, float **heads, const char *what) {
  for (int i = 0; i < DET_HEADS; ++i) {
    require(memcmp(expected[i], heads[i], head_bytes(i)) == 0, what);
    free(heads[i]);
  }
}

static void backwards(void *user, int32_t count, void (*body)(void *context, int32_t index), void *context) {
  *(int *)user += count;
  while (count--)
    body(context, count);
}

/* The same bits as objects with the same weights inside. */
static void same_bits(file one, file two) {
  float *image = picture(), *ones[DET_HEADS], *twos[DET_HEADS], *heads[DET_HEADS];
  run(one_run, ONE_ARENA_BYTES, image, ones, NULL);
  run(two_run, TWO_ARENA_BYTES, image, twos, NULL);
  require(memcmp(ones[0], twos[0], head_bytes(0)) != 0, "both sets of weights are alike: nothing is shown");
  int strips = 0;
  const mnv3_hooks first = {.weights = one.bytes}, second = {.weights = two.bytes};
  const mnv3_hooks shared = {.user = &strips, .parallel_for = backwards, .weights = one.bytes};
  run(det_run, DET_ARENA_BYTES, image, heads, &first);
  compare(ones, heads, "the first file: other bits than the object");
  run(det_run, DET_ARENA_BYTES, image, heads, &second);
  compare(twos, heads, "the second file: other bits than the object");
  run(det_run, DET_ARENA_BYTES, image, heads, &shared);
  compare(ones, heads, "the first file in strips: other bits than the object");
  require(strips > 0, "nothing ran in strips");
}

/* What run and detect say of a head they can see to be wrong. */
static void refuse_calls(const void *weights, const char *what) {
  float *image = picture(), *heads[DET_HEADS];
  void *arena = room(DET_ARENA_BYTES);
  for (int i = 0; i < DET_HEADS; ++i)
    heads[i] = room(head_bytes(i));
  memset(heads[0], 0x5a, head_bytes(0));
  static uint8_t pixels[3 * 8 * 8];
  const mnv3_image frame = {{pixels, NULL}, {24, 0}, 8, 8, MNV3_RGB8};
  mnv3_box box;
  int32_t count = 7;
  const mnv3_hooks hooks = {.weights = weights};
  require(det_run(image, heads, arena, &hooks) == MNV3_BAD_WEIGHTS, what);
  require(*(uint8_t *)heads[0] == 0x5a, "a refused run has written");
  require(det_detect(&frame, NULL, &box, 1, &count, arena, &hooks) == MNV3_BAD_WEIGHTS && count == 0, what);
  if (!weights)
    require(det_run(image, heads, arena, NULL) == MNV3_BAD_WEIGHTS, "no hooks at all");
  free(image);
  free(arena);
  for (int i = 0; i < DET_HEADS; ++i)
    free(heads[i]);
}

static int refused;
static void refuse(const void *weights, size_t bytes, const char *what) {
  require(det_check_weights(weights, bytes) == MNV3_BAD_WEIGHTS, what);
  ++refused;
}

static void refuse_flipped(file good, uint8_t *copy, size_t at, int calls, const char *what) {
  copy[at] ^= 0x10;
  refuse(copy, good.size, what);
  if (calls)
    refuse_calls(copy, what);
  copy[at] ^= 0x10;
}

int main(int argc, char **argv) {
  require(argc >= 3, "two files of weights");
  file one = map(argv[1]), two = map(argv[2]);
  require(one.size == DET_WEIGHTS_BYTES && two.size == one.size, "DET_WEIGHTS_BYTES is another size");
  require(det_check_weights(one.bytes, one.size) == MNV3_OK, "the first file is refused");
  require(det_check_weights(two.bytes, two.size) == MNV3_OK, "the second file is refused");
  same_bits(one, two);

  uint8_t *copy = room(one.size + 128);
  memcpy(copy, one.bytes, one.size);
  memset(copy + one.size, 0, 128);
  refuse(NULL, one.size, "null");
  refuse(copy, 0, "empty");
  refuse(copy, 63, "less than a head");
  refuse(copy, 64, "a head alone");
  refuse(copy, one.size - 64, "truncated");
  refuse(copy, one.size + 64, "too long");
  refuse(copy, SIZE_MAX, "a size beyond memory");
  refuse_flipped(one, copy, 0, 1, "magic");
  refuse_flipped(one, copy, 8, 1, "version");
  refuse_flipped(one, copy, 12, 0, "crc");
  refuse_flipped(one, copy, 16, 1, "layout");
  refuse_flipped(one, copy, 23, 1, "layout, last byte");
  refuse_flipped(one, copy, 24, 0, "byte count");
  refuse_flipped(one, copy, 40, 0, "zeros of the head");
  refuse_flipped(one, copy, 64, 0, "first weight");
  refuse_flipped(one, copy, one.size / 2, 0, "a weight");
  refuse_flipped(one, copy, one.size - 1, 0, "last byte");
  require(det_check_weights(copy, one.size) == MNV3_OK, "the copy is not as it was");
  memmove(copy + 4, copy, one.size);
  refuse(copy + 4, one.size, "misaligned");
  refuse_calls(copy + 4, "misaligned");
  memset(copy, 0, one.size);
  refuse(copy, one.size, "zeros");
  refuse_calls(NULL, "null");
  for (int i = 3; i < argc; ++i) {
    file foreign = map(argv[i]);
    refuse(foreign.bytes, foreign.size, argv[i]);
    refuse_calls(foreign.bytes, argv[i]);
  }
  printf("the same bits with two files; %d files refused\n", refused);
  return 0;
}
