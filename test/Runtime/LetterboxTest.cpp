// The letterbox, byte for byte: the examples checked against OpenCV, then plain code in hardware doubles on many sizes.
extern "C" {
#include "letterbox.h"
}
#include "mnv3/memory.h"
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace {

using Bytes = std::vector<uint8_t>;

struct Letterboxed {
  mnv3_placement placement;
  Bytes rgb; // interleaved, the network's size
};

// The whole image, in bands of `bandRows` rows.
std::vector<float> imageOf(const mnv3_image &frame, const mnv3_placement &placement, int width, int height, int bandRows) {
  const int32_t canary = 0x5a5a5a5a;
  bandRows = std::min(bandRows, height);
  std::vector<float> image(3 * width * height, std::nanf("")), band(3 * width * bandRows, std::nanf(""));
  std::vector<int32_t> scratch(mnv3_lines_bytes(width) / 4 + 16, canary);
  mnv3_letterbox box;
  mnv3_letterbox_begin(&box, &frame, &placement, width, height, scratch.data(), band.data(), bandRows);
  for (int first = 0; first < height; first += bandRows) {
    const int end = std::min(first + bandRows, height);
    const float *rows = mnv3_letterbox_rows(&box, first, end);
    for (int plane = 0; plane < 3; ++plane)
      std::copy(rows + (plane * bandRows + first) * width, rows + (plane * bandRows + end) * width,
                image.begin() + (plane * height + first) * width);
  }
  for (size_t i = scratch.size() - 16; i < scratch.size(); ++i)
    EXPECT_EQ(scratch[i], canary) << "written behind the scratch";
  return image;
}

// Pixels are RGB. Each float of the image must be one byte / 255.0f exactly; the bytes come back.
Letterboxed letterbox(const Bytes &pixels, int w, int h, int width, int height, bool asBgr = false, int padding = 0) {
  Bytes frame(static_cast<size_t>(w * 3 + padding) * h - padding); // no byte beyond the last row: sanitizers watch it
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x)
      for (int c = 0; c < 3; ++c)
        frame[static_cast<size_t>(y) * (w * 3 + padding) + x * 3 + (asBgr ? 2 - c : c)] = pixels[(y * w + x) * 3 + c];
  mnv3_image image = {{frame.data(), nullptr}, {w * 3 + padding, 0}, w, h, asBgr ? MNV3_BGR8 : MNV3_RGB8};
  Letterboxed result;
  EXPECT_TRUE(mnv3_place(w, h, width, height, &result.placement));
  const std::vector<float> floats = imageOf(image, result.placement, width, height, 7);
  result.rgb.resize(floats.size());
  for (int i = 0; i < width * height; ++i)
    for (int c = 0; c < 3; ++c) {
      float value = floats[c * width * height + i];
      long byte = std::lrint(value * 255.0f);
      if (!(value == static_cast<float>(byte) / 255.0f)) {
        ADD_FAILURE() << "pixel " << i << " channel " << c << " is " << value << ", no byte / 255";
        return result;
      }
      result.rgb[i * 3 + c] = static_cast<uint8_t>(byte);
    }
  return result;
}

// One channel in, one channel out; the other channels must follow their own copies.
Bytes resizeGray(const Bytes &gray, int w, int h, int width, int height) {
  Bytes rgb;
  for (uint8_t value : gray)
    rgb.insert(rgb.end(), {value, static_cast<uint8_t>(255 - value), value});
  Letterboxed got = letterbox(rgb, w, h, width, height);
  EXPECT_EQ(got.placement.width, width);
  EXPECT_EQ(got.placement.height, height);
  Bytes result;
  for (size_t i = 0; i < got.rgb.size(); i += 3) {
    result.push_back(got.rgb[i]);
    EXPECT_EQ(got.rgb[i], got.rgb[i + 2]);
  }
  return result;
}

