#include "compiler/Transforms/Kern/Liveness.h"

namespace mnv3::kern {

using namespace mlir;

Liveness::Liveness(func::FuncOp function) {
  for (Operation &op : function.getOps()) {
    if (!isa<KernelOpInterface, ClearHaloOp>(op))
      continue;
    steps.push_back(&op);
    const int64_t step = static_cast<int64_t>(steps.size());
    for (Value operand : op.getOperands()) {
      if (isa<MemRefType>(operand.getType()))
        lives[operand].touch(step);
      else if (AllocOp alloc = isa<BufferType>(operand.getType()) ? allocOf(operand).first : AllocOp())
        lives[alloc].touch(step);
    }
  }
}

} // namespace mnv3::kern
