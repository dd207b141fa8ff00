// JPEG by libjpeg with its defaults (exact integer DCT, smooth chroma upsampling), so that the bytes are those that most
// programs get.
#include "Picture.h"

#include <cstddef>
#include <cstdio>

#include <jerror.h>
#include <jpeglib.h>

#include <csetjmp>
#include <stdexcept>

namespace detect {
namespace {

// libjpeg reports errors by longjmp, so everything with a destructor lives outside the functions that call setjmp.
struct Errors {
  jpeg_error_mgr base; // first: libjpeg knows only this part
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
};

void onError(j_common_ptr jpeg) {
  auto *errors = reinterpret_cast<Errors *>(jpeg->err);
  errors->base.format_message(jpeg, errors->message);
  std::longjmp(errors->back, 1);
}

// libjpeg fills up a file that ends early with grey and only warns; boxes found in that would mislead.
void onMessage(j_common_ptr jpeg, int level) {
  if (level < 0 && jpeg->err->msg_code == JWRN_JPEG_EOF)
    onError(jpeg);
}

struct Reader {
  Reader() {
    jpeg.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = onError;
    errors.base.emit_message = onMessage;
  }
  ~Reader() { jpeg_destroy_decompress(&jpeg); }
  jpeg_decompress_struct jpeg = {};
  Errors errors;
};

bool start(Reader &reader, const unsigned char *bytes, unsigned long count) {
  if (setjmp(reader.errors.back))
    return false;
  jpeg_create_decompress(&reader.jpeg);
  jpeg_mem_src(&reader.jpeg, bytes, count);
  jpeg_read_header(&reader.jpeg, TRUE);
  reader.jpeg.out_color_space = JCS_RGB; // from YCbCr, RGB and grey; libjpeg refuses four inks
  jpeg_start_decompress(&reader.jpeg);
  return true;
}

bool readRows(Reader &reader, Picture *picture) {
  if (setjmp(reader.errors.back))
    return false;
  while (reader.jpeg.output_scanline < reader.jpeg.output_height) {
    JSAMPROW row = picture->at(0, static_cast<int>(reader.jpeg.output_scanline));
    jpeg_read_scanlines(&reader.jpeg, &row, 1);
  }
  jpeg_finish_decompress(&reader.jpeg);
  return true;
}

} // namespace

Picture decodeJpeg(const std::string &bytes) {
  Reader reader;
  if (!start(reader, reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size()))
    throw std::runtime_error(std::string("damaged or unusual JPEG: ") + reader.errors.message);
  Picture picture(static_cast<int>(reader.jpeg.output_width), static_cast<int>(reader.jpeg.output_height));
  if (!readRows(reader, &picture))
    throw std::runtime_error(std::string("damaged JPEG: ") + reader.errors.message);
  return picture;
}

} // namespace detect
