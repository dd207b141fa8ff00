// One chooser a family, each in the file that reasons about it.
#pragma once

#include "codegen/KernelSpec.h"

namespace mnv3::codegen {

Schedule chooseConv2D(const KernelSpec &spec, const KernelTarget &target);
Schedule chooseDetect(const KernelSpec &spec, const KernelTarget &target);
Schedule chooseWinograd(const KernelSpec &spec, const KernelTarget &target);
Schedule chooseDepthwise(const KernelSpec &spec, const KernelTarget &target);
Schedule chooseStem(const KernelSpec &spec, const KernelTarget &target);

} // namespace mnv3::codegen
