// det_detect never has the whole image: the letterbox makes some rows of it at a time, as the stems ask for them.
#pragma once

#include "dialects/Kern/Kern.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mnv3::kern {

// A stem makes from so many rows of its result on at a time, up to so many: each call makes rows above its first anew that the call
// before had, and more than the most gain nothing.
constexpr int64_t leastBand = 4, mostBand = 32;

// Rows of the image that must be there for any stem to make `resultRows` of its own. None if the image is not of three planes: no frame
// is made into such a one.
int64_t imageRowsFor(int64_t resultRows, mlir::func::FuncOp function);

// Bytes of a band of so many rows of the image, and of what the letterbox needs beside it.
int64_t bandBytes(int64_t imageRows, mlir::func::FuncOp function);
int64_t linesBytes(mlir::func::FuncOp function);

} // namespace mnv3::kern
