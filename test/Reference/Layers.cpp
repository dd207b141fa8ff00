#include "Layers.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace mnv3::reference {

Tensor::Tensor(Shape extents) : shape(std::move(extents)) {
  values.resize(std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<>()));
}

double &Tensor::at(std::initializer_list<int64_t> place) {
  assert(place.size() == shape.size());
  int64_t index = 0;
  auto extent = shape.begin();
  for (int64_t p : place) {
    assert(p >= 0 && p < *extent);
    index = index * *extent++ + p;
  }
  return values[index];
}

// ---------------------------------------------------------------- element by element

double relu(double x) { return std::max(x, 0.0); }
double relu6(double x) { return std::min(std::max(x, 0.0), 6.0); }
double hardSigmoid(double x) { return relu6(x + 3) / 6; }
double hardSwish(double x) { return x * relu6(x + 3) / 6; }
double silu(double x) { return x / (1 + std::exp(-x)); }
Function leakyRelu(double slope) {
  return [slope](double x) { return x > 0 ? x : slope * x; };
}

Tensor map(Tensor x, const Function &function) {
  std::transform(x.values.begin(), x.values.end(), x.values.begin(), function);
  return x;
}

Tensor combine(const Tensor &lhs, const Tensor &rhs, const std::function<double(double, double)> &function) {
  Tensor y(lhs.shape);
  auto within = [&](int64_t index, int axis) { return rhs.shape[axis] == 1 ? 0 : index; };
  for (int64_t n = 0; n < y.shape[0]; ++n)
    for (int64_t row = 0; row < y.shape[1]; ++row)
      for (int64_t column = 0; column < y.shape[2]; ++column)
        for (int64_t c = 0; c < y.shape[3]; ++c)
          y.at({n, row, column, c}) = function(lhs.at({n, row, column, c}),
                                               rhs.at({within(n, 0), within(row, 1), within(column, 2), within(c, 3)}));
  return y;
}

Tensor addBias(Tensor x, const Tensor &bias) {
  for (size_t i = 0; i < x.values.size(); ++i)
    x.values[i] += bias.values[i % bias.values.size()];
  return x;
}

Tensor batchNorm(Tensor x, const Tensor &scale, const Tensor &offset, const Tensor &mean, const Tensor &variance,
                 double epsilon) {
  for (size_t i = 0; i < x.values.size(); ++i) {
    size_t c = i % scale.values.size();
    x.values[i] =
        scale.values[c] * (x.values[i] - mean.values[c]) / std::sqrt(variance.values[c] + epsilon) + offset.values[c];
  }
  return x;
}

// ---------------------------------------------------------------- layers

Tensor convolve(const Tensor &x, const Tensor &filter, const Window &window, int64_t groups, Shape shape) {
  Tensor y(std::move(shape));
  int64_t outputs = y.shape[3], perGroup = outputs / groups, inputs = filter.shape[3];
  for (int64_t row = 0; row < y.shape[1]; ++row)
    for (int64_t column = 0; column < y.shape[2]; ++column)
      for (int64_t o = 0; o < outputs; ++o) {
        double sum = 0;
        for (int64_t ky = 0; ky < filter.shape[1]; ++ky)
          for (int64_t kx = 0; kx < filter.shape[2]; ++kx) {
            int64_t inRow = row * window.strideY - window.top + ky * window.dilation;
            int64_t inColumn = column * window.strideX - window.left + kx * window.dilation;
            if (inRow < 0 || inRow >= x.shape[1] || inColumn < 0 || inColumn >= x.shape[2])
              continue; // zero
            for (int64_t i = 0; i < inputs; ++i)
              sum += filter.at({o, ky, kx, i}) * x.at({0, inRow, inColumn, o / perGroup * inputs + i});
          }
        y.at({0, row, column, o}) = sum;
      }
  return y;
}

