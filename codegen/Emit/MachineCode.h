// What every LLVM module goes through on its way to code, whichever process makes it.
#pragma once

#include "codegen/Emit/Target.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Target/TargetMachine.h"

namespace mnv3::codegen {

// Null, with a reason in `error`, if LLVM knows no such target.
std::unique_ptr<llvm::TargetMachine> machineFor(const Target &target, std::string &error);

// Parses bitcode that was made for no target in particular, fits it to `into`'s and links it in.
bool addBitcode(llvm::Module &into, llvm::StringRef bitcode, const char *name);

void setFunctionAttributes(llvm::Module &module, const Target &target);

// What is left of memset, memcpy and memmove becomes loops, as there is no libc.
void expandMemoryIntrinsics(llvm::Module &module, llvm::TargetMachine &machine);

// Has innermost loops begin a line of code on x86, whose processors fetch decoded instructions by lines of 64 bytes of code. A short loop that
// begins within one takes a line more each time round: of no weight alone on a core, a tenth to a third of the time where another thread
// of the core takes turns in fetching. Elsewhere LLVM knows what processors like.
void alignInnermostLoops(llvm::Module &module, const Target &target);

// Bytes of stack that each function's frame takes, as code generation reports them; functions without a frame may be missing.
using Frames = llvm::StringMap<uint64_t>;

// Changes the module. False, with a reason in `error`, if LLVM cannot make this kind of file for the target.
bool generateCode(llvm::Module &module, const Target &target, llvm::CodeGenFileType type, std::string &bytes, Frames &frames,
                  std::string &error);

} // namespace mnv3::codegen
