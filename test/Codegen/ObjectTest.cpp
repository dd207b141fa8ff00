// What emitObject says of a module, and what it refuses.
#include "codegen/Emit/Emit.h"
#include "codegen/Emit/MachineCode.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Target/TargetMachine.h"

#include <gtest/gtest.h>

namespace mnv3::codegen {
namespace {

struct Made {
  bool object;
  ObjectFacts facts;
  std::string error;
};

Made make(const char *text, const char *targetName) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, diagnostic, context);
  Made made{};
  std::optional<Target> target = resolveTarget({.name = targetName}, made.error);
  EXPECT_TRUE(module && target) << diagnostic.getMessage().str() << made.error;
  module->setTargetTriple(llvm::Triple(target->triple));
  module->setDataLayout(machineFor(*target, made.error)->createDataLayout());
  std::string bytes;
  made.object = emitObject(*module, *target, "det", bytes, made.facts, made.error);
  return made;
}

TEST(Object, NamesWhatTheLinkerSees) {
  for (const char *target : {"x86-64", "arm64", "armv7", "cortex-m7", "riscv64", "wasm32"}) {
    Made made = make("define internal void @inner() noinline nounwind { ret void }\n"
                     "define void @det_run() nounwind { call void @inner() ret void }\n",
                     target);
    EXPECT_TRUE(made.object) << target << ": " << made.error;
    EXPECT_EQ(made.facts.symbols, std::vector<std::string>{"det_run"}) << target;
  }
}

// Whoever links it would have to have a heap, or a C library.
TEST(Object, MayNeedNothing) {
  for (const char *target : {"x86-64", "arm64", "armv7", "cortex-m7", "riscv64", "wasm32"}) {
    Made made = make("declare ptr @malloc(i32)\n"
                     "define ptr @det_run() nounwind { %p = call ptr @malloc(i32 8) ret ptr %p }\n",
                     target);
    EXPECT_FALSE(made.object) << target;
    EXPECT_EQ(made.error, "the object would need malloc, which nothing in it defines: a bug in mnv3c") << target;
  }
}

} // namespace
} // namespace mnv3::codegen
