// Operands as Halide sees them: shapes, strides and alignments are constants of the kernel.
#pragma once

#include "codegen/Kernels/Kernel.h"
#include "codegen/Schedules/Machine.h"

#include <Halide.h>

#include <string>
#include <vector>

namespace mnv3::codegen {

inline int roundUp(int a, int b) { return ceilDiv(a, b) * b; }

struct Dimension {
  Halide::Expr extent;
  Halide::Expr stride; // floats
  Halide::Expr first = 0; // coordinate, which lies where the pointer points
};

// Fixes the dimensions of an operand, innermost first; `alignment` is that of its first float, in bytes.
void fix(Halide::OutputImageParam buffer, const std::vector<Dimension> &dimensions, int alignment);

// Dense weights with these extents, innermost first, 64-byte aligned.
Halide::ImageParam denseWeights(const std::string &name, const std::vector<int> &extents);

// A picture (channel, x, y). `channels` is how many lanes of a pixel the kernel touches.
Halide::ImageParam pictureParam(const std::string &name, const Picture &picture, int channels, int width, int height);
void fixPicture(Halide::Func result, const Picture &picture, int channels, Halide::Expr width, Halide::Expr height);

// Lanes of a vector in a kernel that passes over these pictures together: a vector must not reach beyond a pixel, and a
// picture of 8 channels may be narrower than the kernel's output, which may be a slice.
int commonLanes(const KernelTarget &target, const std::vector<Picture> &pictures);

// Floats from a picture's first row to the strip's, where each row of the output takes `rowsPerRow` of the picture's.
inline Halide::Expr toStrip(const Strip &strip, const Picture &picture, int rowsPerRow = 1) {
  return strip.first * (picture.rowStride * rowsPerRow);
}

struct Share {
  Halide::Expr first, count;
};

// What a call does of a step with so many equal parts: nothing if it is there for another step.
Share shareOf(Halide::Expr parts, int step, const Strip &strip);

// The part of a kernel that makes its share of a picture of one pixel: of result(c, x, y) so many tiles of `tile` channels.
Part partOfPixel(Halide::Func result, const Share &tiles, int tile, int vector);

// No gap between a picture's rows, so that it is one long row.
inline bool rowsAreDense(const Picture &picture, int width) { return picture.rowStride == width * picture.pixelStride; }

} // namespace mnv3::codegen
