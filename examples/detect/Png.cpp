// PNG by libpng. Values are taken as they stand: no gamma, no background under transparent pixels.
#include "Picture.h"

#include <png.h>

#include <cstring>
#include <stdexcept>

namespace detect {
namespace {

// What libpng's callbacks see. It reports errors by longjmp, so everything with a destructor lives outside the two
// functions that call setjmp.
struct Stream {
  const std::string *in = nullptr;
  std::string *out = nullptr;
  size_t at = 0;
  std::string error;
};

void onError(png_structp png, png_const_charp message) {
  static_cast<Stream *>(png_get_error_ptr(png))->error = message;
  png_longjmp(png, 1);
}

void onWarning(png_structp, png_const_charp) {}

void readBytes(png_structp png, png_bytep target, png_size_t count) {
  auto *stream = static_cast<Stream *>(png_get_io_ptr(png));
  if (stream->in->size() - stream->at < count)
    png_error(png, "the file ends early");
  std::memcpy(target, stream->in->data() + stream->at, count);
  stream->at += count;
}

void writeBytes(png_structp png, png_bytep source, png_size_t count) {
  static_cast<Stream *>(png_get_io_ptr(png))->out->append(reinterpret_cast<char *>(source), count);
}

void flush(png_structp) {}

bool readInfo(png_structp png, png_infop info, int &width, int &height) {
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_read_info(png, info);
  // Whatever the file holds, the rows come out as 8-bit red, green, blue.
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_strip_alpha(png);
  png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  width = static_cast<int>(png_get_image_width(png, info));
  height = static_cast<int>(png_get_image_height(png, info));
  if (png_get_rowbytes(png, info) != static_cast<size_t>(width) * 3)
    png_error(png, "rows are not red, green, blue");
  return true;
}

bool readRows(png_structp png, png_bytep *rows) {
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_read_image(png, rows);
  png_read_end(png, nullptr);
  return true;
}

bool writeAll(png_structp png, png_infop info, const Picture *picture, png_bytep *rows) {
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_set_IHDR(png, info, picture->width, picture->height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  png_write_image(png, rows);
  png_write_end(png, nullptr);
  return true;
}

std::vector<png_bytep> rowsOf(Picture &picture) {
  std::vector<png_bytep> rows(picture.height);
  for (int y = 0; y < picture.height; ++y)
    rows[y] = picture.at(0, y);
  return rows;
}

struct Reader {
  explicit Reader(Stream &stream) : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &stream, onError, onWarning)) {
    info = png ? png_create_info_struct(png) : nullptr;
    if (!info)
      throw std::runtime_error("libpng does not start");
    png_set_read_fn(png, &stream, readBytes);
  }
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  png_structp png;
  png_infop info;
};

struct Writer {
  explicit Writer(Stream &stream) : png(png_create_write_struct(PNG_LIBPNG_VER_STRING, &stream, onError, onWarning)) {
    info = png ? png_create_info_struct(png) : nullptr;
    if (!info)
      throw std::runtime_error("libpng does not start");
    png_set_write_fn(png, &stream, writeBytes, flush);
  }
  ~Writer() { png_destroy_write_struct(&png, &info); }
  png_structp png;
  png_infop info;
};

} // namespace

Picture decodePng(const std::string &bytes) {
  Stream stream;
  stream.in = &bytes;
  Reader reader(stream);
  int width = 0, height = 0;
  if (!readInfo(reader.png, reader.info, width, height))
    throw std::runtime_error("damaged PNG: " + stream.error);
  Picture picture(width, height);
  std::vector<png_bytep> rows = rowsOf(picture);
  if (!readRows(reader.png, rows.data()))
    throw std::runtime_error("damaged PNG: " + stream.error);
  return picture;
}

std::string encodePng(const Picture &picture) {
  std::string bytes;
  Stream stream;
  stream.out = &bytes;
  Writer writer(stream);
  std::vector<png_bytep> rows = rowsOf(const_cast<Picture &>(picture)); // libpng reads them only
  if (!writeAll(writer.png, writer.info, &picture, rows.data()))
    throw std::runtime_error("libpng: " + stream.error);
  return bytes;
}

} // namespace detect
