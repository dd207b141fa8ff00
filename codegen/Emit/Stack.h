// How deep the stack of a call can get.
#pragma once

#include "codegen/Emit/Target.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Module.h"

namespace mnv3::codegen {

// Bytes of each function's frame, as code generation reports them; functions without a frame may be missing.
using Frames = llvm::StringMap<uint64_t>;

// The most that a call of `entry` takes: frames along the deepest chain of calls, each with what it may lose to alignment. A call
// through a pointer may reach every function of that type whose address is taken; the caller's own functions (hooks) do not count.
int64_t deepestStack(const llvm::Function &entry, const Frames &frames, const Target &target);

} // namespace mnv3::codegen
