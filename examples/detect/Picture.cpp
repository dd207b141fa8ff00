#include "Picture.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace detect {
namespace {

using File = std::unique_ptr<FILE, int (*)(FILE *)>;

bool startsWith(const std::string &text, const std::string &start) { return text.compare(0, start.size(), start) == 0; }

bool endsWith(const std::string &text, const std::string &end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

[[noreturn]] void fail(const std::string &what, const std::string &path, const std::string &why) {
  throw std::runtime_error(what + " '" + path + "': " + why);
}

std::string readFile(const std::string &path) {
  File file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file)
    fail("cannot read", path, std::strerror(errno));
  std::string bytes;
  char buffer[1 << 16];
  while (size_t count = std::fread(buffer, 1, sizeof buffer, file.get()))
    bytes.append(buffer, count);
  if (std::ferror(file.get()))
    fail("cannot read", path, std::strerror(errno));
  return bytes;
}

Picture decode(const std::string &bytes) {
  if (startsWith(bytes, "P6"))
    return decodePpm(bytes);
  bool png = startsWith(bytes, "\x89PNG"), jpeg = startsWith(bytes, "\xff\xd8");
#ifdef DETECT_IMAGE_LIBRARIES
  if (png)
    return decodePng(bytes);
  if (jpeg)
    return decodeJpeg(bytes);
  throw std::runtime_error("neither PNG, JPEG nor binary PPM (P6)");
#else
  throw std::runtime_error(png || jpeg ? "this program was built without PNG and JPEG: give it a binary PPM (P6)" : "no binary PPM (P6)");
#endif
}

std::string encode(const std::string &path, const Picture &picture) {
  if (endsWith(path, ".ppm"))
    return encodePpm(picture);
#ifdef DETECT_IMAGE_LIBRARIES
  if (endsWith(path, ".png"))
    return encodePng(picture);
  throw std::runtime_error("its name should end in .png or .ppm");
#else
  throw std::runtime_error("its name should end in .ppm");
#endif
}

} // namespace

Picture::Picture(int width, int height) : width(width), height(height) {
  // What det_detect takes, and a limit that keeps a damaged file from asking for all memory.
  if (width < 1 || height < 1 || width > 65536 || height > 65536 || static_cast<int64_t>(width) * height > (1 << 28))
    throw std::runtime_error("a picture of " + std::to_string(width) + " x " + std::to_string(height) + " pixels is empty or too large");
  rgb.resize(static_cast<size_t>(width) * height * 3);
}

Picture readPicture(const std::string &path) {
  std::string bytes = readFile(path);
  try {
    return decode(bytes);
  } catch (const std::runtime_error &error) {
    fail("cannot read", path, error.what());
  }
}

void writePicture(const std::string &path, const Picture &picture) {
  std::string bytes;
  try {
    bytes = encode(path, picture);
  } catch (const std::runtime_error &error) {
    fail("cannot write", path, error.what());
  }
  File file(std::fopen(path.c_str(), "wb"), std::fclose);
  if (!file)
    fail("cannot write", path, std::strerror(errno));
  bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
  if (std::fclose(file.release()) != 0 || !written) {
    std::string why = std::strerror(errno);
    std::remove(path.c_str());
    fail("cannot write", path, why);
  }
}

} // namespace detect
