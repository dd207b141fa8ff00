// The whole way on examples with known answers.
#include "FakeModel.h"
extern "C" {
#include "numbers.h"
}
#include <gtest/gtest.h>

#include <cmath>

using namespace mnv3::test;

namespace {

// A decoded row: centre, size, objectness, class probabilities.
struct Row {
  float cx, cy, w, h, objectness;
  std::vector<float> classes;
};

// A model of one level per row, so that the rows' order is their index; on a grid of 8 pixels each row finds a cell.
FakeModel modelOf(const std::vector<Row> &rows, int size = 640) {
  FakeModel model(size, size, static_cast<int>(rows.at(0).classes.size()));
  for (const Row &row : rows) {
    int level = static_cast<int>(&row - rows.data());
    model.addLevel(size / 8, size / 8, 8, {{row.w, row.h}});
    // centre / 8 = 2 p + x - 0.5 with p in [0.25, 0.75)
    const float x = std::floor(row.cx / 8), y = std::floor(row.cy / 8);
    float *cell = model.cell(level, 0, static_cast<int>(y), static_cast<int>(x));
    cell[0] = exactLogitOf((row.cx / 8 - x + 0.5f) / 2);
    cell[1] = exactLogitOf((row.cy / 8 - y + 0.5f) / 2);
    cell[2] = cell[3] = 0; // (2 * 0.5)^2 anchors
    auto logit = [&](float p) { return p == .875f || p == .9375f ? logitOf(p) : exactLogitOf(p); };
    cell[4] = logit(row.objectness);
    for (size_t i = 0; i < row.classes.size(); ++i)
      cell[5 + i] = logit(row.classes[i]);
  }
  return model;
}

struct Grey {
  std::vector<uint8_t> pixels;
  mnv3_image image;
  Grey(int width, int height)
      : pixels(static_cast<size_t>(width) * height * 3, 114), image{{pixels.data(), nullptr},
                                                                    {width * 3, 0},
                                                                    width,
                                                                    height,
                                                                    MNV3_RGB8} {}
};

void expectBoxes(const Result &result, const std::vector<mnv3_box> &expected) {
  ASSERT_EQ(result.status, MNV3_OK);
  for (size_t i = 0; i < std::min(result.boxes.size(), expected.size()); ++i) {
    SCOPED_TRACE(testing::Message() << "box " << i);
    const mnv3_box &got = result.boxes[i], &want = expected[i];
    EXPECT_EQ(got.class_id, want.class_id);
    EXPECT_FLOAT_EQ(got.score, want.score); // no logit has the sigmoid 0.875 exactly, nor 0.9375
    EXPECT_EQ(got.x1, want.x1);
    EXPECT_EQ(got.y1, want.y1);
    EXPECT_EQ(got.x2, want.x2);
    EXPECT_EQ(got.y2, want.y2);
  }
  EXPECT_EQ(result.boxes.size(), expected.size());
}

const std::vector<Row> exampleRows = {
    {320, 320, 200, 300, .875, {.875, .25}}, {322, 320, 200, 300, .875, {.875, .25}},
    {320, 320, 200, 300, .875, {.125, .75}}, {100, 200, 40, 40, .25, {1, 1}},
    {100, 300, 40, 40, .5, {.5, .5}},        {30, 100, 80, 80, 1, {.3125, .3125}},
    {500, 300, 29, 40, .75, {.875, 0}},      {511, 300, 29, 40, .75, {.5, 0}},
    {490, 300, 29, 40, .75, {.625, 0}},      {600, 540, 100, 80, .9375, {.125, .375}}};
const std::vector<mnv3_box> exampleBoxes = {{440, 180, 840, 780, .765625, 0},    {971, 400, 1029, 480, .65625, 0},
                                            {440, 180, 840, 780, .65625, 1},     {993, 400, 1051, 480, .375, 0},
                                            {1100, 840, 1280, 960, .3515625, 1}, {0, 0, 140, 120, .3125, 0}};

TEST(Detect, WorkedExample) {
  FakeModel model = modelOf(exampleRows);
  Grey frame(1280, 960);
  expectBoxes(model.detect(frame.image), exampleBoxes);
  const mnv3_detect_options same = {.25f, .45f, 0, 0};
  expectBoxes(model.detect(frame.image, &same), exampleBoxes);
}

TEST(Detect, MultiLabelAddsTheOtherClass) {
  FakeModel model = modelOf(exampleRows);
  std::vector<mnv3_box> expected = exampleBoxes;
  expected.push_back({0, 0, 140, 120, .3125, 1});
  const mnv3_detect_options options = {.25f, .45f, 1, 0};
  expectBoxes(model.detect(Grey(1280, 960).image, &options), expected);
}

TEST(Detect, ClassAgnosticSuppressesAcrossClasses) {
  FakeModel model = modelOf(exampleRows);
  std::vector<mnv3_box> expected = exampleBoxes;
  expected.erase(expected.begin() + 2); // class 1 on the very place of the first box
  const mnv3_detect_options options = {.25f, .45f, 0, 1};
  expectBoxes(model.detect(Grey(1280, 960).image, &options), expected);
}

TEST(Detect, CapacityTakesTheBest) {
  FakeModel model = modelOf(exampleRows);
  Grey frame(1280, 960);
  for (int capacity = 0; capacity < 8; ++capacity)
    expectBoxes(model.detect(frame.image, nullptr, capacity),
                {exampleBoxes.begin(), exampleBoxes.begin() + std::min<size_t>(capacity, exampleBoxes.size())});
}

TEST(Detect, TiesGoToTheLowerClassThenIndex) {
  // Equal scores, apart from one another: classes 1, 0, 1, 0.
  FakeModel model = modelOf({{100, 100, 20, 20, .5, {.25, .75}},
                             {200, 100, 20, 20, .5, {.75, .25}},
                             {300, 100, 20, 20, .75, {.25, .5}},
                             {400, 100, 20, 20, .75, {.5, .25}}});
  for (int agnostic : {0, 1}) {
    const mnv3_detect_options options = {.25f, .45f, 0, agnostic};
    Result result = model.detect(&options);
    expectBoxes(result, {{190, 90, 210, 110, .375, 0},
                         {390, 90, 410, 110, .375, 0},
                         {90, 90, 110, 110, .375, 1},
                         {290, 90, 310, 110, .375, 1}});
  }
}

TEST(Detect, AgnosticTieGoesToTheLowerIndex) {
  // The same box twice: the first, although of the higher class, suppresses the second.
  FakeModel model = modelOf({{100, 100, 20, 20, .5, {0, .75}}, {100, 100, 20, 20, .5, {.75, 0}}});
  const mnv3_detect_options options = {.25f, .45f, 0, 1};
  expectBoxes(model.detect(&options), {{90, 90, 110, 110, .375, 1}});
}

TEST(Detect, ThresholdsAreStrict) {
  FakeModel model =
      modelOf({{100, 100, 20, 20, .5, {1}}, {200, 100, 20, 20, 1, {.5}}, {300, 100, 20, 20, .625, {.875}}});
  mnv3_detect_options options = {.5f, .45f, 0, 0};
  expectBoxes(model.detect(&options), {{290, 90, 310, 110, .546875, 0}});
  options.confidence = std::nextafter(.5f, 0.0f);
  EXPECT_EQ(model.detect(&options).boxes.size(), 3u);
  options.confidence = 1;
  EXPECT_EQ(model.detect(&options).boxes.size(), 0u);
  options.confidence = 0;
  EXPECT_EQ(model.detect(&options).boxes.size(), 3u); // the 19197 others have probability 0
}

TEST(Detect, HasDefaults) {
  FakeModel model = modelOf({{100, 100, 20, 20, .5, {.5}},      // .25: not above
                             {200, 100, 20, 20, 1, {.28125}},   // .28125: above
                             {300, 100, 29, 40, .75, {.75}},    // suppresses by 720 / 1600 = .45: not above
                             {311, 100, 29, 40, .75, {.5}},     // .375, stays
                             {290, 100, 29, 40, .75, {.625}}}); // IoU 760 / 1560, goes
  expectBoxes(model.detect(),
              {{285.5, 80, 314.5, 120, .5625, 0}, {296.5, 80, 325.5, 120, .375, 0}, {190, 90, 210, 110, .28125, 0}});
}

TEST(Detect, TakesThePaddingOff) {
  FakeModel model = modelOf({{320, 320, 100, 60, 1, {.5}}, {100, 100, 200, 100, 1, {.75}}});
  // 321 x 640 stays as it is, with 159 columns on the left and 160 on the right; 1280 x 318 has 240.5 rows above.
  expectBoxes(model.detect(Grey(321, 640).image), {{0, 50, 41, 150, .75, 0}, {111, 290, 211, 350, .5, 0}});
  expectBoxes(model.detect(Grey(1280, 318).image), {{0, 0, 400, 0, .75, 0}, {540, 100, 740, 220, .5, 0}});
}

TEST(Detect, IouIsStrictAtBothEnds) {
  FakeModel model =
      modelOf({{100, 100, 20, 20, .75, {.5}}, {100, 100, 20, 20, .5, {.75}}, {110, 100, 20, 20, .5, {.625}}});
  mnv3_detect_options options = {.25f, 1.0f, 0, 0};
  EXPECT_EQ(model.detect(&options).boxes.size(), 3u); // IoU 1 is not above 1
  options.iou = 0;
  EXPECT_EQ(model.detect(&options).boxes.size(), 1u);
  options.iou = .45f;
  EXPECT_EQ(model.detect(&options).boxes.size(), 2u);
}

TEST(Detect, UsesAnchorsStridesAndSizesOfEachLevel) {
  FakeModel model(64, 32, 1);
  model.addLevel(4, 8, 8, {{4, 6}, {8, 8}});
  model.addLevel(2, 4, 16, {{10, 12}, {16, 14}, {2, 4}});
  float *cell = model.cell(0, 1, 3, 5);
  cell[0] = cell[1] = cell[2] = cell[3] = 0, cell[4] = 200, cell[5] = 0;
  cell = model.cell(1, 2, 1, 3);
  cell[0] = cell[1] = 0, cell[2] = 200, cell[3] = 0, cell[4] = 200, cell[5] = 200; // width (2 * 1)^2 anchors
  expectBoxes(model.detect(), {{52, 22, 60, 26, 1, 0}, {40, 24, 48, 32, .5, 0}});
}

TEST(Detect, ShowsRunTheLetterboxedFrame) {
  FakeModel model(4, 3, 1);
  model.addLevel(1, 1, 4, {{1, 1}});
  const std::vector<uint8_t> pixels = {255, 0, 10, 0, 100, 250};
  int calls = 0;
  model.onRun = [&](const float *image) {
    ++calls;
    const uint8_t red[] = {255, 191, 64, 0}, green[] = {0, 25, 75, 100}, blue[] = {10, 70, 190, 250};
    for (int i = 0; i < 12; ++i) {
      EXPECT_EQ(image[i], (i < 8 ? red[i % 4] : 114) / 255.0f);
      EXPECT_EQ(image[12 + i], (i < 8 ? green[i % 4] : 114) / 255.0f);
      EXPECT_EQ(image[24 + i], (i < 8 ? blue[i % 4] : 114) / 255.0f);
    }
  };
  EXPECT_EQ(model.detect({{pixels.data(), nullptr}, {6, 0}, 2, 1, MNV3_RGB8}).status, MNV3_OK);
  EXPECT_EQ(calls, 1);
}

// More anchors and pixels than come together, and a last few of each; more classes than one look at a cell takes.
TEST(Detect, FindsEveryCell) {
  for (int anchors : {1, 3, 4, 5, 9})
    for (int columns : {1, 7, 8, 9, 17}) {
      SCOPED_TRACE(testing::Message() << anchors << " anchors, " << columns << " columns");
      FakeModel model(columns * 8, 24, 70);
      model.addLevel(3, columns, 8, std::vector<std::array<float, 2>>(anchors, {8, 8}));
      for (int anchor = 0; anchor < anchors; ++anchor)
        for (int y = 0; y < 3; ++y)
          for (int x = 0; x < columns; ++x) {
            const int class_id = (x * 11 + y * 29 + anchor * 5) % 70;
            float *cell = model.cell(0, anchor, y, x);
            cell[4] = 200;
            cell[5 + class_id] = 1;
            const std::vector<mnv3_box> expected = {{x * 8.0f, y * 8.0f, x * 8 + 8.0f, y * 8 + 8.0f, mnv3_sigmoid(1), class_id}};
            expectBoxes(model.detect(), expected);
            cell[4] = cell[5 + class_id] = -200;
          }
    }
}

TEST(Detect, AsksForWeightsBeforeItLetterboxes) {
  FakeModel fake = modelOf(exampleRows);
  mnv3_model model = fake.descriptor();
  uint8_t *arena;
  std::vector<uint8_t> memory = fake.makeArena(arena);
  const std::vector<uint8_t> before = memory;
  const mnv3_hooks hooks = fake.hooks();
  Grey frame(64, 64);
  mnv3_box boxes[4];
  auto detect = [&](uint64_t layout, const uint8_t *weights, const mnv3_hooks *handed) {
    int32_t count = -1;
    model.layout = layout;
    model.weights = weights;
    mnv3_status status = mnv3_detect(&model, &frame.image, nullptr, boxes, 4, &count, arena, handed);
    EXPECT_EQ(count, 0);
    return status;
  };
  fake.onRun = [](const float *) { FAIL() << "the network runs"; };
  EXPECT_EQ(detect(1, nullptr, nullptr), MNV3_BAD_WEIGHTS);
  EXPECT_EQ(detect(1, nullptr, &hooks), MNV3_BAD_WEIGHTS);
  EXPECT_EQ(detect(1, arena, &hooks), MNV3_BAD_WEIGHTS); // a file without a head
  EXPECT_TRUE(memory == before) << "the arena is written";
}

} // namespace
