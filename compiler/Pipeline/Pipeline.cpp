#include "compiler/Pipeline/Pipeline.h"

#include "codegen/Emit/Emit.h"
#include "compiler/Conversion/Passes.h"
#include "compiler/Transforms/Kern/Passes.h"
#include "compiler/Transforms/Passes.h"
#include "dialects/Kern/Kern.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace mnv3 {

void buildNNPhase(OpPassManager &pm) {
  pm.addPass(createConvertYoloToNNPass());
  OpPassManager &function = pm.nest<func::FuncOp>();
  // Grouped convolutions first: what follows knows plain and depthwise ones only.
  function.addPass(createLowerDepthwisePass());
  // Before activations: one is found next to its convolution only when no batch norm stands between.
  function.addPass(createFoldBatchNormPass());
  function.addPass(createFoldHardSwishPass());
  // After activations: the one behind a gate belongs to the gate, not to a convolution.
  function.addPass(createLowerSqueezeExcitePass());
  // After activations, as a residual is added behind them.
  function.addPass(createFuseResidualPass());
  // Siblings before upsampling: the concat of an upsampled image has one reader only once cv1 and cv2 of C3 are one.
  function.addPass(createMergeSiblingsPass());
  function.addPass(createCommuteUpsamplePass());
  // Last: a view is a promise about readers, and the passes above change readers.
  function.addPass(createFoldViewsPass());
}

void buildSchedulePhase(OpPassManager &pm, codegen::Goal goal) {
  pm.addPass(createConvertNNToKernPass());
  pm.addPass(kern::createAssignLayoutPass());
  // After layout: a schedule depends on strides.
  pm.addPass(kern::createChooseSchedulesPass({goal == codegen::Goal::size}));
}

void buildPackPhase(OpPassManager &pm) {
  pm.addPass(kern::createPackWeightsPass());
  pm.addPass(kern::createFormStripsPass());
}

void buildMemoryPhase(OpPassManager &pm) { pm.addPass(kern::createPlanMemoryPass()); }

static LogicalResult runPhase(ModuleOp module, llvm::function_ref<void(OpPassManager &)> build) {
  PassManager pm(module.getContext());
  build(pm);
  return pm.run(module);
}

LogicalResult scheduleKernels(ModuleOp module, const codegen::Target &target, bool tuned) {
  if (failed(runPhase(module, buildNNPhase)))
    return failure();
  StringAttr cpu = tuned ? StringAttr::get(module.getContext(), target.cpu) : nullptr;
  module->setAttr(kern::targetAttrName, kern::TargetAttr::get(module.getContext(), target.kernels.name, target.kernels.vectorWidth,
                                                              target.kernels.vectorRegisters, cpu));
  return runPhase(module, [&](OpPassManager &pm) { buildSchedulePhase(pm, target.goal); });
}

LogicalResult finishKernels(ModuleOp module, codegen::KernelForm form, codegen::KernelCode &kernels,
                            const codegen::FinishBitcode &finish) {
  if (failed(runPhase(module, buildPackPhase)) || failed(codegen::makeKernels(module, form, kernels, finish)))
    return failure();
  return runPhase(module, buildMemoryPhase);
}

LogicalResult lowerTo(Output output, ModuleOp module, const codegen::Target &target, codegen::KernelCode &kernels) {
  if (output == Output::yolo)
    return success();
  if (output == Output::nn)
    return runPhase(module, buildNNPhase);
  if (failed(scheduleKernels(module, target)))
    return failure();
  codegen::FinishBitcode compile;
  if ((output == Output::object || output == Output::assembly) && codegen::hasAssembler(target))
    compile = [&](std::string &bitcode, int share, std::string &error) { return codegen::compileKernels(bitcode, share, target, error); };
  return finishKernels(module, output == Output::cpp ? codegen::KernelForm::cpp : codegen::KernelForm::bitcode, kernels, compile);
}

} // namespace mnv3
