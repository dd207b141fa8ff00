// Running the nn passes one by one, and comparing what the reference makes of the IR before and after.
#pragma once

#include "Interpreter.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

#include <string>

namespace mnv3::reference {

struct NamedPass {
  const char *name; // its flag
  std::unique_ptr<mlir::Pass> (*create)();
};

// In the order of the pipeline.
llvm::ArrayRef<NamedPass> nnPasses();

bool runPass(mlir::ModuleOp module, const NamedPass &pass);

// Heads all, and the rows that are still kept. Fails the running gtest, naming `what`.
//
// Tolerance: the reference computes in double, so the only difference is that folded weights are rounded to float once
// (6e-8 relative) where the unfolded ones were exact; 1e-5 of the largest value leaves room for sums that cancel and
// for what a few dozen layers make of it, and is far below what one wrong weight does.
void compare(const std::optional<Answers> &before, const std::optional<Answers> &after, const std::string &what);

} // namespace mnv3::reference
