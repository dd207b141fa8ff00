#include "codegen/Schedules/Families.h"
#include "codegen/Schedules/RegisterBudget.h"
#include "codegen/Schedules/Schedules.h"

#include <cstdint>

namespace mnv3::codegen {

// From 16 channels on the transforms, whose work grows with the channels and not with their square, cost less than the
// products saved.
bool prefersWinograd(const KernelSpec &spec, const KernelTarget &target) {
  const bool allowed = spec.kernelH == 3 && spec.kernelW == 3 && spec.strideY == 1 && spec.strideX == 1 &&
                       spec.dilation == 1 && spec.inputs.size() == 1 && !spec.hasGate && !spec.hasStart &&
                       spec.height % 4 == 0 && spec.width % 4 == 0;
  return allowed && spec.inputs[0].channels >= 16 && spec.output.channels >= 16;
}

// Tile rows a band. Each band reads all transformed weights again, unless they stay in the second cache; a band whose
// own tiles do not stay there writes them out and reads them back. Of equally good bands the smallest takes least scratch;
// but a weight should serve twenty tiles or so before the next one is fetched.
int chooseBand(const KernelSpec &spec, int inputLanes, int outputLanes) {
  constexpr int64_t pointBytes = 36 * sizeof(float);
  const int across = spec.width / 4, down = spec.height / 4;
  const int64_t weights = pointBytes * spec.inputs[0].channels * outputLanes;
  int best = down;
  int64_t leastTraffic = INT64_MAX;
  for (int rows = 1; rows <= down; ++rows) {
    if (down % rows || (rows * across < 20 && rows < down))
      continue;
    const int64_t bands = down / rows, tiles = pointBytes * (inputLanes + outputLanes) * rows * across;
    const int64_t traffic = (weights > l2Bytes ? bands : 1) * weights + (tiles > l2Bytes ? 2 * bands * tiles : 0);
    if (traffic < leastTraffic) {
      leastTraffic = traffic;
      best = rows;
    }
  }
  return best;
}

Schedule chooseWinograd(const KernelSpec &spec, const KernelTarget &target) {
  const int vector = target.vectorWidth, channels = spec.inputs[0].channels;
  const int vectors = ceilDiv(spec.output.channels, vector);
  Schedule schedule;
  schedule.rows = chooseBand(spec, ceilDiv(channels, vector) * vector, vectors * vector);
  const RegisterTile tile =
      chooseRegisterTile(spec.width / 4 * schedule.rows, vectors, target, LastVectors::divide);
  schedule.pixels = tile.pixels;
  schedule.vectors = tile.vectors;
  schedule.unroll = multipliesByElement(target) ? largestDivisor(channels, 8, 4) : largestDivisor(channels, 4);
  return schedule;
}

} // namespace mnv3::codegen
