#include "FakeModel.h"
extern "C" {
#include "numbers.h"
}
#include "mnv3/memory.h"
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace mnv3::test {

static constexpr size_t guard = 4096;
static constexpr uint8_t canary = 0xa5;

float logitOf(float probability) {
  if (probability == 0 || probability == 1)
    return probability ? 200.0f : -200.0f;
  return static_cast<float>(std::log(static_cast<double>(probability) / (1.0 - probability)));
}

float exactLogitOf(float probability) {
  float above = logitOf(probability), below = above;
  for (int i = 0; i < 64; ++i) {
    if (mnv3_sigmoid(above) == probability)
      return above;
    if (mnv3_sigmoid(below) == probability)
      return below;
    above = std::nextafter(above, 1000.0f);
    below = std::nextafter(below, -1000.0f);
  }
  ADD_FAILURE() << "no float has the sigmoid " << probability;
  return above;
}

void FakeModel::addLevel(int rows, int columns, float stride, std::vector<std::array<float, 2>> priors) {
  shapes.push_back({static_cast<int32_t>(priors.size()), rows, columns, 5 + classes});
  strides.push_back(stride);
  for (const std::array<float, 2> &prior : priors)
    anchors.insert(anchors.end(), prior.begin(), prior.end());
  contents.emplace_back(priors.size() * rows * columns * (5 + classes), 0.0f);
  for (size_t at = 4; at < contents.back().size(); at += 5 + classes)
    std::fill_n(contents.back().begin() + at, 1 + classes, -200.0f);
  ++levels;
}

float *FakeModel::cell(int level, int anchor, int y, int x) {
  const std::array<int32_t, 4> &shape = shapes[level];
  return &contents[level][((static_cast<size_t>(anchor) * shape[1] + y) * shape[2] + x) * shape[3]];
}

int64_t FakeModel::cells() const {
  int64_t sum = 0;
  for (int level = 0; level < levels; ++level)
    sum += static_cast<int64_t>(shapes[level][0]) * shapes[level][1] * shapes[level][2];
  return sum;
}

static size_t roundUp4(size_t floats) { return (floats + 3) / 4 * 4; }

// A unit matrix as weights; tiles and gaps differ from level to level, and every second has outputs outside of tiles.
void FakeModel::makeDetect(int level, mnv3_level &detect) {
  const int outputs = shapes[level][0] * shapes[level][3];
  detect.channels = outputs;
  detect.tile = 4 * (1 + level % 3);
  detect.tiled = level % 2 ? outputs : outputs / detect.tile * detect.tile;
  detect.pixel_stride = outputs + level % 3;
  detect.row_stride = shapes[level][2] * detect.pixel_stride + level % 2;
  detect.weights_offset = static_cast<int64_t>(weights.size()) * 4;
  const int padded = (detect.tiled + detect.tile - 1) / detect.tile * detect.tile;
  weights.resize(roundUp4(weights.size() + static_cast<size_t>(padded + outputs - detect.tiled) * outputs));
  float *first = weights.data() + detect.weights_offset / 4;
  for (int output = 0; output < outputs; ++output)
    first[output < detect.tiled ? (output / detect.tile * outputs + output) * detect.tile + output % detect.tile
                                : output * outputs + output] = 1;
  detect.bias_offset = static_cast<int64_t>(weights.size()) * 4;
  weights.resize(roundUp4(weights.size() + outputs));
}

// The arena: lines, band, candidates, Detect's pictures, each followed at once by the next.
mnv3_model FakeModel::descriptor() {
  mnv3_model model = {};
  model.band_rows = std::min(bandRows, height);
  model.candidates_bytes = mnv3_candidates_bytes(cells(), classes);
  model.lines_offset = 0;
  model.band_offset = mnv3_lines_bytes(width);
  model.candidates_offset = candidates_offset = model.band_offset + mnv3_band_bytes(model.band_rows, width);
  int64_t end = model.candidates_offset + model.candidates_bytes;
  weights.clear();
  detect_levels.assign(levels, {});
  for (int level = 0; level < levels; ++level) {
    makeDetect(level, detect_levels[level]);
    detect_levels[level].input_offset = end;
    end += static_cast<int64_t>(shapes[level][1]) * detect_levels[level].row_stride * 4;
  }
  model.head_shape = reinterpret_cast<const int32_t(*)[4]>(shapes.data());
  model.strides = strides.data();
  model.anchors = anchors.data();
  model.detect = detect_levels.data();
  model.network = network;
  model.weights = reinterpret_cast<const uint8_t *>(weights.data());
  model.width = width;
  model.height = height;
  model.classes = classes;
  model.levels = levels;
  model.heads = levels;
  return model;
}

void FakeModel::forEachCell(const std::function<void(const float *cell, int64_t offset, size_t bytes)> &visit) {
  for (int level = 0; level < levels; ++level) {
    const auto [anchors, rows, columns, fields] = shapes[level];
    const mnv3_level &detect = detect_levels[level];
    for (int anchor = 0; anchor < anchors; ++anchor)
      for (int y = 0; y < rows; ++y)
        for (int x = 0; x < columns; ++x) {
          const int64_t floats = static_cast<int64_t>(y) * detect.row_stride + x * detect.pixel_stride + anchor * fields;
          visit(cell(level, anchor, y, x), detect.input_offset + floats * 4, static_cast<size_t>(fields) * 4);
        }
  }
}

int64_t FakeModel::arenaBytes() const {
  return detect_levels.back().input_offset + static_cast<int64_t>(shapes.back()[1]) * detect_levels.back().row_stride * 4;
}

std::vector<uint8_t> FakeModel::makeArena(uint8_t *&arena) const {
  std::vector<uint8_t> memory(arenaBytes() + 2 * guard + 64, canary);
  arena = memory.data() + guard;
  arena += -reinterpret_cast<uintptr_t>(arena) & 63;
  std::memset(arena, 0xff, arenaBytes()); // NaN as float
  return memory;
}

mnv3_hooks FakeModel::hooks() {
  mnv3_hooks hooks = {};
  hooks.user = this;
  return hooks;
}

void FakeModel::network(mnv3_run *run, const mnv3_hooks *hooks) {
  FakeModel &self = *static_cast<FakeModel *>(hooks->user);
  EXPECT_EQ(run->heads, nullptr);
  // A stem of one row whose strides skip none.
  const int32_t rowsABand = std::min(self.bandRows, self.height);
  std::vector<float> image(3 * self.width * self.height);
  for (int32_t first = 0; first < self.height; first += rowsABand) {
    const int32_t end = std::min(first + rowsABand, self.height);
    run->feed(run, first, end);
    for (int32_t plane = 0; plane < 3; ++plane)
      std::copy(run->image + plane * run->plane + first * self.width, run->image + plane * run->plane + end * self.width,
                image.begin() + (plane * self.height + first) * self.width);
  }
  if (self.onRun)
    self.onRun(image.data());
  uint8_t *arena = static_cast<uint8_t *>(run->arena);
  self.forEachCell([&](const float *cell, int64_t offset, size_t bytes) { std::memcpy(arena + offset, cell, bytes); });
  // A network may leave anything in the region it shares with the letterbox and the candidates.
  std::memset(arena, 0xff, self.detect_levels.front().input_offset);
  if (self.onLeave)
    self.onLeave(arena + self.candidates_offset);
}

Result FakeModel::detect(const mnv3_image &frame, const mnv3_detect_options *options, int capacity) {
  mnv3_model model = descriptor();
  uint8_t *arena;
  std::vector<uint8_t> memory = makeArena(arena);
  mnv3_hooks toRun = hooks();
  const mnv3_box untouched = {-1, -1, -1, -1, -1, -1};
  std::vector<mnv3_box> boxes(capacity + 1, untouched);
  int32_t count = -1;
  Result result;
  result.status = mnv3_detect(&model, &frame, options, boxes.data(), capacity, &count, arena, &toRun);
  EXPECT_GE(count, 0);
  EXPECT_LE(count, capacity);
  for (size_t i = count; i < boxes.size(); ++i)
    EXPECT_EQ(std::memcmp(&boxes[i], &untouched, sizeof(untouched)), 0) << "box " << i << " written, count " << count;
  auto isCanary = [](uint8_t byte) { return byte == canary; };
  EXPECT_TRUE(std::all_of(memory.data(), arena, isCanary)) << "written before the arena";
  EXPECT_TRUE(std::all_of(arena + arenaBytes(), memory.data() + memory.size(), isCanary)) << "written behind the arena";
  if (result.status == MNV3_OK)
    forEachCell([&](const float *cell, int64_t offset, size_t bytes) { // what Detect reads is only read
      EXPECT_EQ(std::memcmp(arena + offset, cell, bytes), 0) << "written at " << offset;
    });
  boxes.resize(std::max(count, 0));
  result.boxes = boxes;
  return result;
}

Result FakeModel::detect(const mnv3_detect_options *options, int capacity) {
  std::vector<uint8_t> pixels(static_cast<size_t>(width) * height * 3, 114);
  return detect({{pixels.data(), nullptr}, {width * 3, 0}, width, height, MNV3_RGB8}, options, capacity);
}

} // namespace mnv3::test
