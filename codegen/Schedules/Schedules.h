// Default schedules: numbers of a loop nest as pure functions of shape and target. No Halide here.
#pragma once

#include "codegen/KernelSpec.h"

namespace mnv3::codegen {

// What the kernel's loop nest should look like; `spec.schedule` is not read.
Schedule chooseSchedule(const KernelSpec &spec, KernelTarget target);

// Whether a conv2d spec may be, and is better, computed as Family::winograd.
bool prefersWinograd(const KernelSpec &spec, const KernelTarget &target);

} // namespace mnv3::codegen
