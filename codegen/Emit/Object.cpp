// Driver, runtime and kernels become one module, and that one relocatable object with nothing undefined.
#include "codegen/Emit/Driver.h"
#include "codegen/Emit/MachineCode.h"
#include "codegen/Emit/Stack.h"
#include "runtime/RuntimeBitcode.h"

#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/IPO/Internalize.h"

using namespace mlir;

namespace mnv3::codegen {
namespace {

void optimise(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(module, modules);
}

} // namespace

std::unique_ptr<llvm::Module> emitModule(func::FuncOp function, KernelCode &kernels, const Target &target,
                                         const EmitOptions &options, llvm::LLVMContext &context) {
  std::string error;
  std::unique_ptr<llvm::TargetMachine> machine = machineFor(target, error);
  if (!machine)
    return function.emitError() << "no code generator for " << target.triple << ": " << error, nullptr;
  auto module = std::make_unique<llvm::Module>(options.name, context);
  module->setTargetTriple(llvm::Triple(target.triple));
  module->setDataLayout(machine->createDataLayout());

  WeightBlob weights = layOutWeights(function);
  llvm::Function *network = emitNetwork(function, weights, options, *module);
  if (options.weights == WeightsIn::caller)
    emitCheckWeights(function, weights, options, *module);
  emitModel(function, weights, network, options, *module);
  const bool narrow = module->getDataLayout().getPointerSize() == 4;
  if (!addBitcode(*module, narrow ? runtimeBitcode32() : runtimeBitcode64(), "runtime"))
    return function.emitError("cannot link the runtime"), nullptr;
  std::vector<std::string> entries;
  for (const char *suffix : {"_run", "_detect", "_check_weights", "_class_names", "_kernel_names", "_head_shape", "_strides", "_anchors",
                             "_head_row"})
    entries.push_back(options.name + suffix);
  auto isEntry = [&](const llvm::GlobalValue &value) { return llvm::is_contained(entries, value.getName()); };
  setFunctionAttributes(*module, target);
  llvm::internalizeModule(*module, isEntry);
  // Driver and runtime want it. The kernels come after it: Halide has optimised them already.
  optimise(*module, *machine);

  const std::vector<std::string> *pieces = kernels.pieces(error);
  if (!pieces)
    return function.emitError() << "cannot make the kernels: " << error, nullptr;
  for (const std::string &bitcode : *pieces)
    if (!addBitcode(*module, bitcode, "kernels"))
      return function.emitError("cannot link the kernels"), nullptr;
  const llvm::StringMap<int64_t> inAssembly = notedStacks(*module);
  for (llvm::Function &declared : *module)
    if (inAssembly.contains(declared.getName())) // which is part of this object
      declared.setDSOLocal(true);
  setFunctionAttributes(*module, target);
  llvm::internalizeModule(*module, isEntry);
  if (llvm::verifyModule(*module, &llvm::errs()))
    return function.emitError("made an invalid module: a bug in mnv3c"), nullptr;
  expandMemoryIntrinsics(*module, *machine);
  return module;
}

bool emitText(llvm::Module &module, const Target &target, TextKind kind, std::string &text, std::string &error) {
  if (kind == TextKind::llvm) {
    llvm::raw_string_ostream stream(text);
    module.print(stream, nullptr);
    return true;
  }
  Frames frames;
  return generateCode(module, target, llvm::CodeGenFileType::AssemblyFile, text, frames, error);
}

} // namespace mnv3::codegen
