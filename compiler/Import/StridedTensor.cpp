#include "compiler/Import/StridedTensor.h"

#include <algorithm>
#include <fmt/ranges.h>
#include <limits>

namespace mnv3::import {

// A convolution's weights have four dimensions; nothing in a detector has more than five.
static constexpr size_t maxDimensions = 8;

uint64_t countElements(const std::vector<int64_t> &shape, const Location &where) {
  if (shape.size() > maxDimensions)
    fail(where, fmt::format("has {} dimensions, expected at most {}", shape.size(), maxDimensions));
  int64_t product = 1;
  bool empty = false;
  for (int64_t extent : shape) {
    if (extent < 0)
      fail(where, fmt::format("has shape {}, expected no negative dimension", shape));
    if (extent == 0)
      empty = true;
    else if (__builtin_mul_overflow(product, extent, &product))
      fail(where, fmt::format("has shape {}, more elements than any file can hold", shape));
  }
  return empty ? 0 : static_cast<uint64_t>(product);
}

std::vector<int64_t> denseStrides(const std::vector<int64_t> &shape, bool firstAxisContiguous) {
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    const size_t axis = firstAxisContiguous ? i : shape.size() - 1 - i;
    strides[axis] = stride;
    if (__builtin_mul_overflow(stride, std::max<int64_t>(shape[axis], 1), &stride))
      stride = std::numeric_limits<int64_t>::max();
  }
  return strides;
}

// Both written without branches on the data, so that the loops over them become vector code.
static float widenHalf(uint16_t half) {
  const uint32_t sign = (half & 0x8000u) << 16;
  // The exponent is off by 127 - 15; multiplying corrects it and makes subnormals normal.
  const float magnitude = std::bit_cast<float>((half & 0x7fffu) << 13) * 0x1p112f;
  const uint32_t special = (half & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0; // infinity, NaN
  return std::bit_cast<float>(std::bit_cast<uint32_t>(magnitude) | special | sign);
}
static float widenBfloat(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

template <class Stored, class Widen>
static void widenRun(const std::byte *from, int64_t step, float *to, int64_t count, Widen widen) {
  if (step == 1)
    for (int64_t i = 0; i < count; ++i)
      to[i] = widen(load<Stored>(from + i * sizeof(Stored)));
  else
    for (int64_t i = 0; i < count; ++i)
      to[i] = widen(load<Stored>(from + i * step * static_cast<int64_t>(sizeof(Stored))));
}

static void widenRun(ElementType type, const std::byte *from, int64_t step, float *to, int64_t count) {
  switch (type.kind) {
  case ElementType::half:
    return widenRun<uint16_t>(from, step, to, count, widenHalf);
  case ElementType::bfloat:
    return widenRun<uint16_t>(from, step, to, count, widenBfloat);
  case ElementType::single:
    return widenRun<float>(from, step, to, count, [](float value) { return value; });
  case ElementType::wide:
    return widenRun<double>(from, step, to, count, [](double value) { return static_cast<float>(value); });
  case ElementType::integer:
    return;
  }
}

// The index one behind the tensor's last element; an error if that does not exist.
static uint64_t reach(const StridedTensor &tensor, const Location &where) {
  int64_t last = tensor.offset;
  bool overflow = last < 0;
  for (size_t axis = 0; axis < tensor.shape.size(); ++axis) {
    int64_t span;
    overflow |= tensor.strides[axis] < 0;
    overflow |= __builtin_mul_overflow(tensor.shape[axis] - 1, tensor.strides[axis], &span);
    overflow |= __builtin_add_overflow(last, span, &last);
  }
  if (overflow || last == std::numeric_limits<int64_t>::max())
    fail(where, fmt::format("has offset {}, shape {} and strides {}, which no storage can hold", tensor.offset,
                            tensor.shape, tensor.strides));
  return static_cast<uint64_t>(last) + 1;
}

Tensor makeDense(const StridedTensor &tensor, Budget &budget, const Location &where) {
  if (tensor.strides.size() != tensor.shape.size())
    fail(where, fmt::format("has {} strides for {} dimensions", tensor.strides.size(), tensor.shape.size()));
  const uint64_t count = countElements(tensor.shape, where);
  Tensor dense{tensor.shape, {}, tensor.type.kind == ElementType::integer};
  if (count == 0)
    return dense;
  const uint64_t needed = reach(tensor, where), held = tensor.storage.size() / tensor.type.bytes;
  if (needed > held)
    fail(where, fmt::format("reaches element {} of a storage of {}", needed, held));
  if (dense.isInteger)
    return dense;

  budget.spend(count, where, sizeof(float)); // with strides of 0, one element can claim to be any number of them
  dense.values.resize(count);
  const std::byte *origin = tensor.storage.data() + tensor.offset * tensor.type.bytes;
  if (tensor.strides == denseStrides(tensor.shape)) {
    widenRun(tensor.type, origin, 1, dense.values.data(), static_cast<int64_t>(count));
    return dense;
  }
  // Row by row along the last axis; `index` counts the axes before it like an odometer.
  const size_t axes = tensor.shape.size();
  const int64_t row = tensor.shape[axes - 1], step = tensor.strides[axes - 1];
  std::vector<int64_t> index(axes - 1, 0);
  for (float *to = dense.values.data(), *end = to + count; to != end; to += row) {
    int64_t start = 0;
    for (size_t axis = 0; axis < index.size(); ++axis)
      start += index[axis] * tensor.strides[axis];
    widenRun(tensor.type, origin + start * tensor.type.bytes, step, to, row);
    for (size_t axis = index.size(); axis-- > 0 && ++index[axis] == tensor.shape[axis];)
      index[axis] = 0;
  }
  return dense;
}

} // namespace mnv3::import
