// Transforms within the kern dialect; see Passes.td.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mnv3::kern {

#define GEN_PASS_DECL
#include "compiler/Transforms/Kern/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "compiler/Transforms/Kern/Passes.h.inc"

} // namespace mnv3::kern
