// How deep the stack of a call can get.
#pragma once

#include "codegen/Emit/MachineCode.h"

namespace mnv3::codegen {

// The most that a call of `entry` takes: frames along the deepest chain of calls, each with what it may lose to alignment. A call
// through a pointer may reach every function of that type whose address is taken; the caller's own functions (hooks) do not count.
int64_t deepestStack(const llvm::Function &entry, const Frames &frames, const Target &target);

// The same of each function of `compiled`, of which `module` has the assembly: written down there, where linking keeps it.
void noteStacks(const llvm::Module &compiled, const Frames &frames, const Target &target, llvm::Module &module);

// What was noted, by function; these are the functions that assembly defines.
llvm::StringMap<int64_t> notedStacks(const llvm::Module &module);

} // namespace mnv3::codegen
