// Layer math as plain loops over doubles: what every kernel and every transform is judged by. Written to be read, not
// to be fast; shares no code with the compiler. What each function computes is said in dialects/NN/NNOps.td.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace mnv3::reference {

using Shape = std::vector<int64_t>;

// Values in double, so that two ways to compute the same thing differ by the rounding of their weights alone.
struct Tensor {
  Shape shape;
  std::vector<double> values;

  Tensor() = default;
  explicit Tensor(Shape shape);

  // One more axis than the tensor has is a mistake of the caller, and asserted.
  double &at(std::initializer_list<int64_t> place);
  double at(std::initializer_list<int64_t> place) const { return const_cast<Tensor *>(this)->at(place); }
};

using Function = std::function<double(double)>;

double relu(double x);
double relu6(double x);
double hardSigmoid(double x);
double hardSwish(double x);
double silu(double x);
Function leakyRelu(double slope);

Tensor map(Tensor x, const Function &function);

// y(lhs, rhs) element by element; an extent of 1 in rhs is repeated.
Tensor combine(const Tensor &lhs, const Tensor &rhs, const std::function<double(double, double)> &function);

// Pads are top, bottom, left, right.
struct Window {
  int64_t strideY = 1, strideX = 1, top = 0, left = 0, dilation = 1;
};

// Images 1 x H x W x C, filters O x H x W x (C / groups). `shape` is the result's.
Tensor convolve(const Tensor &x, const Tensor &filter, const Window &window, int64_t groups, Shape shape);
// Filters H x W x C.
Tensor convolveDepthwise(const Tensor &x, const Tensor &filter, const Window &window, Shape shape);
Tensor addBias(Tensor x, const Tensor &bias); // one value for each index of the last axis
Tensor batchNorm(Tensor x, const Tensor &scale, const Tensor &offset, const Tensor &mean, const Tensor &variance,
                 double epsilon);
Tensor globalAvgPool(const Tensor &x);
Tensor fullyConnected(const Tensor &x, const Tensor &weights);
Tensor maxPool(const Tensor &x, int64_t rows, int64_t columns, const Window &window, Shape shape);
Tensor upsample(const Tensor &x, int64_t factor);
Tensor concat(const std::vector<Tensor> &parts);
Tensor slice(const Tensor &x, int64_t first, int64_t count);
Tensor interleave(const std::vector<Tensor> &parts);
Tensor spaceToDepth(const Tensor &x, int64_t block);
Tensor depthToSpace(const Tensor &x, int64_t blockY, int64_t blockX, int64_t top, int64_t left, Shape shape);
Tensor attention(const Tensor &query, const Tensor &key, const Tensor &value, int64_t heads);
Tensor readPlanar(const Tensor &x);                    // 1 x C x H x W -> 1 x H x W x C
Tensor splitAnchors(const Tensor &x, int64_t anchors); // 1 x H x W x (A F) -> A x H x W x F

} // namespace mnv3::reference
