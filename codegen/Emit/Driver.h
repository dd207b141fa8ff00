// The parts of emitModule; each adds its share to the LLVM module.
#pragma once

#include "codegen/Emit/Emit.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Module.h"

namespace mnv3::codegen {

// All weights behind one another, 64-byte aligned, equal ones once.
struct WeightBlob {
  std::string bytes;
  llvm::DenseMap<mlir::Operation *, int64_t> offsets; // kern.weights -> its first byte
};
WeightBlob layOutWeights(mlir::func::FuncOp function);

// <name>_run: checks the arguments, then calls kernel after kernel. The weights global keeps its bytes out of MLIR.
llvm::Function *emitRun(mlir::func::FuncOp function, const WeightBlob &weights, const EmitOptions &options, llvm::Module &module);

// The public tables, the mnv3_model that describes them, and <name>_detect.
void emitModelData(mlir::func::FuncOp function, llvm::Function *run, const EmitOptions &options, llvm::Module &module);

} // namespace mnv3::codegen
