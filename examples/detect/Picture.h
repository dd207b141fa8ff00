// A picture in memory, and how it gets there and back. All functions throw std::runtime_error with a message for the user.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace detect {

/// Rows of red, green, blue bytes, without gaps.
struct Picture {
  Picture() = default;
  Picture(int width, int height);

  uint8_t *at(int x, int y) { return rgb.data() + (static_cast<size_t>(y) * width + x) * 3; }
  const uint8_t *at(int x, int y) const { return const_cast<Picture *>(this)->at(x, y); }

  int width = 0, height = 0;
  std::vector<uint8_t> rgb;
};

/// Reads PNG, JPEG or binary PPM, told apart by the first bytes. Grey becomes equal red, green, blue; alpha is dropped;
/// an orientation tag is not obeyed.
Picture readPicture(const std::string &path);

/// Writes PNG or PPM, told apart by the path's ending.
void writePicture(const std::string &path, const Picture &picture);

// The formats, each in a file of its own. `bytes` is the whole file.
Picture decodePpm(const std::string &bytes);
std::string encodePpm(const Picture &picture);
#ifdef DETECT_IMAGE_LIBRARIES
Picture decodePng(const std::string &bytes);
std::string encodePng(const Picture &picture);
Picture decodeJpeg(const std::string &bytes);
#endif

} // namespace detect
