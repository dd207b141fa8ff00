// The phases and the order of passes: the only place that orders them.
#pragma once

#include "codegen/Emit/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

#include <string>
#include <vector>

namespace mnv3 {

// yolo -> nn, and everything that nn's layer math allows.
void buildNNPhase(mlir::OpPassManager &pm);

// nn -> kern: buffers with layout, and schedules.
void buildSchedulePhase(mlir::OpPassManager &pm, codegen::Goal goal);

// What follows from schedules: packed weights, strips.
void buildPackPhase(mlir::OpPassManager &pm);

// The arena; needs the scratch sizes of the kernels, and so comes after they are made.
void buildMemoryPhase(mlir::OpPassManager &pm);

// What --emit names: the state of a module after each phase, then the forms of the finished code.
enum class Output { yolo, nn, kern, llvm, assembly, object, cpp };

// The phases up to the schedules; `tuned` says whether those of a table for the CPU are taken.
mlir::LogicalResult scheduleKernels(mlir::ModuleOp module, const codegen::Target &target, bool tuned = true);

// The phases after the schedules. `kernels` then holds their code.
mlir::LogicalResult finishKernels(mlir::ModuleOp module, codegen::KernelForm form, codegen::KernelCode &kernels,
                                  const codegen::FinishBitcode &finish = {});

// Runs the phases on an imported module up to the one that `output` needs. For llvm and what follows, `kernels` then holds
// their code: C++ for cpp, else LLVM bitcode, of which that for assembly and object is compiled.
mlir::LogicalResult lowerTo(Output output, mlir::ModuleOp module, const codegen::Target &target, codegen::KernelCode &kernels);

} // namespace mnv3