// The rows of LETTERBOX' examples resize without keeping the aspect. A placement made by hand does the same here.
Bytes stretch(const Bytes &gray, int w, int h, int width, int height) {
  Bytes frame;
  for (uint8_t value : gray)
    frame.insert(frame.end(), 3, value);
  mnv3_image image = {{frame.data(), nullptr}, {w * 3, 0}, w, h, MNV3_RGB8};
  mnv3_placement all = {0, 0, width, height, 1.0f};
  const std::vector<float> floats = imageOf(image, all, width, height, height);
  Bytes result;
  for (int i = 0; i < width * height; ++i)
    result.push_back(static_cast<uint8_t>(std::lrint(floats[i] * 255.0f)));
  return result;
}

TEST(Letterbox, Enlarges) {
  const Bytes in = {0, 50, 100, 150, 200, 13, 63, 113, 163, 213, 26, 76, 126, 176, 226, 39, 89, 139, 189, 239};
  const Bytes out = {0,  29, 64, 100, 136, 171, 200, 7,  35, 71, 107, 142, 178, 207, 15, 44, 79,  115, 151, 186, 215,
                     24, 52, 88, 124, 160, 195, 224, 33, 61, 97, 133, 168, 204, 233, 39, 67, 103, 139, 175, 210, 239};
  EXPECT_EQ(stretch(in, 5, 4, 7, 6), out);
}

TEST(Letterbox, KeepsWeightsAtEdgeRows) {
  const Bytes out = {27, 134, 195, 190, 32, 131, 184, 173, 52, 120, 140, 106, 72, 107, 95, 38, 77, 104, 83, 21};
  EXPECT_EQ(stretch({27, 199, 190, 77, 121, 21}, 3, 2, 4, 5), out);
}

TEST(Letterbox, ShrinksWithThreeRoundings) {
  const Bytes in = {65, 159, 110, 205, 140, 213, 136, 130, 64, 228, 182, 130};
  EXPECT_EQ(stretch(in, 4, 3, 3, 2), (Bytes{98, 144, 174, 106, 197, 136}));
}

TEST(Letterbox, Halves) {
  const Bytes in = {13,  240, 7,   90,  255, 0, 128, 33, 77, 201, 64, 18, 3,  250, 99, 180,
                    255, 255, 254, 255, 0,   1, 0,   0,  1,  0,   2,  1,  90, 91,  91, 92};
  const Bytes out = {133, 45, 127, 110, 128, 128, 46, 46};
  EXPECT_EQ(stretch(in, 8, 4, 4, 2), out);
  EXPECT_EQ(resizeGray(in, 8, 4, 4, 2), out);
}

TEST(Letterbox, CopiesAFrameOfTheSameSize) {
  Bytes in(11 * 7);
  for (size_t i = 0; i < in.size(); ++i)
    in[i] = static_cast<uint8_t>(i * 37);
  EXPECT_EQ(resizeGray(in, 11, 7, 11, 7), in);
}

TEST(Letterbox, PadsBelowFirst) {
  const Bytes row = {255, 0, 10, 191, 25, 70, 64, 75, 190, 0, 100, 250};
  Bytes out = row;
  out.insert(out.end(), row.begin(), row.end());
  out.insert(out.end(), 12, 114);
  for (bool bgr : {false, true}) {
    Letterboxed got = letterbox({255, 0, 10, 0, 100, 250}, 2, 1, 4, 3, bgr);
    EXPECT_EQ(got.rgb, out) << (bgr ? "BGR" : "RGB");
    EXPECT_EQ(got.placement.scale, 2.0f);
  }
}

