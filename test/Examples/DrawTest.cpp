// Drawing: what lies outside the picture is left out, never written.
#include "Draw.h"
#include "Font.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace detect {
namespace {

Detection box(float x1, float y1, float x2, float y2) { return {0, "can", .5f, x1, y1, x2, y2}; }

bool isBlack(const Picture &picture, int x, int y) { return picture.at(x, y)[0] + picture.at(x, y)[1] + picture.at(x, y)[2] == 0; }

TEST(Draw, framesTheBoxAndLeavesItsInside) {
  Picture picture(240, 240); // one pixel a line
  drawDetections(picture, {box(50, 60, 150, 160)});
  for (int x : {50, 100, 149})
    for (int y : {60, 159})
      EXPECT_FALSE(isBlack(picture, x, y)) << x << " " << y;
  EXPECT_FALSE(isBlack(picture, 50, 100));
  EXPECT_FALSE(isBlack(picture, 149, 100));
  EXPECT_TRUE(isBlack(picture, 100, 110));
  EXPECT_TRUE(isBlack(picture, 49, 100));
  EXPECT_TRUE(isBlack(picture, 150, 100));
  EXPECT_TRUE(isBlack(picture, 100, 160));
}

TEST(Draw, namesTheBoxAboveItOrInsideAtTheTop) {
  Picture above(240, 240), inside(240, 240);
  drawDetections(above, {box(50, 60, 150, 160)});
  EXPECT_FALSE(isBlack(above, 52, 55));
  drawDetections(inside, {box(50, 2, 150, 160)});
  EXPECT_FALSE(isBlack(inside, 52, 6));
}

TEST(Draw, clipsToThePicture) {
  for (int size : {1, 3, 30, 500}) { // the sanitizers see a byte too far
    Picture picture(size, size);
    drawDetections(picture, {box(-50, -50, size + 50.f, size + 50.f), box(size - 1.f, size - 1.f, size + 9.f, size + 9.f), box(0, 0, 0, 0)});
  }
}

TEST(Font, lettersDifferAndSmallOnesAreCapitals) {
  auto dots = [](char c) {
    std::string text;
    for (int row = 0; row < fontHeight; ++row)
      for (int column = 0; column < fontWidth; ++column)
        text += isInk(c, column, row) ? '#' : '.';
    return text;
  };
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:-_+/()%&'";
  std::set<std::string> seen;
  for (char c : letters)
    EXPECT_TRUE(seen.insert(dots(c)).second) << c << " looks like another letter";
  EXPECT_EQ(dots('q'), dots('Q'));
  EXPECT_EQ(dots(' ').find('#'), std::string::npos);
  EXPECT_EQ(dots('\x80'), std::string(fontWidth * fontHeight, '#')); // not in the font
  EXPECT_EQ(dots('\0'), std::string(fontWidth * fontHeight, '#'));
}

} // namespace
} // namespace detect
