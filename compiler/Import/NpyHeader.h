// The header of a .npy array: a magic word, a version, a length, and the text of a Python dict such as
//   {'descr': '<f4', 'fortran_order': False, 'shape': (16, 3, 3, 3), }
#pragma once

#include "compiler/Import/StridedTensor.h"

namespace mnv3::import {

// numpy writes 128 bytes for any shape that fits into one line.
inline constexpr uint64_t maxNpyHeaderBytes = 4096;

struct NpyHeader {
  ElementType type;
  bool fortranOrder = false; // the first axis is the contiguous one
  std::vector<int64_t> shape;
  uint64_t bytes = 0; // where the data start
};

// `start` is the first maxNpyHeaderBytes of the array, or all of it. Throws ImportError at `where`.
NpyHeader readNpyHeader(Bytes start, const Location &where);

} // namespace mnv3::import