Tensor convolveDepthwise(const Tensor &x, const Tensor &filter, const Window &window, Shape shape) {
  Tensor y(std::move(shape));
  for (int64_t row = 0; row < y.shape[1]; ++row)
    for (int64_t column = 0; column < y.shape[2]; ++column)
      for (int64_t c = 0; c < y.shape[3]; ++c)
        for (int64_t ky = 0; ky < filter.shape[0]; ++ky)
          for (int64_t kx = 0; kx < filter.shape[1]; ++kx) {
            int64_t inRow = row * window.strideY - window.top + ky,
                    inColumn = column * window.strideX - window.left + kx;
            if (inRow >= 0 && inRow < x.shape[1] && inColumn >= 0 && inColumn < x.shape[2])
              y.at({0, row, column, c}) += filter.at({ky, kx, c}) * x.at({0, inRow, inColumn, c});
          }
  return y;
}

Tensor fullyConnected(const Tensor &x, const Tensor &weights) {
  Tensor y({1, 1, 1, weights.shape[0]});
  for (int64_t o = 0; o < weights.shape[0]; ++o)
    for (int64_t i = 0; i < weights.shape[1]; ++i)
      y.at({0, 0, 0, o}) += weights.at({o, i}) * x.at({0, 0, 0, i});
  return y;
}

Tensor globalAvgPool(const Tensor &x) {
  Tensor y({1, 1, 1, x.shape[3]});
  for (int64_t row = 0; row < x.shape[1]; ++row)
    for (int64_t column = 0; column < x.shape[2]; ++column)
      for (int64_t c = 0; c < x.shape[3]; ++c)
        y.at({0, 0, 0, c}) += x.at({0, row, column, c}) / double(x.shape[1] * x.shape[2]);
  return y;
}

Tensor maxPool(const Tensor &x, int64_t rows, int64_t columns, const Window &window, Shape shape) {
  Tensor y(std::move(shape));
  for (int64_t row = 0; row < y.shape[1]; ++row)
    for (int64_t column = 0; column < y.shape[2]; ++column)
      for (int64_t c = 0; c < y.shape[3]; ++c) {
        double largest = -std::numeric_limits<double>::infinity();
        for (int64_t ky = 0; ky < rows; ++ky)
          for (int64_t kx = 0; kx < columns; ++kx) {
            int64_t inRow = row * window.strideY - window.top + ky,
                    inColumn = column * window.strideX - window.left + kx;
            if (inRow >= 0 && inRow < x.shape[1] && inColumn >= 0 && inColumn < x.shape[2])
              largest = std::max(largest, x.at({0, inRow, inColumn, c}));
          }
        y.at({0, row, column, c}) = largest;
      }
  return y;
}

// ---------------------------------------------------------------- shape

// y(row, column, c) = value(row, column, c), all images 1 x H x W x C.
template <typename Value> static Tensor image(int64_t rows, int64_t columns, int64_t channels, Value value) {
  Tensor y({1, rows, columns, channels});
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      for (int64_t c = 0; c < channels; ++c)
        y.at({0, row, column, c}) = value(row, column, c);
  return y;
}

Tensor upsample(const Tensor &x, int64_t factor) {
  return image(x.shape[1] * factor, x.shape[2] * factor, x.shape[3],
               [&](int64_t row, int64_t column, int64_t c) { return x.at({0, row / factor, column / factor, c}); });
}

Tensor slice(const Tensor &x, int64_t first, int64_t count) {
  return image(x.shape[1], x.shape[2], count,
               [&](int64_t row, int64_t column, int64_t c) { return x.at({0, row, column, first + c}); });
}

Tensor interleave(const std::vector<Tensor> &parts) {
  int64_t count = static_cast<int64_t>(parts.size()), channels = parts[0].shape[3];
  Tensor y({1, parts[0].shape[1], parts[0].shape[2], channels * count});
  for (int64_t row = 0; row < y.shape[1]; ++row)
    for (int64_t column = 0; column < y.shape[2]; ++column)
      for (int64_t c = 0; c < channels * count; ++c)
        y.at({0, row, column, c}) = parts[c % count].at({0, row, column, c / count});
  return y;
}

