// What a caller may get wrong: a status each, never a fault, never a box.
#include "FakeModel.h"
#include "mnv3/memory.h"
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace mnv3::test;

namespace {

// One good call, of which each test spoils one thing.
struct Arguments : testing::Test {
  FakeModel fake{32, 32, 2};
  mnv3_model model;
  std::vector<uint8_t> memory, pixels = std::vector<uint8_t>(20 * 10 * 3);
  uint8_t *arena;
  mnv3_hooks hooks = fake.hooks();
  mnv3_image frame = {{pixels.data(), nullptr}, {60, 0}, 20, 10, MNV3_RGB8};
  mnv3_detect_options options = {.25f, .45f, 0, 0};
  mnv3_box boxes[4];
  int32_t count = -1;
  int32_t capacity = 4;

  Arguments() {
    fake.addLevel(4, 4, 8, {{8, 8}});
    model = fake.descriptor();
    memory = fake.makeArena(arena);
  }

  mnv3_status detect() { return mnv3_detect(&model, &frame, &options, boxes, capacity, &count, arena, &hooks); }
  void expect(mnv3_status status) {
    count = -1;
    EXPECT_EQ(detect(), status);
    EXPECT_EQ(count, 0);
  }
};

TEST_F(Arguments, AreGood) {
  expect(MNV3_OK);
  EXPECT_EQ(mnv3_detect(&model, &frame, nullptr, boxes, 0, &count, arena, &hooks), MNV3_OK);
}

TEST_F(Arguments, NullPointers) {
  EXPECT_EQ(mnv3_detect(nullptr, &frame, &options, boxes, 4, &count, arena, &hooks), MNV3_BAD_ARGUMENT);
  EXPECT_EQ(mnv3_detect(&model, nullptr, &options, boxes, 4, &count, arena, &hooks), MNV3_BAD_ARGUMENT);
  EXPECT_EQ(mnv3_detect(&model, &frame, &options, nullptr, 4, &count, arena, &hooks), MNV3_BAD_ARGUMENT);
  EXPECT_EQ(mnv3_detect(&model, &frame, &options, boxes, 4, nullptr, arena, &hooks), MNV3_BAD_ARGUMENT);
  EXPECT_EQ(mnv3_detect(&model, &frame, &options, boxes, 4, &count, nullptr, &hooks), MNV3_BAD_ARGUMENT);
  frame.pixels[0] = nullptr;
  expect(MNV3_BAD_ARGUMENT);
}

TEST_F(Arguments, Capacity) {
  for (int32_t bad : {-1, std::numeric_limits<int32_t>::min()}) {
    capacity = bad;
    expect(MNV3_BAD_ARGUMENT);
  }
}

TEST_F(Arguments, OfRun) {
  static int runs;
  runs = 0;
  model.network = [](mnv3_run *, const mnv3_hooks *) { ++runs; };
  float image[1], head[1], *heads[1] = {head};
  auto run = [&](const float *picture, float *const *into, void *where) { return mnv3_run_network(&model, picture, into, where, &hooks); };
  EXPECT_EQ(run(nullptr, heads, arena), MNV3_BAD_ARGUMENT);
  EXPECT_EQ(run(image, nullptr, arena), MNV3_BAD_ARGUMENT);
  EXPECT_EQ(run(image, heads, nullptr), MNV3_BAD_ARGUMENT);
  for (int offset : {1, 4, 16, 32})
    EXPECT_EQ(run(image, heads, arena + offset), MNV3_BAD_ALIGNMENT);
  heads[0] = nullptr;
  EXPECT_EQ(run(image, heads, arena), MNV3_BAD_ARGUMENT);
  heads[0] = head;
  model.layout = 1; // weights in a file, which these are not
  EXPECT_EQ(run(image, heads, arena), MNV3_BAD_WEIGHTS);
  EXPECT_EQ(runs, 0);
  model.layout = 0;
  EXPECT_EQ(run(image, heads, arena), MNV3_OK);
  EXPECT_EQ(runs, 1);
}

TEST_F(Arguments, Alignment) {
  for (int offset : {1, 4, 16, 32}) {
    count = -1;
    EXPECT_EQ(mnv3_detect(&model, &frame, &options, boxes, 4, &count, arena + offset, &hooks), MNV3_BAD_ALIGNMENT);
    EXPECT_EQ(count, 0);
  }
}

TEST_F(Arguments, Thresholds) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (float bad : {std::nanf(""), -0.001f, 1.001f, infinity, -infinity}) {
    options = {bad, .45f, 0, 0};
    expect(MNV3_BAD_ARGUMENT);
    options = {.25f, bad, 0, 0};
    expect(MNV3_BAD_ARGUMENT);
  }
  for (float good : {0.0f, -0.0f, 1.0f}) {
    options = {std::max(good, .001f), good, 0, 0};
    expect(MNV3_OK);
    options = {good, good, 0, 0};
    EXPECT_EQ(detect(), MNV3_OK);
  }
}

