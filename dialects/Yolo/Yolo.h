// The yolo dialect's C++ face; see YoloOps.td for what the ops mean.
#pragma once

#include "dialects/NN/NN.h"

#include <array>
#include <optional>
#include <string>

namespace mnv3::yolo {

// What a module expects of a convolution's settings, and of what follows it: not in a state_dict, but in a checkpoint.
struct ConvSettings {
  std::array<int64_t, 2> strides = {1, 1}, pads = {0, 0};
  int64_t dilation = 1, groups = 1;
  std::string actKey = "";         // the child that is its activation: "cv1.act"; empty if there is none
  nn::ActivationAttr act = {};     // what that computes; null: nothing
  std::string addsKey = "";        // the attribute that says whether the input is added behind it: "m.0.add"; or empty
  bool adds = false;
};

// One tensor of a module: "conv.weight", its shape as in a state_dict.
struct Parameter {
  std::string key;
  llvm::SmallVector<int64_t, 4> shape;
  std::optional<ConvSettings> conv = std::nullopt; // for the weights of a convolution
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
inline constexpr llvm::StringLiteral rowsAttrName = "yolo.rows";          // of each row, module and result: "Concat, 40 x 40 x 96"
inline constexpr llvm::StringLiteral keepRowsAttrName = "yolo.keep_rows"; // unit: mark each row's result

} // namespace mnv3::yolo
