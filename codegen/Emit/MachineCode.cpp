#include "codegen/Emit/MachineCode.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsAArch64.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Transforms/Utils/LoopUtils.h"
#include "llvm/Transforms/Utils/LowerMemIntrinsics.h"

namespace mnv3::codegen {

std::unique_ptr<llvm::TargetMachine> machineFor(const Target &target, std::string &error) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  llvm::InitializeAllAsmParsers(); // kernels come as assembly
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

namespace {

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

struct CollectFrames : llvm::DiagnosticHandler {
  explicit CollectFrames(Frames &frames) : frames(frames) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    auto *frame = llvm::dyn_cast<llvm::DiagnosticInfoStackSize>(&info);
    if (frame)
      frames[frame->getFunction().getName()] = frame->getStackSize();
    return frame;
  }
  Frames &frames;
};

} // namespace

bool addBitcode(llvm::Module &into, llvm::StringRef bitcode, const char *name) {
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

void alignInnermostLoops(llvm::Module &module, const Target &target) {
  if (!llvm::Triple(target.triple).isX86())
    return;
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    llvm::DominatorTree dominators(function);
    llvm::LoopInfo loops(dominators);
    for (llvm::Loop *loop : loops.getLoopsInPreorder())
      if (loop->isInnermost())
        llvm::addStringMetadataToLoop(loop, "llvm.loop.align", 64);
  }
}

bool generateCode(llvm::Module &module, const Target &target, llvm::CodeGenFileType type, std::string &bytes, Frames &frames,
                  std::string &error) {
  std::unique_ptr<llvm::TargetMachine> machine = machineFor(target, error);
  if (!machine)
    return false;
  for (llvm::Function &function : module)
    function.addFnAttr("warn-stack-size", "0"); // every frame is reported
  std::unique_ptr<llvm::DiagnosticHandler> before = module.getContext().getDiagnosticHandler();
  module.getContext().setDiagnosticHandler(std::make_unique<CollectFrames>(frames));
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream stream(buffer);
  llvm::legacy::PassManager passes;
  const bool possible = !machine->addPassesToEmitFile(passes, stream, nullptr, type);
  if (possible)
    passes.run(module);
  else
    error = "LLVM cannot emit this kind of file for " + target.triple;
  module.getContext().setDiagnosticHandler(std::move(before));
  bytes.assign(buffer.begin(), buffer.end());
  return possible;
}

} // namespace mnv3::codegen
