// Boxes and their names, drawn into a picture.
#pragma once

#include "Detector.h"

namespace detect {

void drawDetections(Picture &picture, const std::vector<Detection> &detections);

} // namespace detect
