/* The file that --external-weights writes: a head of 64 bytes, then the weights in the order in which the kernels read
 * them. The compiler writes it, the runtime checks it where it lies, in flash or in memory; all numbers are little-endian.
 *
 *     0  magic     8 bytes: a text-mode copy, which turns \r\n or \n into the other, is told from a good one
 *     8  version   of this head and of how weights are packed
 *    12  crc       CRC-32 (zlib's) of all bytes from 16 on
 *    16  layout    which network, size and code the weights were packed for
 *    24  bytes     of the weights
 *    32  zeros
 *    64  the weights */
#ifndef MNV3_WEIGHTS_H
#define MNV3_WEIGHTS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MNV3_WEIGHTS_VERSION = 1, MNV3_WEIGHTS_CHECKED_FROM = 16, MNV3_WEIGHTS_HEAD_BYTES = 64 };

#define MNV3_WEIGHTS_MAGIC {'M', 'N', 'V', '3', '\r', '\n', 0x1a, '\n'}

struct mnv3_weights_head {
  uint8_t magic[8];
  uint32_t version, crc;
  uint64_t layout, bytes;
  uint8_t zeros[32];
};

#ifdef __cplusplus
}
#endif

#endif /* MNV3_WEIGHTS_H */
