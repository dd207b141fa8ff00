// From raw elements in a file to a dense fp32 Tensor: the one place where all formats' tensors are checked and widened.
#pragma once

#include "compiler/Import/Budget.h"
#include "compiler/Import/Bytes.h"
#include "compiler/Import/Weights.h"

namespace mnv3::import {

struct ElementType {
  enum Kind : uint8_t { half, bfloat, single, wide, integer } kind;
  uint8_t bytes;
};
inline constexpr ElementType float16{ElementType::half, 2}, bfloat16{ElementType::bfloat, 2},
    float32{ElementType::single, 4}, float64{ElementType::wide, 8};
constexpr ElementType integerOf(uint8_t bytes) { return {ElementType::integer, bytes}; }

// Where a tensor's elements lie in its storage. Offset and strides count elements.
struct StridedTensor {
  ElementType type;
  Bytes storage;
  int64_t offset = 0;
  std::vector<int64_t> shape, strides;
};

// The strides of a dense tensor whose last (or, for Fortran order, first) axis is contiguous. Meant for any shape,
// checked or not: what would overflow is left at the largest number, which no storage holds.
std::vector<int64_t> denseStrides(const std::vector<int64_t> &shape, bool firstAxisContiguous = false);

// The number of elements; an error at `where` if a dimension is negative, there are too many, or the product overflows.
uint64_t countElements(const std::vector<int64_t> &shape, const Location &where);

// Checks that the tensor lies inside its storage, then copies and widens it. Throws ImportError at `where`.
Tensor makeDense(const StridedTensor &tensor, Budget &budget, const Location &where);

} // namespace mnv3::import
