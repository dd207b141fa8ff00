// The rows of a description as yolo ops, without weights.
#pragma once

#include "compiler/Import/Modules.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace mnv3::import {

struct BuiltModel {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  yolo::DetectOp detect;
  std::vector<Diagnostic> warnings; // names read as other names
};

// `strides`: pixels of a cell on each level of Detect; empty in a probe that is to find them. Throws ImportError.
BuiltModel buildRows(mlir::MLIRContext &context, const Description &description, int64_t height, int64_t width,
                     const std::vector<float> &strides);

// The strides of Detect's levels, as YOLOv5 finds them: from a picture of 256 x 256, whatever size is compiled.
std::vector<float> findStrides(mlir::MLIRContext &context, const Description &description);

// Where a row stands, for every op made from it: NameLoc("row 7", small.yaml:19:4).
mlir::Location rowLocation(mlir::MLIRContext &context, const Row &row);

} // namespace mnv3::import
