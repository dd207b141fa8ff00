/* External weights: whether they belong to this object. run() asks for what costs nothing, the caller once for all. */
#include "mnv3/weights.h"
#include "model.h"

_Static_assert(sizeof(struct mnv3_weights_head) == MNV3_WEIGHTS_HEAD_BYTES, "no padding");

/* Half a byte at a time: 64 bytes of table, where whole bytes would take 1 KB of a small flash. */
static const uint32_t crc_of_half[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                         0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                         0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};

static uint32_t crc32_of(const uint8_t *bytes, size_t count) {
  uint32_t crc = ~0u;
  for (size_t i = 0; i < count; ++i) {
    crc ^= bytes[i];
    crc = crc >> 4 ^ crc_of_half[crc & 15];
    crc = crc >> 4 ^ crc_of_half[crc & 15];
  }
  return ~crc;
}

const uint8_t *mnv3_find_weights(const void *file, uint64_t layout) {
  static const uint8_t magic[8] = MNV3_WEIGHTS_MAGIC;
  if (!file || (uintptr_t)file % 64)
    return NULL;
  const struct mnv3_weights_head *head = (const struct mnv3_weights_head *)file;
  for (int32_t i = 0; i < 8; ++i)
    if (head->magic[i] != magic[i])
      return NULL;
  if (head->version != MNV3_WEIGHTS_VERSION || head->layout != layout)
    return NULL;
  return (const uint8_t *)file + MNV3_WEIGHTS_HEAD_BYTES;
}

const uint8_t *mnv3_weights_of(const struct mnv3_model *model, const mnv3_hooks *hooks) {
  if (!model->layout)
    return model->weights;
  return mnv3_find_weights(model->weights || !hooks ? model->weights : hooks->weights, model->layout);
}

mnv3_status mnv3_check_weights(const void *weights, size_t bytes, uint64_t layout, uint64_t expected) {
  if (bytes < MNV3_WEIGHTS_HEAD_BYTES || !mnv3_find_weights(weights, layout))
    return MNV3_BAD_WEIGHTS;
  const struct mnv3_weights_head *head = (const struct mnv3_weights_head *)weights;
  if (head->bytes != expected || bytes - MNV3_WEIGHTS_HEAD_BYTES != expected)
    return MNV3_BAD_WEIGHTS;
  const uint8_t *first = (const uint8_t *)weights + MNV3_WEIGHTS_CHECKED_FROM;
  return crc32_of(first, bytes - MNV3_WEIGHTS_CHECKED_FROM) == head->crc ? MNV3_OK : MNV3_BAD_WEIGHTS;
}
