// libFuzzer's entry: any text must give IR or diagnostics, and from IR so must every pass of mnv3-opt, alone and after those
// before it. See README.md here for how to run it.
#include "compiler/Conversion/Passes.h"
#include "compiler/Transforms/Kern/Passes.h"
#include "compiler/Transforms/Passes.h"
#include "dialects/Kern/Kern.h"
#include "dialects/NN/NN.h"
#include "dialects/Yolo/Yolo.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

using namespace mlir;

namespace {

// All passes, in the order of the pipeline (compiler/Pipeline/Pipeline.cpp).
constexpr const char *passes[] = {
    "convert-yolo-to-nn",
    "func.func(nn-lower-depthwise)",
    "func.func(nn-fold-batch-norm)",
    "func.func(nn-fold-hard-swish)",
    "func.func(nn-lower-squeeze-excite)",
    "func.func(nn-fuse-residual)",
    "func.func(nn-merge-siblings)",
    "func.func(nn-commute-upsample)",
    "func.func(nn-fold-views)",
    "convert-nn-to-kern",
    "kern-assign-layout",
    "kern-choose-schedules",
    "kern-pack-weights",
    "kern-form-strips",
    "kern-plan-memory",
};

bool run(ModuleOp module, const char *pass) {
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  if (failed(parsePassPipeline(pass, pm)))
    llvm::report_fatal_error("mnv3-fuzz-ir: not a pass");
  return succeeded(pm.run(module));
}

void read(MLIRContext &context, const std::string &text) { // MLIR's lexer reads the zero behind it
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return;
  for (const char *pass : passes) {
    OwningOpRef<ModuleOp> alone = module->clone();
    run(*alone, pass);
  }
  for (const char *pass : passes)
    if (!run(*module, pass))
      return;
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *, char ***) {
  mnv3::registerConversionPasses();
  mnv3::registerMnv3TransformsPasses();
  mnv3::kern::registerKernPasses();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // A context keeps every attribute it has seen: it is renewed before that is much.
  static std::optional<MLIRContext> context;
  static unsigned texts = 0;
  if (texts++ % 1000 == 0) {
    context.emplace(MLIRContext::Threading::DISABLED);
    context->loadDialect<func::FuncDialect, arith::ArithDialect, mnv3::nn::NNDialect, mnv3::kern::KernDialect, mnv3::yolo::YoloDialect>();
    context->getDiagEngine().registerHandler([](Diagnostic &) { return success(); });
  }
  read(*context, std::string(reinterpret_cast<const char *>(data), size));
  return 0;
}