Tensor spaceToDepth(const Tensor &x, int64_t block) {
  int64_t channels = x.shape[3];
  Tensor y({1, x.shape[1] / block, x.shape[2] / block, channels * block * block});
  for (int64_t row = 0; row < x.shape[1]; ++row)
    for (int64_t column = 0; column < x.shape[2]; ++column)
      for (int64_t c = 0; c < channels; ++c)
        y.at({0, row / block, column / block, (row % block * block + column % block) * channels + c}) = x.at({0, row, column, c});
  return y;
}

Tensor depthToSpace(const Tensor &x, int64_t blockY, int64_t blockX, int64_t top, int64_t left, Shape shape) {
  Tensor y(std::move(shape));
  for (int64_t row = 0; row < y.shape[1]; ++row)
    for (int64_t column = 0; column < y.shape[2]; ++column)
      for (int64_t c = 0; c < y.shape[3]; ++c) {
        int64_t phase = (row + top) % blockY * blockX + (column + left) % blockX;
        y.at({0, row, column, c}) = x.at({0, (row + top) / blockY, (column + left) / blockX, phase * y.shape[3] + c});
      }
  return y;
}

Tensor attention(const Tensor &query, const Tensor &key, const Tensor &value, int64_t heads) {
  int64_t tokens = query.shape[1] * query.shape[2], channels = query.shape[3], depth = channels / heads;
  Tensor y(query.shape);
  auto of = [&](const Tensor &x, int64_t token, int64_t head, int64_t d) { return x.values[token * channels + head * depth + d]; };
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t token = 0; token < tokens; ++token) {
      std::vector<double> weights(tokens);
      double total = 0, largest = 0;
      for (int64_t other = 0; other < tokens; ++other) {
        double product = 0;
        for (int64_t d = 0; d < depth; ++d)
          product += of(query, token, head, d) * of(key, other, head, d);
        weights[other] = product / std::sqrt(static_cast<double>(depth));
        largest = other ? std::max(largest, weights[other]) : weights[other];
      }
      for (double &weight : weights)
        total += weight = std::exp(weight - largest);
      for (int64_t d = 0; d < depth; ++d) {
        double sum = 0;
        for (int64_t other = 0; other < tokens; ++other)
          sum += weights[other] / total * of(value, other, head, d);
        y.values[token * channels + head * depth + d] = sum;
      }
    }
  return y;
}

Tensor readPlanar(const Tensor &x) {
  return image(x.shape[2], x.shape[3], x.shape[1],
               [&](int64_t row, int64_t column, int64_t c) { return x.at({0, c, row, column}); });
}

Tensor concat(const std::vector<Tensor> &parts) {
  int64_t channels = 0;
  for (const Tensor &part : parts)
    channels += part.shape[3];
  return image(parts[0].shape[1], parts[0].shape[2], channels, [&](int64_t row, int64_t column, int64_t c) {
    size_t part = 0;
    for (; c >= parts[part].shape[3]; ++part)
      c -= parts[part].shape[3];
    return parts[part].at({0, row, column, c});
  });
}

Tensor splitAnchors(const Tensor &x, int64_t anchors) {
  int64_t fields = x.shape[3] / anchors;
  Tensor y({anchors, x.shape[1], x.shape[2], fields});
  for (int64_t a = 0; a < anchors; ++a)
    for (int64_t row = 0; row < x.shape[1]; ++row)
      for (int64_t column = 0; column < x.shape[2]; ++column)
        for (int64_t k = 0; k < fields; ++k)
          y.at({a, row, column, k}) = x.at({0, row, column, a * fields + k});
  return y;
}

} // namespace mnv3::reference
