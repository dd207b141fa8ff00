// What every nn pass does to ops, weights and nn.keep marks.
#pragma once

#include "dialects/NN/NN.h"

#include "mlir/IR/Builders.h"

namespace mnv3::nn {

// A constant made where `builder` stands.
mlir::Value makeWeights(mlir::OpBuilder &builder, mlir::Location location, llvm::ArrayRef<int64_t> shape,
                        llvm::ArrayRef<float> values, llvm::StringRef name);

// Readers and nn.keep marks of `from` move to `to`, which has the same value; the op that made `from` goes, and with it
// what only that op read.
void replaceValue(mlir::Value from, mlir::Value to);

// Erases the op that makes `value` if nothing reads it (a nn.keep is no reader, and goes too), then looks at what it
// read.
void eraseIfUnused(mlir::Value value);

// `value` is about to become another one: nobody can keep it.
void eraseKeeps(mlir::Value value);

// The op of the one reader of a value when that is an `Op`, else null.
template <typename Op> Op onlyReader(mlir::Value value) {
  auto found = readers(value);
  return found.size() == 1 ? llvm::dyn_cast<Op>(found.front()->getOwner()) : Op();
}

// The activation that an activation op computes; null for other ops.
ActivationAttr activationOf(mlir::Operation *op);

// The layers that make a value, in the order of their channels: one, or several under a concat.
struct Makers {
  llvm::SmallVector<LayerOp> layers;
  llvm::SmallVector<mlir::Value> values; // all results on the way, the value itself included
};

// The makers if each is plain, has no activation, and has no reader but the way to `value`, which has one reader
// itself: what is done to each channel of `value` can then be left to them. Else nothing.
std::optional<Makers> plainMakersOf(mlir::Value value);

} // namespace mnv3::nn
