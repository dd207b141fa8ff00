// The yolo dialect's C++ face; see YoloOps.td for what the ops mean.
#pragma once

#include "dialects/NN/NN.h"

namespace mnv3::yolo {

// One tensor of a module: "conv.weight", its shape as in a state_dict.
struct Parameter {
  std::string key;
  llvm::SmallVector<int64_t, 4> shape;
};

} // namespace mnv3::yolo

#include "dialects/Yolo/YoloDialect.h.inc"
#include "dialects/Yolo/YoloInterfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/Yolo/YoloOps.h.inc"

namespace mnv3::yolo {

// Attributes of the module op that later phases read.
inline constexpr llvm::StringLiteral classesAttrName = "yolo.classes";    // class names
inline constexpr llvm::StringLiteral sourceAttrName = "yolo.source";      // "small.yaml + best.pt (sha256 ...)"
inline constexpr llvm::StringLiteral keepRowsAttrName = "yolo.keep_rows"; // unit: mark each row's result

} // namespace mnv3::yolo
