#include "codegen/Kernels/Operands.h"

#include <algorithm>

namespace mnv3::codegen {

void fix(Halide::OutputImageParam buffer, const std::vector<Dimension> &dimensions, int alignment) {
  for (size_t i = 0; i < dimensions.size(); ++i)
    buffer.dim(static_cast<int>(i)).set_bounds(dimensions[i].first, dimensions[i].extent).set_stride(dimensions[i].stride);
  buffer.set_host_alignment(alignment);
}

Halide::ImageParam denseWeights(const std::string &name, const std::vector<int> &extents) {
  Halide::ImageParam weights(Halide::Float(32), static_cast<int>(extents.size()), name);
  std::vector<Dimension> dimensions;
  int stride = 1;
  for (int extent : extents) {
    dimensions.push_back({extent, stride});
    stride *= extent;
  }
  fix(weights, dimensions, 64);
  return weights;
}

Halide::ImageParam pictureParam(const std::string &name, const Picture &picture, int channels, int width, int height) {
  Halide::ImageParam param(Halide::Float(32), 3, name);
  fix(param, {{channels, 1}, {width, picture.pixelStride}, {height, picture.rowStride}}, picture.alignment);
  return param;
}

void fixPicture(Halide::Func result, const Picture &picture, int channels, Halide::Expr width, Halide::Expr height) {
  fix(result.output_buffer(), {{channels, 1}, {width, picture.pixelStride}, {height, picture.rowStride}},
      picture.alignment);
}

int commonLanes(const KernelTarget &target, const std::vector<Picture> &pictures) {
  int lanes = target.vectorWidth;
  for (const Picture &picture : pictures)
    lanes = std::min(lanes, lanesOf(picture, target));
  return lanes;
}

Share shareOf(Halide::Expr parts, int step, const Strip &strip) {
  auto before = [&](Halide::Expr share) { return (share * parts) >> Halide::cast<uint32_t>(strip.shift); };
  const Halide::Expr first = before(strip.share);
  return {first, Halide::select(strip.step == step, before(strip.share + 1) - first, 0)};
}

Part partOfPixel(Halide::Func result, const Share &tiles, int tile, int vector) {
  const Halide::Expr first = tiles.first * tile, count = tiles.count * tile;
  const std::vector<Halide::Var> of = result.args();
  result.bound(of[0], first, count).bound(of[1], 0, 1).bound(of[2], 0, 1);
  fix(result.output_buffer(), {{count, 1, first}, {1, tile}, {1, tile}}, vector * static_cast<int>(sizeof(float)));
  return {result, first};
}

} // namespace mnv3::codegen
