// Each yolo op as nn ops. A module has a function `lower` here; `x` is its input in NHWC, and the result is its output.
#pragma once

#include "compiler/Conversion/NNBuilder.h"

namespace mnv3 {

// LowerLayers.cpp: what is a layer by itself, or one convolution.
mlir::Value lower(yolo::ConvOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::ConvBnHswishOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::Conv2dOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::ConvTransposeOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::BatchNormOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::FocusOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::MixConvOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::MaxPoolOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::AvgPoolOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::ZeroPadOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::UpsampleOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::ActivationOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::ContractOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::ExpandOp op, mlir::Value x, NNBuilder &nn);

// LowerBlocks.cpp: small blocks of convolutions.
mlir::Value lower(yolo::MobileNetV3Op op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::SELayerOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::StemBlockOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::BottleneckOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::CrossConvOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::GhostConvOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::GhostBottleneckOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::SPPOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::SPPFOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::CBRMOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::ShuffleBlockOp op, mlir::Value x, NNBuilder &nn);

// LowerC3.cpp: the C3 family, two paths and their concat, with blocks inside.
mlir::Value lower(yolo::C3Op op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::C3xOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::C3GhostOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::C3SPPOp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::C3TROp op, mlir::Value x, NNBuilder &nn);
mlir::Value lower(yolo::BottleneckCSPOp op, mlir::Value x, NNBuilder &nn);

// Blocks that other modules have inside. `name` is empty, or a key that ends in a dot.
using Act = std::optional<nn::ActivationAttr>;
NNBuilder::Window square(int64_t kernel, int64_t stride, int64_t groups = 1);
mlir::Value bottleneck(mlir::Value x, const std::string &name, bool shortcut, int64_t groups, Act act, NNBuilder &nn);
mlir::Value crossConv(mlir::Value x, const std::string &name, int64_t kernel, int64_t stride, bool shortcut, int64_t groups, Act act,
                      NNBuilder &nn);
mlir::Value ghostBottleneck(mlir::Value x, const std::string &name, int64_t kernel, int64_t stride, Act act, NNBuilder &nn);
mlir::Value spp(mlir::Value x, const std::string &name, llvm::ArrayRef<int64_t> kernels, Act act, NNBuilder &nn);

} // namespace mnv3
