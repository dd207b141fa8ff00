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

void FakeModel::addHead(int channels) {
  shapes.push_back({1, 1, 1, channels});
  contents.emplace_back(channels, 1.0f);
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

// The arena: candidates, image, heads, each followed at once by the next.
mnv3_model FakeModel::descriptor() {
  mnv3_model model = {};
  model.candidates_bytes = mnv3_candidates_bytes(cells(), classes, width);
  model.image_offset = mnv3_round_up_64(model.candidates_bytes);
  int64_t end = model.image_offset + mnv3_image_bytes(height, width);
  offsets.clear();
  for (const std::vector<float> &content : contents) {
    offsets.push_back(end);
    end += static_cast<int64_t>(content.size()) * 4;
  }
  model.head_shape = reinterpret_cast<const int32_t(*)[4]>(shapes.data());
  model.strides = strides.data();
  model.anchors = anchors.data();
  model.head_offsets = offsets.data();
  model.run = run;
  model.width = width;
  model.height = height;
  model.classes = classes;
  model.levels = levels;
  model.heads = static_cast<int32_t>(contents.size());
  return model;
}

int64_t FakeModel::arenaBytes() const { return offsets.back() + static_cast<int64_t>(contents.back().size()) * 4; }

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

mnv3_status FakeModel::run(const float *image, float *const *heads, void *arena, const mnv3_hooks *hooks) {
  FakeModel &self = *static_cast<FakeModel *>(hooks->user);
  if (self.onRun)
    self.onRun(image);
  for (size_t i = 0; i < self.contents.size(); ++i)
    std::copy(self.contents[i].begin(), self.contents[i].end(), heads[i]);
  // A network may leave anything in the region it shares with the candidates.
  std::memset(arena, 0xff, mnv3_candidates_bytes(self.cells(), self.classes, self.width));
  if (self.onLeave)
    self.onLeave(arena);
  return self.runResult;
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
  for (size_t i = 0; result.status == MNV3_OK && i < contents.size(); ++i) // the heads come last and are only read
    EXPECT_EQ(std::memcmp(arena + offsets[i], contents[i].data(), contents[i].size() * 4), 0) << "head " << i;
  boxes.resize(std::max(count, 0));
  result.boxes = boxes;
  return result;
}

Result FakeModel::detect(const mnv3_detect_options *options, int capacity) {
  std::vector<uint8_t> pixels(static_cast<size_t>(width) * height * 3, 114);
  return detect({{pixels.data(), nullptr}, {width * 3, 0}, width, height, MNV3_RGB8}, options, capacity);
}

} // namespace mnv3::test
