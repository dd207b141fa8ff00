#include "Detector.h"

#include "det.h" // made by mnv3c: see mnv3c_add_model in CMakeLists.txt

#include <stdexcept>

namespace detect {
namespace {

constexpr int capacity = 300; // det_detect never finds more

const char *describe(mnv3_status status) {
  switch (status) {
  case MNV3_BAD_ARGUMENT: return "bad argument";
  case MNV3_BAD_ALIGNMENT: return "badly aligned arena";
  case MNV3_BAD_FORMAT: return "pixel format not supported";
  case MNV3_BAD_WEIGHTS: return "weights do not belong to this model";
  }
  return "unknown status";
}

} // namespace

Detector::Detector() {
  // aligned_alloc wants a multiple of the alignment.
  constexpr size_t bytes = (size_t{DET_ARENA_BYTES} + DET_ARENA_ALIGN - 1) / DET_ARENA_ALIGN * DET_ARENA_ALIGN;
  arena.reset(std::aligned_alloc(DET_ARENA_ALIGN, bytes));
  if (!arena)
    throw std::runtime_error("no memory for an arena of " + std::to_string(bytes) + " bytes");
}

std::vector<Detection> Detector::detect(const Picture &picture, const Thresholds &thresholds) {
  mnv3_image frame = {};
  frame.pixels[0] = picture.rgb.data();
  frame.row_bytes[0] = picture.width * 3;
  frame.width = picture.width;
  frame.height = picture.height;
  frame.format = MNV3_RGB8;

  mnv3_detect_options options = {};
  options.confidence = thresholds.confidence;
  options.iou = thresholds.iou;
  options.multi_label = thresholds.multiLabel;

  mnv3_box boxes[capacity];
  int32_t count = 0;
  mnv3_status status = det_detect(&frame, &options, boxes, capacity, &count, arena.get(), nullptr);
  if (status != MNV3_OK)
    throw std::runtime_error(std::string("det_detect: ") + describe(status));

  std::vector<Detection> detections;
  for (const mnv3_box *box = boxes; box != boxes + count; ++box)
    detections.push_back({box->class_id, det_class_names[box->class_id], box->score, box->x1, box->y1, box->x2, box->y2});
  return detections;
}

} // namespace detect
