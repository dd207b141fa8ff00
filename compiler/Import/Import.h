// The compiler's way in: a yaml or a checkpoint, and weights, become a module of yolo ops.
#pragma once

#include "compiler/Import/Diagnostic.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <vector>

namespace mnv3::import {

struct ImportOptions {
  std::string input;            // a model yaml, or a training checkpoint, which has its own
  std::string weights;          // may be empty: those of a checkpoint given as input, else seeded ones
  int height = 640, width = 640; // of the network's input, in pixels
  bool keepRows = false;        // mark each row's result for --keep-rows
};

// Null if an error is among the diagnostics, which are appended in the order in which they arise. Never throws.
mlir::OwningOpRef<mlir::ModuleOp> importModel(mlir::MLIRContext &context, const ImportOptions &options,
                                              std::vector<Diagnostic> &diagnostics);

} // namespace mnv3::import
