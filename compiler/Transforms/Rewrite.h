// What every nn pass does to ops, weights and nn.keep marks.
#pragma once

#include "dialects/NN/NN.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace mnv3::nn {

// A constant made where `builder` stands.
mlir::Value makeWeights(mlir::OpBuilder &builder, mlir::Location location, llvm::ArrayRef<int64_t> shape,
                        llvm::ArrayRef<float> values, llvm::StringRef name);

// `to` has the value of `from`: readers and nn.keep marks move, then the op that made `from` goes if nothing is left.
void replaceValue(mlir::Value from, mlir::Value to);

// `value` is about to exist no longer: nobody can keep it.
void eraseKeeps(mlir::Value value);

// Erases the ops without effect that nothing reads, and the functions' constants among them.
void eraseUnused(mlir::func::FuncOp function);

// The one value's reader when that is an `Op`, else nothing.
template <typename Op> Op onlyReader(mlir::Value value) {
  auto found = readers(value);
  return found.size() == 1 ? llvm::dyn_cast<Op>(found.front()->getOwner()) : Op();
}

// The activation that an activation op computes; nothing for other ops.
ActivationAttr activationOf(mlir::Operation *op);

} // namespace mnv3::nn
