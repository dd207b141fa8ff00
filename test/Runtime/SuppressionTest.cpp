// Collection and suppression against plain code that sorts everything and compares everything, on random heads full of
// ties. Sigmoids are the runtime's own (NumbersTest judges them), so that scores are equal exactly where they should
// be.
#include "FakeModel.h"
extern "C" {
#include "numbers.h"
}
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

using namespace mnv3::test;

namespace {

struct Found {
  float x1, y1, x2, y2, score;
  int index, classId;
};

float iou(const Found &a, const Found &b) {
  float w = std::max(0.0f, std::min(a.x2, b.x2) - std::max(a.x1, b.x1));
  float h = std::max(0.0f, std::min(a.y2, b.y2) - std::max(a.y1, b.y1));
  float areaA = (a.x2 - a.x1) * (a.y2 - a.y1), areaB = (b.x2 - b.x1) * (b.y2 - b.y1);
  return w * h / std::max(areaA + areaB - w * h, 1e-12f);
}

struct Grid {
  int rows, columns;
  float stride;
  std::vector<std::array<float, 2>> anchors;
};

std::vector<mnv3_box> reference(FakeModel &model, const std::vector<Grid> &grids, const mnv3_detect_options &options) {
  std::vector<Found> all;
  int index = 0;
  for (size_t level = 0; level < grids.size(); ++level)
    for (size_t anchor = 0; anchor < grids[level].anchors.size(); ++anchor)
      for (int y = 0; y < grids[level].rows; ++y)
        for (int x = 0; x < grids[level].columns; ++x, ++index) {
          const float *logits = model.cell(static_cast<int>(level), static_cast<int>(anchor), y, x);
          std::vector<float> p;
          for (int i = 0; i < 5 + model.classes; ++i)
            p.push_back(mnv3_sigmoid(logits[i]));
          if (!(p[4] > options.confidence))
            continue;
          const float stride = grids[level].stride;
          float cx = (2 * p[0] + (x - 0.5f)) * stride, cy = (2 * p[1] + (y - 0.5f)) * stride;
          float w = (2 * p[2]) * (2 * p[2]) * grids[level].anchors[anchor][0];
          float h = (2 * p[3]) * (2 * p[3]) * grids[level].anchors[anchor][1];
          Found best = {cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2, -1, index, -1};
          for (int c = 0; c < model.classes; ++c) {
            float score = p[4] * p[5 + c];
            if (options.multi_label && score > options.confidence) {
              all.push_back(best);
              all.back().score = score, all.back().classId = c;
            } else if (!options.multi_label && score > best.score) {
              best.score = score, best.classId = c;
            }
          }
          if (!options.multi_label && best.score > options.confidence)
            all.push_back(best);
        }
  std::sort(all.begin(), all.end(), [](const Found &a, const Found &b) {
    return std::tuple(-a.score, a.index, a.classId) < std::tuple(-b.score, b.index, b.classId);
  });
  if (all.size() > 30000)
    all.resize(30000);
  std::vector<Found> kept;
  for (const Found &box : all) {
    if (kept.size() >= 300 && box.score < kept[299].score)
      break; // what follows can only be cut off
    if (std::none_of(kept.begin(), kept.end(), [&](const Found &other) {
          return (options.class_agnostic || other.classId == box.classId) && iou(other, box) > options.iou;
        }))
      kept.push_back(box);
  }
  if (options.class_agnostic && kept.size() > 300) // the first to stay, ties by index; then the order of the result
    kept.resize(300);
  std::stable_sort(kept.begin(), kept.end(), [](const Found &a, const Found &b) {
    return std::tuple(-a.score, a.classId, a.index) < std::tuple(-b.score, b.classId, b.index);
  });
  if (kept.size() > 300)
    kept.resize(300);
  std::vector<mnv3_box> boxes;
  for (const Found &box : kept) { // the frame has the network's size
    auto clip = [](float value, int limit) { return std::min(std::max(value, 0.0f), static_cast<float>(limit)); };
    boxes.push_back({clip(box.x1, model.width), clip(box.y1, model.height), clip(box.x2, model.width),
                     clip(box.y2, model.height), box.score, box.classId});
  }
  return boxes;
}

void compare(int classes, const std::vector<Grid> &grids, const mnv3_detect_options &options, int step, unsigned seed) {
  SCOPED_TRACE(testing::Message() << classes << " classes, confidence " << options.confidence << ", iou " << options.iou
                                  << (options.multi_label ? ", multi-label" : "")
                                  << (options.class_agnostic ? ", agnostic" : "") << ", seed " << seed);
  std::mt19937 random(seed);
  FakeModel model(160, 96, classes);
  for (const Grid &grid : grids)
    model.addLevel(grid.rows, grid.columns, grid.stride, grid.anchors);
  for (size_t level = 0; level < grids.size(); ++level)
    for (float &logit : model.logits(static_cast<int>(level)))
      logit = static_cast<float>(static_cast<int>(random() % (8 * step + 1)) - 4 * step) / step; // -4 .. 4, few values
  std::vector<mnv3_box> expected = reference(model, grids, options);
  ASSERT_FALSE(expected.empty());
  Result got = model.detect(&options);
  ASSERT_EQ(got.status, MNV3_OK);
  ASSERT_EQ(got.boxes.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    const mnv3_box &a = got.boxes[i], &b = expected[i];
    ASSERT_EQ(std::tie(a.x1, a.y1, a.x2, a.y2, a.score, a.class_id),
              std::tie(b.x1, b.y1, b.x2, b.y2, b.score, b.class_id))
        << "box " << i;
  }
}

const std::vector<Grid> threeLevels = {{12, 20, 8, {{10, 13}, {16, 30}, {33, 23}}},
                                       {6, 10, 16, {{30, 61}, {62, 45}, {59, 119}}},
                                       {3, 5, 32, {{116, 90}, {156, 198}}}};

TEST(Suppression, IsItsDefinition) {
  unsigned seed = 0;
  for (int classes : {1, 2, 3, 6, 64, 80})
    for (int multi : {0, 1})
      for (int agnostic : {0, 1})
        for (int step : {1, 4, 1000})
          for (auto [confidence, overlap] :
               {std::pair(.25f, .45f), std::pair(.001f, .6f), std::pair(.5f, .1f), std::pair(.9f, 1.f)})
            compare(classes, threeLevels, {confidence, overlap, multi, agnostic}, step, ++seed);
}

TEST(Suppression, SortsMoreThan30000) {
  // 160 x 96 cells of 1 pixel, 3 anchors: 46080 cells, and 92160 candidates with multi-label.
  const std::vector<Grid> dense = {{96, 160, 1, {{3, 4}, {5, 2}, {1, 1}}}};
  for (int multi : {0, 1})
    for (int step : {1, 1000})
      compare(2, dense, {.001f, .6f, multi, 0}, step, 7 + multi + step);
}

TEST(Suppression, TakesNoMoreThan30000) {
  // Anchor 0: boxes so large that the first suppresses all others. Anchor 1: small boxes with lower scores, far from
  // one another, last in order. They are found as long as they are among the best 30000.
  FakeModel model(200, 160, 2);
  model.addLevel(160, 200, 1, {{1e6f, 1e6f}, {2, 2}});
  for (int i = 0; i < 29998; ++i) {
    float *cell = model.cell(0, 0, i / 200, i % 200);
    std::fill_n(cell, 4, 0.0f);
    cell[4] = 200, cell[5] = 3;
  }
  for (int x : {10, 50, 90, 130}) {
    float *cell = model.cell(0, 1, 80, x);
    std::fill_n(cell, 4, 0.0f);
    cell[4] = 200, cell[5] = 2;
  }
  Result result = model.detect();
  ASSERT_EQ(result.status, MNV3_OK);
  ASSERT_EQ(result.boxes.size(), 3u); // 29998 and 2 more; of the four the lower indices
  EXPECT_EQ(result.boxes[0].x2, 200.0f);
  EXPECT_EQ(result.boxes[1].x1, 9.5f);
  EXPECT_EQ(result.boxes[2].x1, 49.5f);
}

TEST(Suppression, ReportsTheBest300) {
  FakeModel model(200, 160, 1);
  model.addLevel(20, 25, 8, {{4, 4}});
  for (int i = 0; i < 500; ++i) { // apart from one another, the later the better
    float *cell = model.cell(0, 0, i / 25, i % 25);
    std::fill_n(cell, 4, 0.0f);
    cell[4] = 200, cell[5] = i / 100.0f;
  }
  Result result = model.detect();
  ASSERT_EQ(result.boxes.size(), 300u);
  for (int i = 0; i < 300; ++i)
    EXPECT_EQ(result.boxes[i].score, mnv3_sigmoid((499 - i) / 100.0f));
}

} // namespace
