/* What programs that try a compiled model have in common. PROGRAM is the name that their messages begin with. */
#include "det.h"

#include <stdio.h>
#include <stdlib.h>

static void require(int holds, const char *what) {
  if (!holds) {
    fprintf(stderr, PROGRAM ": %s\n", what);
    exit(1);
  }
}

static void *room(size_t bytes) {
  void *memory = aligned_alloc(DET_ARENA_ALIGN, (bytes + DET_ARENA_ALIGN - 1) / DET_ARENA_ALIGN * DET_ARENA_ALIGN);
  require(memory != NULL, "no memory");
  return memory;
}

static size_t head_bytes(int head) {
  const int32_t *s = det_head_shape[head];
  return sizeof(float) * (size_t)s[0] * (size_t)s[1] * (size_t)s[2] * (size_t)s[3];
}
