// Code generation is a fifth of the work on kernels, and so it is done where they are made: in two processes at once. What a
// process hands on is still a module, but one without functions: assembly defines them, which the driver's module takes in. So
// all code becomes one object in the usual way, without a linker.
#include "codegen/Emit/Emit.h"
#include "codegen/Emit/MachineCode.h"
#include "codegen/Emit/Stack.h"

#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Verifier.h"
#include "llvm/TargetParser/Triple.h"

namespace mnv3::codegen {
namespace {

// Labels that no symbol table shows are numbered anew in each module: ".LBB0_1" becomes ".L<share>.BB0_1". The file's name is dropped.
std::string setApart(llvm::StringRef assembly, int share) {
  std::string text;
  text.reserve(assembly.size() + assembly.size() / 16);
  for (llvm::StringRef line : llvm::split(assembly, '\n')) {
    if (line.trim().starts_with(".file"))
      continue;
    char before = ' ';
    for (; !line.empty(); line = line.drop_front()) {
      const bool inName = llvm::isAlnum(before) || before == '_' || before == '.' || before == '"';
      if (!inName && line.consume_front(".L"))
        text += ".L" + std::to_string(share) + ".";
      before = line.front();
      text += before;
    }
    text += '\n';
  }
  return text;
}

} // namespace

bool hasAssembler(const Target &target) { return !llvm::Triple(target.triple).isWasm(); }

bool compileKernels(std::string &bitcode, int share, const Target &target, std::string &error) {
  llvm::LLVMContext context;
  llvm::Module kernels("kernels", context), compiled("kernels", context);
  std::unique_ptr<llvm::TargetMachine> machine = machineFor(target, error);
  if (!machine)
    return false;
  for (llvm::Module *module : {&kernels, &compiled}) {
    module->setTargetTriple(llvm::Triple(target.triple));
    module->setDataLayout(machine->createDataLayout());
  }
  if (!addBitcode(kernels, bitcode, "kernels") || llvm::verifyModule(kernels)) {
    error = "Halide's code is not valid here";
    return false;
  }
  setFunctionAttributes(kernels, target);
  alignInnermostLoops(kernels, target);
  for (llvm::GlobalValue &value : kernels.global_values())
    if (!value.isDeclaration())
      value.setLinkage(llvm::GlobalValue::InternalLinkage);
  expandMemoryIntrinsics(kernels, *machine);
  std::string assembly;
  Frames frames;
  if (!generateCode(kernels, target, llvm::CodeGenFileType::AssemblyFile, assembly, frames, error))
    return false;
  compiled.setModuleInlineAsm(setApart(assembly, share));
  noteStacks(kernels, frames, target, compiled);
  llvm::raw_string_ostream stream(bitcode = "");
  llvm::WriteBitcodeToFile(compiled, stream);
  return true;
}

} // namespace mnv3::codegen
