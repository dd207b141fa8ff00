// Pictures in and out. Bytes matter: a grey level more or less moves boxes.
#include "Picture.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

// After <cstdio>, which it needs and does not include.
#include <jpeglib.h>
#include <png.h>

namespace detect {
namespace {

Picture gradient(int width, int height) {
  Picture picture(width, height);
  for (size_t i = 0; i < picture.rgb.size(); ++i)
    picture.rgb[i] = static_cast<uint8_t>(i * 37 + i / 11);
  return picture;
}

unsigned crc(const Picture &picture) { return crc32(0, picture.rgb.data(), static_cast<unsigned>(picture.rgb.size())); }

std::string writeBytes(const std::string &name, const std::string &bytes) {
  std::string path = testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::string errorOfReading(const std::string &path) {
  try {
    readPicture(path);
  } catch (const std::runtime_error &error) {
    return error.what();
  }
  return "no error";
}

// A PNG of any kind that libpng writes: rows of bytes as `format` packs them.
std::string pngOf(uint32_t format, int width, int height, const std::vector<uint8_t> &bytes, const std::vector<uint8_t> &colors = {}) {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = format;
  image.colormap_entries = static_cast<uint32_t>(colors.size() / 3);
  std::string path = testing::TempDir() + "written.png";
  EXPECT_TRUE(png_image_write_to_file(&image, path.c_str(), 0, bytes.data(), 0, colors.empty() ? nullptr : colors.data())) << image.message;
  return path;
}

std::string jpegOf(int width, int height, int components, const std::vector<uint8_t> &bytes) {
  jpeg_compress_struct jpeg = {};
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char *out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &out, &size);
  jpeg.image_width = width;
  jpeg.image_height = height;
  jpeg.input_components = components;
  jpeg.in_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  for (int y = 0; y < height; ++y) {
    auto *row = const_cast<JSAMPROW>(bytes.data() + static_cast<size_t>(y) * width * components);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string result(reinterpret_cast<char *>(out), size);
  std::free(out);
  return result;
}

TEST(Picture, roundTripsThroughPngAndPpm) {
  for (int width : {1, 7, 64})
    for (const char *ending : {".png", ".ppm"}) {
      Picture picture = gradient(width, 5);
      std::string path = testing::TempDir() + "picture" + ending;
      writePicture(path, picture);
      Picture read = readPicture(path);
      EXPECT_EQ(read.width, width);
      EXPECT_EQ(read.height, 5);
      EXPECT_EQ(read.rgb, picture.rgb) << path;
    }
}

TEST(Picture, greyAndPaletteBecomeColour) {
  EXPECT_EQ(readPicture(pngOf(PNG_FORMAT_GRAY, 3, 1, {0, 100, 255})).rgb, (std::vector<uint8_t>{0, 0, 0, 100, 100, 100, 255, 255, 255}));
  EXPECT_EQ(readPicture(pngOf(PNG_FORMAT_RGB_COLORMAP, 3, 1, {1, 0, 1}, {1, 2, 3, 40, 50, 60})).rgb,
            (std::vector<uint8_t>{40, 50, 60, 1, 2, 3, 40, 50, 60}));
}

TEST(Picture, alphaIsDroppedNotBlended) {
  EXPECT_EQ(readPicture(pngOf(PNG_FORMAT_RGBA, 2, 1, {10, 20, 30, 0, 40, 50, 60, 128})).rgb, (std::vector<uint8_t>{10, 20, 30, 40, 50, 60}));
}

TEST(Picture, greyJpegBecomesColour) {
  Picture read = readPicture(writeBytes("grey.jpg", jpegOf(8, 8, 1, std::vector<uint8_t>(64, 77))));
  EXPECT_EQ(read.rgb, std::vector<uint8_t>(192, 77)); // a flat block survives exactly
}

// crc32 of the bytes that Pillow gives for the same files.
TEST(Picture, bytesAreThoseOfOtherPrograms) {
  EXPECT_EQ(crc(readPicture(MODELS "/sorting/demo/wood.png")), 0xf5ff348eu);
  const char *set = std::getenv("MNV3_SHARED");
  std::string real = std::string(set ? set : SHARED) + "/real/";
  if (!std::filesystem::exists(real))
    GTEST_SKIP() << "no pictures at " << real;
  EXPECT_EQ(crc(readPicture(real + "bus.jpg")), 0x1f1b90d6u);
  EXPECT_EQ(crc(readPicture(real + "images/000000000086.jpg")), 0x67217af8u); // a grey one
}

TEST(Picture, saysWhatIsWrong) {
  EXPECT_EQ(errorOfReading("/no/such/file"), "cannot read '/no/such/file': No such file or directory");
  EXPECT_NE(errorOfReading(writeBytes("a.png", "<html>")).find("neither PNG, JPEG nor binary PPM"), std::string::npos);
  EXPECT_NE(errorOfReading(writeBytes("empty.png", "")).find("neither PNG, JPEG nor binary PPM"), std::string::npos);
  EXPECT_NE(errorOfReading(writeBytes("cmyk.jpg", jpegOf(8, 8, 4, std::vector<uint8_t>(256, 9)))).find("JPEG: Unsupported color"),
            std::string::npos);
}

// No prefix of a file may be taken for the whole, and none may crash.
TEST(Picture, refusesEveryFileThatEndsEarly) {
  Picture picture = gradient(9, 9);
  std::string jpeg = jpegOf(9, 9, 3, picture.rgb);
  std::string png = encodePng(picture), ppm = encodePpm(picture);
  for (const std::string &whole : {png, jpeg, ppm})
    for (size_t size = 0; size < whole.size(); ++size)
      ASSERT_NE(errorOfReading(writeBytes("cut", whole.substr(0, size))), "no error") << size << " of " << whole.size();
}

TEST(Picture, refusesOddPpm) {
  EXPECT_NE(errorOfReading(writeBytes("a.ppm", "P6 2 2 65535\n")).find("65535 levels"), std::string::npos);
  EXPECT_NE(errorOfReading(writeBytes("b.ppm", "P6 0 2 255\n")).find("empty or too large"), std::string::npos);
  EXPECT_NE(errorOfReading(writeBytes("c.ppm", "P6 99999 99999 255\n")).find("empty or too large"), std::string::npos);
  EXPECT_NE(errorOfReading(writeBytes("d.ppm", "P6 two 2 255\n")).find("damaged PPM header"), std::string::npos);
  EXPECT_EQ(readPicture(writeBytes("e.ppm", "P6 # made by hand\n1\t1\n255\nabc")).rgb, (std::vector<uint8_t>{'a', 'b', 'c'}));
}

TEST(Picture, writesOnlyWhatItsNameSays) {
  EXPECT_THROW(writePicture(testing::TempDir() + "a.gif", gradient(2, 2)), std::runtime_error);
  EXPECT_THROW(writePicture("/no/such/folder/a.png", gradient(2, 2)), std::runtime_error);
  EXPECT_FALSE(std::filesystem::exists(testing::TempDir() + "a.gif"));
}

} // namespace
} // namespace detect
