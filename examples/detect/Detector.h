// The compiled model, as the rest of the program sees it. Only Detector.cpp includes the generated header.
#pragma once

#include "Picture.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace detect {

/// Corners in pixels of the picture.
struct Detection {
  int classId;
  std::string className;
  float score, x1, y1, x2, y2;
};

struct Thresholds {
  float confidence = .25f, iou = .45f;
  bool multiLabel = false;
};

class Detector {
public:
  Detector();

  /// Boxes of one picture, best first. Throws std::runtime_error.
  std::vector<Detection> detect(const Picture &picture, const Thresholds &thresholds);

private:
  struct Free {
    void operator()(void *memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> arena; // all the memory that the model works in, asked for once
};

} // namespace detect
