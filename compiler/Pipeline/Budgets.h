// --ram and --flash: whether an object fits where it is meant to run, and if not, why and what to do.
#pragma once

#include "codegen/Emit/Emit.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace mnv3 {

struct Budgets {
  int64_t ram = 0;   // bytes for arena and stack; 0: no limit
  int64_t flash = 0; // bytes for code and what weights are in the object; 0: no limit
};

// "4096", "512K", "2M": K and M are 1024 and 1024 * 1024.
std::optional<int64_t> parseBytes(llvm::StringRef text);

// Arena and stack.
int64_t ramOf(mlir::func::FuncOp function, const codegen::ObjectFacts &facts);

// Errors at the yaml rows that set the sum, with a way out as a note: for RAM the largest smaller network input that fits, found
// by asking `ramAt` (height, width; nothing if there is no such network); for flash, -O size or external weights.
mlir::LogicalResult checkBudgets(mlir::func::FuncOp function, const codegen::ObjectFacts &facts, bool externalWeights, const Budgets &budgets,
                                 llvm::function_ref<std::optional<int64_t>(int64_t, int64_t)> ramAt);

} // namespace mnv3
