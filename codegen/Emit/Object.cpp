// Driver, runtime and kernels become one module, and that one relocatable object with nothing undefined.
#include "codegen/Emit/Driver.h"
#include "runtime/RuntimeBitcode.h"

#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsAArch64.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/IPO/Internalize.h"
#include "llvm/Transforms/Utils/LowerMemIntrinsics.h"

using namespace mlir;

namespace mnv3::codegen {
namespace {

std::unique_ptr<llvm::TargetMachine> machineFor(const Target &target, std::string &error) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  llvm::InitializeAllAsmParsers(); // Halide's loads of every n-th float on 32-bit ARM are inline assembly
  llvm::Triple triple(target.triple);
  const llvm::Target *known = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!known)
    return nullptr;
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Standard; // what may be fused, Halide and clang have already said
  options.DataSections = options.FunctionSections = true;
  return std::unique_ptr<llvm::TargetMachine>(
      known->createTargetMachine(triple, target.cpu, target.features, options,
                                 triple.isOSUnknown() ? llvm::Reloc::Static : llvm::Reloc::PIC_, std::nullopt,
                                 llvm::CodeGenOptLevel::Aggressive));
}

// Halide converts floats by NEON's own intrinsic. LLVM's general one does the same, and has the factor in it where the float is one times a
// power of two.
void generalise(llvm::Instruction &instruction) {
  auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
  if (!call || call->getIntrinsicID() != llvm::Intrinsic::aarch64_neon_fcvtzs)
    return;
  llvm::Value *value = call->getArgOperand(0);
  llvm::Value *same = llvm::IRBuilder<>(call).CreateIntrinsic(llvm::Intrinsic::fptosi_sat, {call->getType(), value->getType()}, {value});
  call->replaceAllUsesWith(same);
  call->eraseFromParent();
}

// Parses bitcode that was made for no target in particular and fits it to this one.
bool addBitcode(llvm::Module &into, StringRef bitcode, const char *name) {
  auto parsed = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bitcode, name), into.getContext());
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return false;
  }
  llvm::Module &module = **parsed;
  module.setTargetTriple(into.getTargetTriple());
  module.setDataLayout(into.getDataLayout());
  module.setSourceFileName(name);
  for (const char *metadata : {"llvm.module.flags", "llvm.ident", "llvm.commandline"})
    if (llvm::NamedMDNode *node = module.getNamedMetadata(metadata))
      node->eraseFromParent();
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    // Halide tags memory by buffer name; buffers share the arena, so the tags would prove what is not true.
    for (llvm::BasicBlock &block : function)
      for (llvm::Instruction &instruction : llvm::make_early_inc_range(block)) {
        instruction.setMetadata(llvm::LLVMContext::MD_tbaa, nullptr);
        generalise(instruction);
      }
  }
  return !llvm::Linker::linkModules(into, std::move(*parsed));
}

void setFunctionAttributes(llvm::Module &module, const Target &target) {
  for (llvm::Function &function : module) {
    for (const char *key : {"target-cpu", "tune-cpu", "target-features", "reciprocal-estimates", "probe-stack", "frame-pointer",
                            "stack-protector-buffer-size"})
      function.removeFnAttr(key);
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", target.cpu);
    if (!target.features.empty())
      function.addFnAttr("target-features", target.features);
    function.addFnAttr("no-builtins"); // no loop becomes a call of memset
    if (target.kernels.vectorWidth == 16)
      function.addFnAttr("prefer-vector-width", "512");
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
}

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

// What is left of memset, memcpy and memmove becomes loops, as there is no libc.
void expandMemoryIntrinsics(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::SmallVector<llvm::MemIntrinsic *> found;
  for (llvm::Function &function : module)
    for (llvm::BasicBlock &block : function)
      for (llvm::Instruction &instruction : block)
        if (auto *memory = llvm::dyn_cast<llvm::MemIntrinsic>(&instruction))
          found.push_back(memory);
  for (llvm::MemIntrinsic *memory : found) {
    llvm::TargetTransformInfo info = machine.getTargetTransformInfo(*memory->getFunction());
    if (auto *set = llvm::dyn_cast<llvm::MemSetInst>(memory))
      llvm::expandMemSetAsLoop(set);
    else if (auto *copy = llvm::dyn_cast<llvm::MemCpyInst>(memory))
      llvm::expandMemCpyAsLoop(copy, info);
    else if (auto *move = llvm::dyn_cast<llvm::MemMoveInst>(memory))
      llvm::expandMemMoveAsLoop(move, info);
    memory->eraseFromParent();
  }
}

} // namespace

std::unique_ptr<llvm::Module> emitModule(func::FuncOp function, const std::vector<std::string> &kernels, const Target &target,
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

  for (const std::string &bitcode : kernels)
    if (!addBitcode(*module, bitcode, "kernels"))
      return function.emitError("cannot link the kernels"), nullptr;
  setFunctionAttributes(*module, target);
  llvm::internalizeModule(*module, isEntry);
  if (llvm::verifyModule(*module, &llvm::errs()))
    return function.emitError("made an invalid module: a bug in mnv3c"), nullptr;
  expandMemoryIntrinsics(*module, *machine);
  return module;
}

bool emitCode(llvm::Module &module, const Target &target, CodeKind kind, std::string &bytes, std::string &error) {
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream stream(buffer);
  if (kind == CodeKind::llvm) {
    module.print(stream, nullptr);
  } else {
    std::unique_ptr<llvm::TargetMachine> machine = machineFor(target, error);
    llvm::legacy::PassManager passes;
    auto type = kind == CodeKind::object ? llvm::CodeGenFileType::ObjectFile : llvm::CodeGenFileType::AssemblyFile;
    if (!machine || machine->addPassesToEmitFile(passes, stream, nullptr, type)) {
      error = "LLVM cannot emit this kind of file for " + target.triple;
      return false;
    }
    passes.run(module);
  }
  bytes.assign(buffer.begin(), buffer.end());
  return true;
}

} // namespace mnv3::codegen
