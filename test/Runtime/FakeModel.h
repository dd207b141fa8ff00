// A model whose network is a copy: it leaves the logits a test has written in the pictures that Detect reads, and Detect's
// convolution hands each channel on as it is. The arena is laid out without a gap to spare and guarded on all sides.
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

  /// Called inside the network, with the image.
  std::function<void(const float *image)> onRun;
  /// Called at the end of the network with the candidates' region, which is full of NaN.
  std::function<void(void *region)> onLeave;
  const int width, height, classes;
  int bandRows = 8; // of the image, which the network reads band by band

private:
  static void network(mnv3_run *run, const mnv3_hooks *hooks);
  int64_t cells() const;
  int64_t arenaBytes() const;
  void makeDetect(int level, mnv3_level &detect);
  /// The logits of each cell, and where in the arena Detect reads them.
  void forEachCell(const std::function<void(const float *cell, int64_t offset, size_t bytes)> &visit);

  int levels = 0;
  int64_t candidates_offset = 0;
  std::vector<std::array<int32_t, 4>> shapes;
  std::vector<float> strides, anchors, weights;
  std::vector<mnv3_level> detect_levels;
  std::vector<std::vector<float>> contents;
};

} // namespace mnv3::test
