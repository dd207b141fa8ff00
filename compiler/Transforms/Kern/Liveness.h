// When the buffers of a function of kernels are in use, counted in its steps: kernels and clearings of halos, from 1 on.
#pragma once

#include "dialects/Kern/Kern.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cstdint>
#include <limits>

namespace mnv3::kern {

// From the first to the last step that touches a value; empty (first > last) if none does.
struct Life {
  int64_t first = std::numeric_limits<int64_t>::max(), last = -1;
  void touch(int64_t step) {
    first = std::min(first, step);
    last = std::max(last, step);
  }
  bool holds(int64_t step) const { return first <= step && step <= last; }
};

struct Liveness {
  explicit Liveness(mlir::func::FuncOp function);
  llvm::SmallVector<mlir::Operation *> steps; // steps[0] is step 1
  llvm::DenseMap<mlir::Value, Life> lives;    // of kern.alloc's results and the caller's memory
  Life of(mlir::Value value) const { return lives.lookup(value); }
};

} // namespace mnv3::kern