TEST_F(Arguments, Formats) {
  for (mnv3_format bad : {-1, 5, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()}) {
    frame.format = bad;
    expect(MNV3_BAD_FORMAT);
  }
}

// The frame is 20 x 10 on rows of 60 bytes: enough for every format in plane 0.
TEST_F(Arguments, PlanesOfEachFormat) {
  struct {
    mnv3_format format;
    int32_t least[2]; // bytes of a row; 0: no such plane
  } const formats[] = {{MNV3_RGB8, {60, 0}}, {MNV3_BGR8, {60, 0}}, {MNV3_GRAY8, {20, 0}}, {MNV3_YUYV, {40, 0}}, {MNV3_NV12, {20, 20}}};
  for (const auto &each : formats) {
    SCOPED_TRACE(each.format);
    frame.format = each.format;
    frame.pixels[0] = frame.pixels[1] = pixels.data();
    frame.row_bytes[0] = each.least[0], frame.row_bytes[1] = each.least[1];
    EXPECT_EQ(detect(), MNV3_OK);
    for (int plane = 0; plane < (each.least[1] ? 2 : 1); ++plane) {
      const mnv3_image good = frame;
      frame.row_bytes[plane] = each.least[plane] - 1;
      expect(MNV3_BAD_ARGUMENT);
      frame = good;
      frame.pixels[plane] = nullptr;
      expect(MNV3_BAD_ARGUMENT);
      frame.pixels[plane] = reinterpret_cast<const uint8_t *>(std::numeric_limits<uintptr_t>::max() - 20);
      expect(MNV3_BAD_ARGUMENT);
      frame = good;
    }
  }
  // An odd width wants the last pair whole.
  frame = {{pixels.data(), pixels.data()}, {39, 20}, 19, 9, MNV3_YUYV};
  expect(MNV3_BAD_ARGUMENT);
  frame = {{pixels.data(), pixels.data()}, {19, 19}, 19, 9, MNV3_NV12};
  expect(MNV3_BAD_ARGUMENT);
}

TEST_F(Arguments, FrameSizes) {
  const mnv3_image good = frame;
  const int32_t most = std::numeric_limits<int32_t>::max(), least = std::numeric_limits<int32_t>::min();
  for (int32_t bad : {0, -1, least, most, most / 3, MNV3_MAX_SIDE + 1}) {
    frame = good;
    frame.width = bad;
    frame.row_bytes[0] = most;
    expect(MNV3_BAD_ARGUMENT);
    frame = good;
    frame.height = bad;
    expect(MNV3_BAD_ARGUMENT);
    frame.width = bad;
    expect(MNV3_BAD_ARGUMENT);
  }
  for (int32_t bad : {59, 0, -60, least}) {
    frame = good;
    frame.row_bytes[0] = bad;
    expect(MNV3_BAD_ARGUMENT);
  }
  frame = good;
  frame.width = 1, frame.height = 10, frame.row_bytes[0] = 3; // 3.2 columns stay
  expect(MNV3_OK);
  frame.height = 64; // half a column is none
  expect(MNV3_BAD_ARGUMENT);
}

TEST_F(Arguments, FrameBeyondTheLastAddress) {
  frame.width = frame.height = MNV3_MAX_SIDE;
  frame.row_bytes[0] = std::numeric_limits<int32_t>::max();
  frame.pixels[0] = reinterpret_cast<const uint8_t *>(UINTPTR_MAX - 1000000);
  expect(MNV3_BAD_ARGUMENT);
}

TEST_F(Arguments, DescriptorOfAnotherVersion) {
  const mnv3_model good = model;
  auto expectBad = [&](auto spoil) {
    model = good;
    spoil();
    expect(MNV3_BAD_ARGUMENT);
  };
  expectBad([&] { model.network = nullptr; });
  expectBad([&] { model.detect = nullptr; });
  expectBad([&] { model.classes = 3; }); // the head has 5 + 2 channels
  expectBad([&] { model.levels = 2; });
  expectBad([&] { model.heads = 0; });
  expectBad([&] { model.width = 0; });
  expectBad([&] { model.candidates_bytes -= 64; });
  model = good;
  model.band_rows = 0; // what the network reads is not red, green, blue
  expect(MNV3_BAD_FORMAT);
  const int32_t huge[1][4] = {{1 << 20, 1 << 20, 1 << 20, 7}};
  expectBad([&] { model.head_shape = huge; });
}

} // namespace