uint32_t crc32(const Bytes &bytes) {
  uint32_t crc = ~0u;
  for (uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

TEST(Letterbox, LargePictures) {
  struct {
    int w, h, width, height, newWidth, newHeight, left, top;
    uint32_t crc;
  } const pictures[] = {
      {810, 1080, 640, 640, 480, 640, 80, 0, 0x567b69cd},  {810, 1080, 480, 640, 480, 640, 0, 0, 0x2222de2d},
      {1280, 720, 640, 384, 640, 360, 0, 12, 0x95f8afc1},  {427, 640, 640, 640, 427, 640, 106, 0, 0x4be215e4},
      {1280, 325, 640, 640, 640, 162, 0, 239, 0x0b23d330}, {1280, 327, 640, 640, 640, 164, 0, 238, 0x4597df12},
      {97, 61, 640, 640, 640, 402, 0, 119, 0xc066d052},    {333, 500, 256, 320, 213, 320, 21, 0, 0x08855a18}};
  for (const auto &picture : pictures) {
    SCOPED_TRACE(testing::Message() << picture.w << "x" << picture.h << " -> " << picture.width << "x"
                                    << picture.height);
    Bytes pixels;
    for (int y = 0; y < picture.h; ++y)
      for (int x = 0; x < picture.w; ++x)
        for (int c = 0; c < 3; ++c)
          pixels.push_back((x * x + 3 * y * y + x * y + 85 * c) & 255);
    for (bool bgr : {false, true}) {
      Letterboxed got = letterbox(pixels, picture.w, picture.h, picture.width, picture.height, bgr, bgr ? 5 : 0);
      EXPECT_EQ(got.placement.width, picture.newWidth);
      EXPECT_EQ(got.placement.height, picture.newHeight);
      EXPECT_EQ(got.placement.left, picture.left);
      EXPECT_EQ(got.placement.top, picture.top);
      EXPECT_EQ(crc32(got.rgb), picture.crc);
    }
  }
}

// --- The definition once more, in the host's double, one output byte at a time.

struct Tap {
  int first, w0, w1;
};

Tap tapOf(int i, int oldSize, int newSize) {
  const double scale = 1.0 / (static_cast<double>(newSize) / oldSize);
  float f = static_cast<float>((i + 0.5) * scale - 0.5);
  int s = static_cast<int>(std::floor(f));
  f = f - static_cast<float>(s);
  return {s, static_cast<int>(std::lrintf((1.0f - f) * 2048.0f)), static_cast<int>(std::lrintf(f * 2048.0f))};
}

uint8_t resized(const Bytes &rgb, int w, int h, int newWidth, int newHeight, int x, int y, int c) {
  Tap across = tapOf(x, w, newWidth), down = tapOf(y, h, newHeight);
  auto line = [&](int row) {
    row = std::min(std::max(row, 0), h - 1);
    auto in = [&](int column) { return static_cast<int>(rgb[(static_cast<size_t>(row) * w + column) * 3 + c]); };
    if (across.first < 0)
      return 2048 * in(0);
    if (across.first >= w - 1)
      return 2048 * in(w - 1);
    return across.w0 * in(across.first) + across.w1 * in(across.first + 1);
  };
  int above = line(down.first) >> 4, below = line(down.first + 1) >> 4;
  return static_cast<uint8_t>((((down.w0 * above) >> 16) + ((down.w1 * below) >> 16) + 2) >> 2);
}

void compare(int w, int h, int width, int height, std::mt19937 &random) {
  SCOPED_TRACE(testing::Message() << w << "x" << h << " -> " << width << "x" << height);
  Bytes pixels(static_cast<size_t>(w) * h * 3);
  for (uint8_t &byte : pixels)
    byte = random() % 4 ? random() : 255 * (random() & 1);
  Letterboxed got = letterbox(pixels, w, h, width, height);
  const double r = std::min(static_cast<double>(height) / h, static_cast<double>(width) / w);
  const int newWidth = static_cast<int>(std::nearbyint(w * r)), newHeight = static_cast<int>(std::nearbyint(h * r));
  const int left = static_cast<int>(std::nearbyint((width - newWidth) / 2.0 - 0.1));
  const int top = static_cast<int>(std::nearbyint((height - newHeight) / 2.0 - 0.1));
  ASSERT_EQ(got.placement.width, newWidth);
  ASSERT_EQ(got.placement.height, newHeight);
  ASSERT_EQ(got.placement.left, left);
  ASSERT_EQ(got.placement.top, top);
  ASSERT_EQ(got.placement.scale, static_cast<float>(r));
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c) {
        bool inside = x >= left && x < left + newWidth && y >= top && y < top + newHeight;
        int expected = inside ? resized(pixels, w, h, newWidth, newHeight, x - left, y - top, c) : 114;
        ASSERT_EQ(got.rgb[(static_cast<size_t>(y) * width + x) * 3 + c], expected) << x << "," << y << " channel " << c;
      }
}

TEST(Letterbox, IsItsDefinition) {
  std::mt19937 random(3);
  for (int i = 0; i < 1500; ++i) {
    int limit = i % 4 ? 40 : 150;
    int w = 1 + random() % limit, h = 1 + random() % limit, width = 1 + random() % limit, height = 1 + random() % limit;
    mnv3_placement placement;
    if (mnv3_place(w, h, width, height, &placement))
      compare(w, h, width, height, random);
    if (HasFatalFailure())
      return;
  }
}

TEST(Letterbox, IsItsDefinitionOnLongSides) {
  std::mt19937 random(4);
  // 4099 -> 2048: positions halfway between two floats, which only double arithmetic decides.
  for (int w : {4099, 5003, 6001, 8191, 3000, 2049})
    compare(w, 2 + random() % 5, 2048, 4, random);
  for (int h : {4099, 5003, 8191})
    compare(3, h, 4, 2048, random);
  compare(1, 1, 640, 640, random);
  compare(1, 700, 640, 640, random);
  compare(20000, 30, 640, 32, random);
}

// What a stem asks for: rows that begin above the image and end below it, that overlap, leave some out, and go back.
TEST(Letterbox, MakesTheSameRowsInAnyOrder) {
  const int width = 24, height = 20, bandRows = 6;
  Bytes frame(31 * 17 * 3);
  std::mt19937 random(3);
  for (uint8_t &byte : frame)
    byte = random();
  const mnv3_image image = {{frame.data(), nullptr}, {31 * 3, 0}, 31, 17, MNV3_RGB8};
  mnv3_placement placement;
  ASSERT_TRUE(mnv3_place(image.width, image.height, width, height, &placement));
  const std::vector<float> whole = imageOf(image, placement, width, height, height);
  std::vector<float> band(3 * width * bandRows);
  std::vector<int32_t> scratch(mnv3_lines_bytes(width) / 4);
  mnv3_letterbox box;
  mnv3_letterbox_begin(&box, &image, &placement, width, height, scratch.data(), band.data(), bandRows);
  const std::pair<int, int> wanted[] = {{-1, 4}, {3, 8}, {7, 12}, {7, 9}, {8, 13}, {16, 22}, {15, 20}, {0, 6}, {2, 2}, {1, 7}};
  for (auto [first, end] : wanted) {
    const float *rows = mnv3_letterbox_rows(&box, first, end);
    for (int plane = 0; plane < 3; ++plane)
      for (int i = std::max(first, 0) * width; i < std::min(end, height) * width; ++i)
        ASSERT_EQ(rows[plane * bandRows * width + i], whole[plane * height * width + i]) << first << " to " << end << ", float " << i;
  }
}

// --- Other formats: the same as an RGB frame that plain code, in the definition's own terms, has converted pixel by pixel.

int floorOf(double value) { return static_cast<int>(std::floor(value)); }

void convert(int y, int u, int v, uint8_t *rgb) {
  const double c = 298.0 * (y - 16) + 128;
  const int values[] = {floorOf((c + 409.0 * (v - 128)) / 256), floorOf((c - 100.0 * (u - 128) - 208.0 * (v - 128)) / 256),
                        floorOf((c + 516.0 * (u - 128)) / 256)};
  for (int i = 0; i < 3; ++i)
    rgb[i] = static_cast<uint8_t>(std::clamp(values[i], 0, 255));
}

std::vector<float> imageOf(const mnv3_image &frame, int width, int height) {
  mnv3_placement placement;
  EXPECT_TRUE(mnv3_place(frame.width, frame.height, width, height, &placement));
  return imageOf(frame, placement, width, height, 3);
}

TEST(Letterbox, ConvertsBeforeItResizes) {
  std::mt19937 random(5);
  for (int round = 0; round < 400; ++round) {
    const int w = 1 + random() % 40, h = 1 + random() % 40, width = 1 + random() % 40, height = 1 + random() % 40;
    const int pairs = (w + 1) / 2, halves = (h + 1) / 2, padding = random() % 5;
    mnv3_placement placement;
    if (!mnv3_place(w, h, width, height, &placement))
      continue;
    SCOPED_TRACE(testing::Message() << w << "x" << h << " -> " << width << "x" << height);
    auto noise = [&](size_t count) {
      Bytes bytes(count);
      for (uint8_t &byte : bytes)
        byte = random() % 3 ? random() : 255 * (random() & 1);
      return bytes;
    };
    // Exactly as many bytes as a frame has: sanitizers watch both ends.
    const int yuyvRow = 4 * pairs + padding, greyRow = w + padding, chromaRow = 2 * pairs + padding;
    const Bytes yuyv = noise(static_cast<size_t>(yuyvRow) * h - padding), grey = noise(static_cast<size_t>(greyRow) * h - padding);
    const Bytes chroma = noise(static_cast<size_t>(chromaRow) * halves - padding);
    Bytes fromYuyv(3 * w * h), fromNv12(3 * w * h), fromGrey(3 * w * h);
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x) {
        uint8_t *pixel = &fromYuyv[3 * (y * w + x)];
        const uint8_t *pair = &yuyv[y * yuyvRow + 4 * (x / 2)], *block = &chroma[y / 2 * chromaRow + 2 * (x / 2)];
        convert(pair[x % 2 * 2], pair[1], pair[3], pixel);
        convert(grey[y * greyRow + x], block[0], block[1], &fromNv12[3 * (y * w + x)]);
        std::fill_n(&fromGrey[3 * (y * w + x)], 3, grey[y * greyRow + x]);
      }
    auto expected = [&](const Bytes &rgb) { return imageOf({{rgb.data(), nullptr}, {3 * w, 0}, w, h, MNV3_RGB8}, width, height); };
    ASSERT_EQ(imageOf({{yuyv.data(), nullptr}, {yuyvRow, 0}, w, h, MNV3_YUYV}, width, height), expected(fromYuyv));
    ASSERT_EQ(imageOf({{grey.data(), chroma.data()}, {greyRow, chromaRow}, w, h, MNV3_NV12}, width, height), expected(fromNv12));
    ASSERT_EQ(imageOf({{grey.data(), nullptr}, {greyRow, 0}, w, h, MNV3_GRAY8}, width, height), expected(fromGrey));
  }
}

