// What mnv3c-tune and kernel-bench --sweep time. Every candidate makes the same picture, in tiles of another shape; none takes other scratch
// or another packing than the family allows.
#include "codegen/Schedules/RegisterBudget.h"
#include "codegen/Schedules/Schedules.h"

#include <algorithm>

namespace mnv3::codegen {
namespace {

// Tiles with fewer accumulators leave multiply-adds waiting for one another.
constexpr int fewestAccumulators = 8;

// Register tiles for a row of `width` pixels.
std::vector<RegisterTile> tilesOf(int width, int vectors, const KernelTarget &target, LastVectors last) {
  std::vector<RegisterTile> tiles;
  for (int c = 1; c <= vectors; ++c)
    for (int p = 1; p <= std::min(width, target.vectorRegisters); ++p)
      if (RegisterTile tile{p, c};
          fitsRegisters(tile, target) && tile.accumulators() >= fewestAccumulators && (last != LastVectors::divide || vectors % c == 0))
        tiles.push_back(tile);
  return tiles;
}

} // namespace

std::vector<Schedule> scheduleCandidates(const KernelSpec &spec, const KernelTarget &target) {
  const Schedule rule = chooseSchedule(spec, {target.name, target.vectorWidth, target.vectorRegisters});
  const int outputs = spec.family == Family::detect ? spec.anchors * spec.output.channels - dottedOutputs(spec, target) : spec.output.channels;
  const int vectors = ceilDiv(outputs, spec.family == Family::detect ? target.vectorWidth : lanesOf(spec.output, target));
  std::vector<Schedule> candidates = {rule};
  auto add = [&](Schedule schedule) {
    if (std::find(candidates.begin(), candidates.end(), schedule) == candidates.end())
      candidates.push_back(schedule);
  };
  auto addTiles = [&](int width, LastVectors last, bool outermost) {
    for (RegisterTile tile : tilesOf(width, vectors, target, last)) {
      Schedule schedule = rule;
      schedule.pixels = tile.pixels;
      schedule.vectors = tile.vectors;
      schedule.channelsOutermost = outermost;
      add(schedule);
    }
  };
  switch (spec.family) {
  case Family::conv2d:
    addTiles(spec.width * spec.height, LastVectors::haveTheirOwnTile, false);
    if (!spec.hasGate) // which is computed once for all channels of a tile of pixels
      addTiles(spec.width * spec.height, LastVectors::haveTheirOwnTile, true);
    break;
  case Family::winograd: // the rows of a band stay, and with them the scratch
    addTiles(spec.width / spec.factor * rule.rows, LastVectors::fillUp, false);
    break;
  case Family::detect:
    addTiles(spec.width, LastVectors::divide, false);
    break;
  case Family::stem:
    addTiles(spec.width, LastVectors::divide, false);
    break;
  case Family::depthwise:
    for (int rows : {1, rule.rows})
      for (int pixels = 1; pixels <= std::min(spec.width, target.vectorRegisters * 3 / 4 / rows); ++pixels)
        for (bool outermost : {true, false})
          add({pixels, rule.vectors, rule.unroll, rows, outermost});
    break;
  default: // as fast as memory, or too short to matter
    break;
  }
  return candidates;
}

} // namespace mnv3::codegen
