// Kernels that only move floats between pixels and channels. A pixel's channels are cut into phases of `channels` floats,
// which need not be whole vectors: the widest vectors that fit are used, and the last one overlaps the one before it.
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"

namespace mnv3::codegen {

using namespace Halide;

namespace {

int vectorFor(int channels, const KernelTarget &target) {
  int vector = target.vectorWidth;
  while (vector > channels)
    vector /= 2;
  return vector;
}

// A picture whose pixel is (channel, phase).
std::vector<Dimension> inPhases(const Picture &picture, int phases, int width, int height) {
  const int channels = picture.channels / phases;
  return {{channels, 1}, {phases, channels}, {width, picture.pixelStride}, {height, picture.rowStride}};
}

} // namespace

Kernel makeSpaceToDepth(const KernelSpec &spec, const KernelTarget &target) {
  const int block = spec.factor, channels = spec.inputs[0].channels;
  ImageParam input = pictureParam("input", spec.inputs[0], channels, spec.inputWidth, spec.inputHeight);

  // Algorithm.
  Var c("c"), phase("phase"), x("x"), y("y");
  Func result("result");
  result(c, phase, x, y) = input(c, x * block + phase % block, y * block + phase / block);

  // Schedule.
  result.bound(c, 0, channels).bound(phase, 0, block * block).bound(x, 0, spec.width).bound(y, 0, spec.height);
  fix(result.output_buffer(), inPhases(spec.output, block * block, spec.width, spec.height), spec.output.alignment);
  result.vectorize(c, vectorFor(channels, target), TailStrategy::ShiftInwards);
  return {{input}, {{result}}};
}

Kernel makeDepthToSpace(const KernelSpec &spec, const KernelTarget &target) {
  const int channels = spec.output.channels, blockX = spec.strideX, blockY = spec.strideY;
  ImageParam input(Float(32), 4, "input");
  fix(input, inPhases(spec.inputs[0], blockX * blockY, spec.inputWidth, spec.inputHeight), spec.inputs[0].alignment);

  // Algorithm.
  Var c("c"), x("x"), y("y");
  Func result("result");
  Expr column = x + spec.padLeft, row = y + spec.padTop;
  result(c, x, y) = input(c, row % blockY * blockX + column % blockX, column / blockX, row / blockY);

  // Schedule.
  result.bound(c, 0, channels).bound(x, 0, spec.width).bound(y, 0, spec.height);
  fixPicture(result, spec.output, channels, spec.width, spec.height);
  result.vectorize(c, vectorFor(channels, target), TailStrategy::ShiftInwards);
  return {{input}, {{result}}};
}

Kernel makeInterleave(const KernelSpec &spec, const KernelTarget &target) {
  const int count = static_cast<int>(spec.inputs.size()), channels = spec.inputs[0].channels;
  Kernel kernel;
  std::vector<Expr> values;
  Var i("i"), c("c"), x("x"), y("y");
  for (int n = 0; n < count; ++n) {
    ImageParam input = pictureParam("input" + std::to_string(n), spec.inputs[n], channels, spec.width, spec.height);
    kernel.operands.push_back(input);
    values.push_back(input(c, x, y));
  }

  // Algorithm.
  Func result("result");
  result(i, c, x, y) = mux(i, values);

  // Schedule. The stores of the inputs' vectors, `count` floats apart, become stores of whole vectors.
  result.bound(i, 0, count).bound(c, 0, channels).bound(x, 0, spec.width).bound(y, 0, spec.height);
  fix(result.output_buffer(),
      {{count, 1}, {channels, count}, {spec.width, spec.output.pixelStride}, {spec.height, spec.output.rowStride}},
      spec.output.alignment);
  result.vectorize(c, vectorFor(channels, target), TailStrategy::ShiftInwards).unroll(i);
  kernel.parts = {{result}};
  return kernel;
}

} // namespace mnv3::codegen