TEST(Letterbox, KnowsTheColoursOfBt601) {
  struct {
    uint8_t y, u, v, rgb[3];
  } const colours[] = {{16, 128, 128, {0, 0, 0}},    {235, 128, 128, {255, 255, 255}}, {81, 90, 240, {255, 0, 0}},
                       {145, 54, 34, {0, 255, 1}},   {41, 240, 110, {0, 0, 255}},      {126, 128, 128, {128, 128, 128}},
                       {0, 128, 128, {0, 0, 0}},     {255, 255, 255, {255, 125, 255}}};
  for (const auto &each : colours) {
    const uint8_t pixels[] = {each.y, each.u, each.y, each.v};
    std::vector<float> image = imageOf({{pixels, nullptr}, {4, 0}, 2, 1, MNV3_YUYV}, 2, 1);
    for (int c = 0; c < 3; ++c)
      EXPECT_EQ(std::lrint(image[2 * c] * 255.0f), each.rgb[c]) << int(each.y) << " " << int(each.u) << " " << int(each.v) << " channel " << c;
  }
}

TEST(Letterbox, RefusesAFrameThatVanishes) {
  mnv3_placement placement;
  EXPECT_FALSE(mnv3_place(65536, 1, 640, 640, &placement));
  EXPECT_FALSE(mnv3_place(1, 1281, 640, 640, &placement));
  EXPECT_FALSE(mnv3_place(1, 1280, 640, 640, &placement)); // 0.5: to even
  EXPECT_TRUE(mnv3_place(1, 1279, 640, 640, &placement));
}

} // namespace
