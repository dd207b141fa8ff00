// to-ppm: a picture as binary PPM, for programs without image libraries, such as detect on a small board.
#include "Picture.h"

#include <cstdio>
#include <exception>

int main(int argc, char **argv) {
  if (argc != 3) {
    std::fputs("usage: to-ppm PICTURE OUTPUT.ppm\n", stderr);
    return 1;
  }
  try {
    detect::writePicture(argv[2], detect::readPicture(argv[1]));
    return 0;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "to-ppm: error: %s\n", error.what());
    return 1;
  }
}
