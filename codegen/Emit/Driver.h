// The parts of emitModule; each adds its share to the LLVM module.
#pragma once

#include "codegen/Emit/Emit.h"
#include "codegen/Emit/KernelSpecOf.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Module.h"

#include <array>

namespace mnv3::codegen {

std::string upper(std::string text);     // "det" -> "DET"
std::string inComment(std::string text); // text that may hold anything, inside a comment

// All weights behind one another, 64-byte aligned. Where each lies depends on the network alone, never on values: new weights of
// the same network must fit where the old ones were.
struct WeightBlob {
  std::string bytes;
  llvm::DenseMap<mlir::Operation *, int64_t> offsets; // kern.weights -> its first byte
};
WeightBlob layOutWeights(mlir::func::FuncOp function);

// Where a kernel finds an operand, when it runs.
struct Place {
  enum Base { image, head, arena, weights } base;
  int64_t head_number = 0; // of a head
  int64_t bytes = 0;       // behind the base
};
Place placeOf(const KernelOperand &operand, const WeightBlob &weights);

// The fields of runtime/src/model.h's mnv3_stem, in order.
using StemFacts = std::array<int64_t, 7>;
StemFacts stemFactsOf(kern::StemOp stem);

// Those of mnv3_steps, for what is made in steps.
using StepFacts = std::array<int64_t, 4>;
std::optional<StepFacts> stepFactsOf(kern::KernelOpInterface kernel);

// Whether the kernel is called by a function of its own, for a strip or a share; otherwise one call makes all.
bool isShared(kern::KernelOpInterface kernel);

// Numbers of a call that makes all.
llvm::SmallVector<int64_t> numbersOfWhole(kern::KernelOpInterface kernel);

// A hash of all that external weights must agree on with the object: kernels, places in the blob, strides and anchors.
uint64_t layoutHash(mlir::func::FuncOp function, const WeightBlob &weights);

// <name>_check_weights.
void emitCheckWeights(mlir::func::FuncOp function, const WeightBlob &weights, const EmitOptions &options, llvm::Module &module);

// <name>_network, runtime/src/model.h's: calls kernel after kernel. Weights are a global, or come with the run.
llvm::Function *emitNetwork(mlir::func::FuncOp function, const WeightBlob &weights, const EmitOptions &options, llvm::Module &module);

// The same in C++: every function and every strip of the driver, through EmitC.
std::string cppDriver(mlir::func::FuncOp function, const WeightBlob &weights, const EmitOptions &options);

// Text with lines of at most 140 columns, where commas or sums allow it.
std::string wrapLines(llvm::StringRef text);

// What runtime/src/model.h's mnv3_level says of each level of Detect, in row order; offsets in bytes, strides in floats.
struct Level {
  int64_t input, weights, bias;
  int32_t channels, pixelStride, rowStride, tile, tiled;
};
std::vector<Level> levelsOf(mlir::func::FuncOp function, const WeightBlob &weights);

// The public tables, the mnv3_model that describes them, <name>_run and <name>_detect.
void emitModel(mlir::func::FuncOp function, const WeightBlob &weights, llvm::Function *network, const EmitOptions &options,
               llvm::Module &module);

} // namespace mnv3::codegen
