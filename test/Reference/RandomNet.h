// Small random detectors of nn ops as Import would write them: nothing folded, nothing fused, rows kept.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace mnv3::reference {

mlir::OwningOpRef<mlir::ModuleOp> randomNet(mlir::MLIRContext *context, unsigned seed);

} // namespace mnv3::reference
