/* One picture through the network. */
#include "det.h"

#include <stdlib.h>

static _Alignas(DET_ARENA_ALIGN) unsigned char arena[DET_RUN_ARENA_BYTES];
static float image[3 * DET_HEIGHT * DET_WIDTH];

int main(void) {
  float *heads[DET_HEADS];
  for (int i = 0; i < DET_HEADS; ++i) {
    const int32_t *shape = det_head_shape[i];
    heads[i] = malloc(sizeof(float) * shape[0] * shape[1] * shape[2] * shape[3]);
    if (!heads[i])
      return 1;
  }
  for (long i = 0; i < 3l * DET_HEIGHT * DET_WIDTH; ++i)
    image[i] = (float)(i * 7919 % 255) / 255.0f;
  return det_run(image, heads, arena, NULL);
}
