// The nn dialect's C++ face; see NNOps.td for what the ops mean.
#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mnv3::nn {

// As many as an image has at most (compiler/Import/RowContext.cpp), and fewer than Halide's 32 bit numbers can count.
inline constexpr int64_t mostValues = int64_t(1) << 30;

// Whether extents are at least 1, and their product no more than `most`.
bool areWithin(llvm::ArrayRef<int64_t> extents, int64_t most);
// A tensor of f32 with known extents and at most mostValues values; of so many axes. An image is one of 1 x ... x ... x ...
bool isTensor(mlir::Type type, std::optional<int64_t> rank = std::nullopt);
bool isImage(mlir::Type type);

// One value that stands for so many, each of which may need memory of its own later.
inline constexpr int64_t mostRepeats = int64_t(1) << 24;
inline bool repeatsTooOften(mlir::ElementsAttr value) { return value.isSplat() && value.getNumElements() > mostRepeats; }

// Of a filter that a pass makes larger than what it makes it from: spread out, or filled up with zeros.
inline constexpr int64_t mostMade = int64_t(1) << 26;

// NN_InFunction
mlir::LogicalResult verifyInFunction(mlir::Operation *op);
template <typename Op>
struct InFunction : mlir::OpTrait::TraitBase<Op, InFunction> {
  static mlir::LogicalResult verifyTrait(mlir::Operation *op) { return verifyInFunction(op); }
};

} // namespace mnv3::nn

#include "dialects/NN/NNDialect.h.inc"
#include "dialects/NN/NNEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/NN/NNAttributes.h.inc"
#include "dialects/NN/NNInterfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/NN/NNOps.h.inc"

namespace mnv3::nn {

// Height, width and channels of a 1 x H x W x C tensor.
inline int64_t height(mlir::Value image) { return mlir::cast<mlir::RankedTensorType>(image.getType()).getDimSize(1); }
inline int64_t width(mlir::Value image) { return mlir::cast<mlir::RankedTensorType>(image.getType()).getDimSize(2); }
inline int64_t channels(mlir::Value image) { return mlir::cast<mlir::RankedTensorType>(image.getType()).getDimSize(3); }

// A 1x1 convolution that computes each pixel from the same pixel of the input, all channels of it.
bool isPointwise(Conv2DOp conv);

// The readers of a value that compute something: all but nn.keep.
llvm::SmallVector<mlir::OpOperand *> readers(mlir::Value value);
bool hasOneReader(mlir::Value value);

// The f32 elements of an attribute, or of the nn.constant that makes `value`; nothing if there are none (printed IR may
// have left them out) or it is not a constant. The view lives as long as
// the attribute. Splats are expanded into `storage`.
std::optional<llvm::ArrayRef<float>> valuesOf(mlir::ElementsAttr elements, llvm::SmallVectorImpl<float> &storage);
std::optional<llvm::ArrayRef<float>> constantValues(mlir::Value value, llvm::SmallVectorImpl<float> &storage);

// An attribute that owns a copy of `values`: a dense_resource (named `name`, made unique if taken), or, up to 64
// values, a dense attribute, so that small weights can be read in printed IR.
mlir::ElementsAttr weightsAttr(mlir::RankedTensorType type, llvm::ArrayRef<float> values, llvm::StringRef name);

} // namespace mnv3::nn
