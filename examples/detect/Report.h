// Detections as text.
#pragma once

#include "Detector.h"

#include <string>

namespace detect {

/// One line a box: image class name score x1 y1 x2 y2.
std::string asText(const std::string &image, const std::vector<Detection> &detections);

/// One JSON object a box, joined by commas; the caller puts [ ] around those of all pictures.
/// {"image": "a.jpg", "class": 45, "name": "bowl", "score": 0.83, "xyxy": [x1, y1, x2, y2]}
std::string asJson(const std::string &image, const std::vector<Detection> &detections);

} // namespace detect
