// Binary PPM: "P6", width, height, 255, then the bytes. The one format that needs no library.
#include "Picture.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace detect {
namespace {

// The next number of the header; '#' begins a comment that ends with its line.
int headerNumber(const std::string &bytes, size_t &at) {
  while (at < bytes.size() && (std::isspace(static_cast<unsigned char>(bytes[at])) || bytes[at] == '#')) {
    if (bytes[at] == '#')
      while (at < bytes.size() && bytes[at] != '\n')
        ++at;
    else
      ++at;
  }
  int number = 0, digits = 0;
  for (; at < bytes.size() && std::isdigit(static_cast<unsigned char>(bytes[at])) && digits < 7; ++at, ++digits)
    number = number * 10 + (bytes[at] - '0');
  if (!digits)
    throw std::runtime_error("damaged PPM header");
  return number;
}

} // namespace

Picture decodePpm(const std::string &bytes) {
  size_t at = 2;
  int width = headerNumber(bytes, at), height = headerNumber(bytes, at), largest = headerNumber(bytes, at);
  if (largest != 255)
    throw std::runtime_error("a PPM of " + std::to_string(largest) + " levels; 255 are read");
  ++at; // exactly one white space before the bytes
  Picture picture(width, height);
  if (at > bytes.size() || bytes.size() - at < picture.rgb.size())
    throw std::runtime_error("the PPM ends early");
  std::copy_n(bytes.begin() + at, picture.rgb.size(), picture.rgb.begin());
  return picture;
}

std::string encodePpm(const Picture &picture) {
  std::string bytes = "P6\n" + std::to_string(picture.width) + " " + std::to_string(picture.height) + "\n255\n";
  return bytes.append(picture.rgb.begin(), picture.rgb.end());
}

} // namespace detect
