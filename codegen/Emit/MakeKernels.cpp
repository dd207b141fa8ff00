#include "codegen/Emit/Emit.h"
#include "codegen/Emit/KernelSpecOf.h"
#include "codegen/Schedules/Schedules.h"

#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mnv3::codegen {

// Strips have as many steps of rows as one another, or one more; the last has what is less than a step as well.
static int mostRowsOfStrip(int height, int rowStep, int strips) {
  return strips == 1 ? height : static_cast<int>(llvm::divideCeil(height / rowStep, strips)) * rowStep + height % rowStep;
}

LogicalResult makeKernels(ModuleOp module, KernelForm form, KernelCode &code, const FinishBitcode &finish) {
  SmallVector<kern::KernelOpInterface> kernels;
  std::vector<KernelSpec> specs;
  module.walk([&](kern::KernelOpInterface kernel) {
    kernels.push_back(kernel);
    specs.push_back(kernelSpecOf(kernel));
  });
  const KernelTarget target = kernelTargetOf(kern::targetOf(module));
  std::vector<KernelInfo> made;
  std::string error;
  if (!generateKernels(specs, target, form, made, code, error, finish))
    return module.emitError() << "cannot make the kernels: " << error;
  Builder builder(module.getContext());
  for (auto [kernel, spec, info] : llvm::zip_equal(kernels, specs, made)) {
    kernel->setAttr("symbol", builder.getStringAttr(info.symbol));
    spec.height = rowsOf(kernel);
    if (spec.height < info.rowStep)
      return kernel->emitError() << "makes " << spec.height << " rows, but " << info.symbol << " no fewer than " << info.rowStep;
    if (info.steps) { // all shares have one scratch
      spec.height = std::min(spec.height, info.bandRows);
      kernel->setAttr("steps", builder.getI64IntegerAttr(info.steps));
      kernel->setAttr("band", builder.getI64IntegerAttr(spec.height));
      kernel->setAttr("strips", builder.getI64IntegerAttr(chooseStrips(spec, target, info.rowStep)));
      if (!info.scratchBytes.empty())
        kernel->setAttr("scratch_bytes", builder.getDenseI64ArrayAttr({info.scratchFor(spec.height), 0}));
      continue;
    }
    const int strips = info.rowStep ? chooseStrips(spec, target, info.rowStep) : 1;
    if (!info.scratchBytes.empty()) {
      SmallVector<int64_t> scratch; // of each of 1, 2, 4, ... strips
      for (int count = 1; count <= strips; count *= 2)
        scratch.push_back(info.scratchFor(mostRowsOfStrip(spec.height, info.rowStep, count)));
      kernel->setAttr("scratch_bytes", builder.getDenseI64ArrayAttr(scratch));
    }
    if (strips > 1) {
      kernel->setAttr("row_step", builder.getI64IntegerAttr(info.rowStep));
      kernel->setAttr("strips", builder.getI64IntegerAttr(strips));
    }
  }
  return success();
}

} // namespace mnv3::codegen
