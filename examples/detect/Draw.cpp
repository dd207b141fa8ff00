#include "Draw.h"

#include "Font.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace detect {
namespace {

using Color = std::array<uint8_t, 3>;

// Colours that white letters can be read on; classes take turns.
constexpr Color colors[] = {{214, 39, 40},  {31, 119, 180}, {44, 130, 44},  {148, 74, 189},
                            {196, 96, 12},  {23, 130, 140}, {190, 60, 150}, {110, 90, 20}};
constexpr Color white = {255, 255, 255};

// Fills x1 <= x < x2, y1 <= y < y2, as far as it lies in the picture.
void fill(Picture &picture, int x1, int y1, int x2, int y2, const Color &color) {
  x1 = std::max(x1, 0), y1 = std::max(y1, 0);
  x2 = std::min(x2, picture.width), y2 = std::min(y2, picture.height);
  for (int y = y1; y < y2; ++y)
    for (int x = x1; x < x2; ++x)
      std::copy(color.begin(), color.end(), picture.at(x, y));
}

void drawFrame(Picture &picture, int x1, int y1, int x2, int y2, int line, const Color &color) {
  fill(picture, x1, y1, x2, y1 + line, color);
  fill(picture, x1, y2 - line, x2, y2, color);
  fill(picture, x1, y1, x1 + line, y2, color);
  fill(picture, x2 - line, y1, x2, y2, color);
}

void drawText(Picture &picture, int x, int y, const std::string &text, int scale, const Color &color) {
  for (char c : text) {
    for (int row = 0; row < fontHeight; ++row)
      for (int column = 0; column < fontWidth; ++column)
        if (isInk(c, column, row))
          fill(picture, x + column * scale, y + row * scale, x + (column + 1) * scale, y + (row + 1) * scale, color);
    x += (fontWidth + 1) * scale;
  }
}

// A strip above the box, or inside it where there is no room above; never beyond the picture's sides.
void drawLabel(Picture &picture, int x, int y, const std::string &text, int scale, const Color &color) {
  int width = (static_cast<int>(text.size()) * (fontWidth + 1) + 1) * scale, height = (fontHeight + 2) * scale;
  x = std::max(0, std::min(x, picture.width - width));
  y = y >= height ? y - height : y;
  fill(picture, x, y, x + width, y + height, color);
  drawText(picture, x + scale, y + scale, text, scale, white);
}

} // namespace

void drawDetections(Picture &picture, const std::vector<Detection> &detections) {
  // Lines and letters grow with the picture: 2 pixels at 640 x 480.
  int scale = std::max(1, static_cast<int>(std::lround(std::min(picture.width, picture.height) / 240.)));
  // The best one last, so that it lies on top.
  for (auto found = detections.rbegin(); found != detections.rend(); ++found) {
    const Color &color = colors[found->classId % std::size(colors)];
    int x1 = static_cast<int>(std::lround(found->x1)), y1 = static_cast<int>(std::lround(found->y1));
    int x2 = static_cast<int>(std::lround(found->x2)), y2 = static_cast<int>(std::lround(found->y2));
    char score[8];
    std::snprintf(score, sizeof score, " %.2f", found->score);
    drawFrame(picture, x1, y1, x2, y2, scale, color);
    drawLabel(picture, x1, y1, found->className + score, scale, color);
  }
}

} // namespace detect
