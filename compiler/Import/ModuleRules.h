// What the rules of Modules.cpp are made of: a function a module, which reads the row's arguments and makes its op.
#pragma once

#include "compiler/Import/Modules.h"

namespace mnv3::import {

inline mlir::IntegerAttr number(RowContext &row, int64_t value) { return row.builder.getI64IntegerAttr(value); }
inline mlir::BoolAttr truth(RowContext &row, bool value) { return row.builder.getBoolAttr(value); }
inline mlir::DenseI64ArrayAttr list(RowContext &row, llvm::ArrayRef<int64_t> values) { return row.builder.getDenseI64ArrayAttr(values); }
inline nn::ActivationAttr act(mlir::Attribute attribute) { return llvm::cast_or_null<nn::ActivationAttr>(attribute); }

// A module op with the row's number and prefix; its weights are attached later. YOLOv5 sets one epsilon in every batch norm.
template <typename Op, typename... Attributes>
mlir::Value make(RowContext &row, mlir::RankedTensorType type, Attributes... attributes) {
  return Op::create(row.builder, row.loc, type, row.inputs[0], attributes..., number(row, row.row.index),
                    row.builder.getStringAttr(row.prefix), row.builder.getDictionaryAttr({}), row.builder.getF64FloatAttr(1e-3));
}

// The channels of each of `groups` groups exist, or an error at the row.
void checkGroups(RowContext &row, int64_t groups, int64_t in, int64_t out);
// The argument `expansion` of so many output channels, at least 1.
int64_t hiddenChannels(RowContext &row, size_t position, double fallback, int64_t out);
// Window sizes that leave the picture's size alone.
llvm::SmallVector<int64_t> oddKernels(RowContext &row, size_t position, std::initializer_list<int64_t> fallback);

// ConvolutionRules.cpp
mlir::Value buildConv(RowContext &row);
mlir::Value buildConvBnHswish(RowContext &row);
mlir::Value buildDWConv(RowContext &row);
mlir::Value buildConv2d(RowContext &row);
mlir::Value buildConvTranspose2d(RowContext &row);
mlir::Value buildDWConvTranspose2d(RowContext &row);
mlir::Value buildBatchNorm2d(RowContext &row);
mlir::Value buildFocus(RowContext &row);
mlir::Value buildMixConv2d(RowContext &row);

// BlockRules.cpp
mlir::Value buildMobileNetV3(RowContext &row);
mlir::Value buildSELayer(RowContext &row);
mlir::Value buildStemBlock(RowContext &row);
mlir::Value buildBottleneck(RowContext &row);
mlir::Value buildCrossConv(RowContext &row);
mlir::Value buildGhostConv(RowContext &row);
mlir::Value buildGhostBottleneck(RowContext &row);
mlir::Value buildSPP(RowContext &row);
mlir::Value buildSPPF(RowContext &row);
mlir::Value buildCBRM(RowContext &row);
mlir::Value buildShuffleBlock(RowContext &row);

// C3Rules.cpp
mlir::Value buildC3(RowContext &row);
mlir::Value buildC3x(RowContext &row);
mlir::Value buildC3Ghost(RowContext &row);
mlir::Value buildC3SPP(RowContext &row);
mlir::Value buildC3TR(RowContext &row);
mlir::Value buildBottleneckCSP(RowContext &row);

// PixelRules.cpp
mlir::Value buildConcat(RowContext &row);
mlir::Value buildUpsample(RowContext &row);
mlir::Value buildMaxPool2d(RowContext &row);
mlir::Value buildAvgPool2d(RowContext &row);
mlir::Value buildZeroPad2d(RowContext &row);
mlir::Value buildContract(RowContext &row);
mlir::Value buildExpand(RowContext &row);
mlir::Value buildActivation(RowContext &row);

} // namespace mnv3::import
