#include "codegen/Emit/Emit.h"
#include "codegen/Emit/KernelSpecOf.h"
#include "codegen/Schedules/Schedules.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace mnv3::codegen {

LogicalResult makeKernels(ModuleOp module, KernelForm form, std::vector<std::string> &code) {
  SmallVector<kern::KernelOpInterface> kernels;
  std::vector<KernelSpec> specs;
  module.walk([&](kern::KernelOpInterface kernel) {
    kernels.push_back(kernel);
    specs.push_back(kernelSpecOf(kernel));
  });
  const KernelTarget target = kernelTargetOf(kern::targetOf(module));
  std::vector<KernelInfo> made;
  std::string error;
  if (!generateKernels(specs, target, form, made, code, error))
    return module.emitError() << "cannot make the kernels: " << error;
  Builder builder(module.getContext());
  for (auto [kernel, spec, info] : llvm::zip_equal(kernels, specs, made)) {
    kernel->setAttr("symbol", builder.getStringAttr(info.symbol));
    if (info.scratchBytes)
      kernel->setAttr("scratch_bytes", builder.getI64IntegerAttr(info.scratchBytes));
    spec.height = rowsOf(kernel);
    if (spec.height < info.rowStep)
      return kernel->emitError() << "makes " << spec.height << " rows, but " << info.symbol << " no fewer than " << info.rowStep;
    if (int strips = info.rowStep ? chooseStrips(spec, target, info.rowStep) : 1; strips > 1) {
      kernel->setAttr("row_step", builder.getI64IntegerAttr(info.rowStep));
      kernel->setAttr("strips", builder.getI64IntegerAttr(strips));
    }
  }
  return success();
}

} // namespace mnv3::codegen
