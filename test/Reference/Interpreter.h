// Runs a function of nn ops, before or after any transform, on the plain loops of Layers.h.
#pragma once

#include "Layers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>
#include <optional>

namespace mnv3::reference {

struct Answers {
  std::vector<Tensor> heads;      // what the function returns
  std::map<int64_t, Tensor> rows; // what nn.keep marks, by yaml row
};

// Nothing, with an error at the op, for an op that is not of nn or a constant whose values are not there.
std::optional<Answers> interpret(mlir::func::FuncOp function, const std::vector<Tensor> &inputs);

Shape shapeOf(mlir::Type tensor);

} // namespace mnv3::reference
