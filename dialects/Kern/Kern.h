// The kern dialect's C++ face; see KernOps.td for what the ops mean.
#pragma once

#include "dialects/NN/NN.h"

#include "mlir/IR/BuiltinTypes.h"

namespace mnv3::kern {

// The caller's memory: a memref of f32 with so many axes, no gaps, known extents and at most nn::mostValues values.
bool isMemory(mlir::Type type, int64_t rank);
// What kern.conv2d and others may carry beside their own attributes (see KernOps.td).
mlir::LogicalResult verifyNumbers(mlir::Operation *kernel);

} // namespace mnv3::kern

#include "dialects/Kern/KernDialect.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Kern/KernTypes.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Kern/KernAttributes.h.inc"
#include "dialects/Kern/KernInterfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/Kern/KernOps.h.inc"

namespace mnv3::kern {

// The alloc behind a buffer, and how many floats `buffer`'s first pixel lies behind the alloc's. Null for a function's argument.
std::pair<AllocOp, int64_t> allocOf(mlir::Value buffer);

// The buffers and caller's memory that a kernel reads (its output left out).
llvm::SmallVector<mlir::Value> readPlaces(KernelOpInterface kernel);

// The module's #kern.target.
TargetAttr targetOf(mlir::Operation *op);
inline constexpr llvm::StringLiteral targetAttrName = "kern.target";

} // namespace mnv3::kern
