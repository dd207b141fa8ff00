// Whole models from their yaml, with seeded weights and every row kept: after each pass the reference gives what it
// gave of the layers as written. The picture is as small as the strides allow; a pass does not look at sizes.
#include "PassComparison.h"

#include "compiler/Conversion/Passes.h"
#include "compiler/Import/Import.h"
#include "dialects/NN/NN.h"
#include "dialects/Yolo/Yolo.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using namespace mnv3;
using namespace mnv3::reference;

namespace {

void compareOnModel(const std::string &yaml) {
  MLIRContext context;
  context.loadDialect<func::FuncDialect, nn::NNDialect, yolo::YoloDialect>();
  import::ImportOptions options;
  options.input = yaml;
  options.height = 64, options.width = 96;
  options.keepRows = true;
  std::vector<import::Diagnostic> diagnostics;
  OwningOpRef<ModuleOp> module = import::importModel(context, options, diagnostics);
  if (!module && !diagnostics.empty() && StringRef(diagnostics.back().message).contains("unknown module"))
    GTEST_SKIP() << yaml << ": " << diagnostics.back().message; // Import's business, and tested there
  ASSERT_TRUE(bool(module)) << (diagnostics.empty() ? "" : diagnostics.back().message);
  PassManager manager(&context);
  manager.addPass(createConvertYoloToNNPass());
  ASSERT_TRUE(succeeded(manager.run(*module)));

  func::FuncOp function = *module->getOps<func::FuncOp>().begin();
  Tensor picture(shapeOf(function.getArgumentTypes()[0]));
  std::mt19937 random(1);
  for (double &value : picture.values)
    value = random() / 4294967296.0;
  auto expected = interpret(function, {picture});
  ASSERT_TRUE(bool(expected));
  EXPECT_FALSE(expected->rows.empty());
  for (const NamedPass &pass : nnPasses()) {
    ASSERT_TRUE(runPass(*module, pass)) << pass.name;
    compare(expected, interpret(function, {picture}), pass.name);
    if (testing::Test::HasFatalFailure())
      return;
  }
}

TEST(TransformsOnModels, Small) { compareOnModel(MNV3_MODELS_FOLDER "/yolov5s-mobilenetv3-small.yaml"); }
TEST(TransformsOnModels, Large) { compareOnModel(MNV3_MODELS_FOLDER "/yolov5-mobilenetv3-large.yaml"); }

// Models with one row of nearly every module, not part of the project.
void compareOnSharedModel(const std::string &name) {
  const char *shared = std::getenv("MNV3_SHARED");
  std::string yaml = std::string(shared && *shared ? shared : MNV3_SHARED_DEFAULT) + "/reference/zoo/" + name;
  if (!llvm::sys::fs::exists(yaml))
    GTEST_SKIP() << yaml << " is not there (MNV3_SHARED)";
  compareOnModel(yaml);
}
TEST(TransformsOnModels, ModulesA) { compareOnSharedModel("modules-a.yaml"); }
TEST(TransformsOnModels, ModulesB) { compareOnSharedModel("modules-b.yaml"); }

} // namespace
