#include "codegen/Schedules/Families.h"
#include "codegen/Schedules/RegisterBudget.h"
#include "codegen/Schedules/Schedules.h"

#include <algorithm>

namespace mnv3::codegen {

bool prefersWinograd(const KernelSpec &spec, const KernelTarget &target) {
  const bool allowed = spec.kernelH == 3 && spec.kernelW == 3 && spec.strideY == 1 && spec.strideX == 1 &&
                       spec.dilation == 1 && spec.inputs.size() == 1 && !spec.hasGate && !spec.hasStart &&
                       spec.height % 4 == 0 && spec.width % 4 == 0;
  return allowed && spec.inputs[0].channels >= 16 && spec.output.channels >= 16;
}

Schedule chooseWinograd(const KernelSpec &spec, const KernelTarget &target) {
  const int vectors = ceilDiv(spec.output.channels, target.vectorWidth), channels = spec.inputs[0].channels;
  const int across = spec.width / 4, down = spec.height / 4;
  const int lanes = ceilDiv(channels, target.vectorWidth) * target.vectorWidth + vectors * target.vectorWidth;
  Schedule schedule;
  // As many tile rows as leave `transformed` and `products` in the second cache.
  schedule.rows = 1;
  for (int rows = 1; rows <= down; ++rows)
    if (down % rows == 0 && int64_t(36) * 4 * lanes * rows * across <= l2Bytes)
      schedule.rows = rows;
  const RegisterTile tile = chooseRegisterTile(across * schedule.rows, vectors, target, LastVectors::divide);
  schedule.pixels = tile.pixels;
  schedule.vectors = tile.vectors;
  schedule.unroll = multipliesByElement(target) ? largestDivisor(channels, 16, 4) : largestDivisor(channels, 4);
  return schedule;
}

} // namespace mnv3::codegen
