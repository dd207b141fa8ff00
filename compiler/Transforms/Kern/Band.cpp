#include "compiler/Transforms/Kern/Band.h"

#include "runtime/include/mnv3/memory.h"

#include <array>

namespace mnv3::kern {

using namespace mlir;

// Planes x rows x columns, or three zeros if the function has no image, which a test's may not.
static std::array<int64_t, 3> shapeOf(func::FuncOp function) {
  auto image = function.getNumArguments() ? dyn_cast<MemRefType>(function.getArgument(0).getType()) : MemRefType();
  if (!image || image.getRank() != 3)
    return {};
  return {image.getDimSize(0), image.getDimSize(1), image.getDimSize(2)};
}

static bool isColour(func::FuncOp function) { return shapeOf(function)[0] == 3; }

int64_t imageRowsFor(int64_t resultRows, func::FuncOp function) {
  int64_t rows = 0;
  for (StemOp stem : function.getOps<StemOp>())
    rows = std::max(rows, (resultRows - 1) * stem.getStrides()[0] + stem.getKernel()[0]);
  return isColour(function) ? std::min(rows, shapeOf(function)[1]) : 0;
}

int64_t bandBytes(int64_t imageRows, func::FuncOp function) { return mnv3_band_bytes(imageRows, shapeOf(function)[2]); }

int64_t linesBytes(func::FuncOp function) { return isColour(function) ? mnv3_lines_bytes(shapeOf(function)[2]) : 0; }

} // namespace mnv3::kern
