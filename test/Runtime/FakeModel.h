// A model whose network is a copy: run() delivers the logits a test has written, from an arena laid out without a gap
// to spare and guarded on all sides.
#pragma once

extern "C" {
#include "model.h"
}
#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace mnv3::test {

/// A logit whose sigmoid, computed by the runtime, is exactly `probability`; where no float is, the test fails.
float exactLogitOf(float probability);
/// A logit whose sigmoid is `probability` but for the last place.
float logitOf(float probability);

struct Result {
  mnv3_status status;
  std::vector<mnv3_box> boxes;
};

class FakeModel {
public:
  FakeModel(int width, int height, int classes) : width(width), height(height), classes(classes) {}

  /// A Detect level whose logits all say "nothing here". Anchors are (width, height) in pixels.
  void addLevel(int rows, int columns, float stride, std::vector<std::array<float, 2>> anchors);
  /// A kept row: a head that is no Detect level. Call after all levels.
  void addHead(int channels);

  std::vector<float> &logits(int level) { return contents[level]; }
  /// The logits of one cell: x, y, w, h, objectness, classes.
  float *cell(int level, int anchor, int y, int x);

  /// Runs det_detect on a fresh arena full of NaN; checks all guards and that *count keeps to capacity.
  Result detect(const mnv3_image &frame, const mnv3_detect_options *options = nullptr, int capacity = 1000);
  /// The same on a grey frame of the network's own size.
  Result detect(const mnv3_detect_options *options = nullptr, int capacity = 1000);

  /// The descriptor and an arena to go with it, for tests that call mnv3_detect themselves.
  mnv3_model descriptor();
  std::vector<uint8_t> makeArena(uint8_t *&arena) const;
  mnv3_hooks hooks();

  /// Called inside run(), with the image.
  std::function<void(const float *image)> onRun;
  /// Called at the end of run() with the candidates' region, which is full of NaN.
  std::function<void(void *region)> onLeave;
  mnv3_status runResult = MNV3_OK;
  const int width, height, classes;

private:
  static mnv3_status run(const float *image, float *const *heads, void *arena, const mnv3_hooks *hooks);
  int64_t cells() const;
  int64_t arenaBytes() const;

  int levels = 0;
  std::vector<std::array<int32_t, 4>> shapes;
  std::vector<float> strides, anchors;
  std::vector<int64_t> offsets;
  std::vector<std::vector<float>> contents;
};

} // namespace mnv3::test
