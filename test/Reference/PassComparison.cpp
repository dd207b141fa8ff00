#include "PassComparison.h"

#include "compiler/Transforms/Passes.h"

#include "mlir/Pass/PassManager.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;

namespace mnv3::reference {

static constexpr double tolerance = 1e-5;

llvm::ArrayRef<NamedPass> nnPasses() {
  static const NamedPass passes[] = {
      {"nn-lower-depthwise", createLowerDepthwisePass},   {"nn-fold-batch-norm", createFoldBatchNormPass},
      {"nn-fold-hard-swish", createFoldHardSwishPass},    {"nn-lower-squeeze-excite", createLowerSqueezeExcitePass},
      {"nn-fuse-residual", createFuseResidualPass},       {"nn-merge-siblings", createMergeSiblingsPass},
      {"nn-commute-upsample", createCommuteUpsamplePass}, {"nn-fold-views", createFoldViewsPass}};
  return passes;
}

bool runPass(ModuleOp module, const NamedPass &pass) {
  PassManager manager(module.getContext());
  manager.addNestedPass<func::FuncOp>(pass.create());
  return succeeded(manager.run(module));
}

static void compare(const Tensor &before, const Tensor &after, const std::string &what) {
  ASSERT_EQ(before.shape, after.shape) << what;
  double largest = 1;
  for (double value : before.values)
    largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < before.values.size(); ++i)
    ASSERT_NEAR(before.values[i], after.values[i], tolerance * largest) << what << ", element " << i;
}

void compare(const std::optional<Answers> &before, const std::optional<Answers> &after, const std::string &what) {
  ASSERT_TRUE(before && after) << what;
  ASSERT_EQ(before->heads.size(), after->heads.size()) << what;
  for (size_t i = 0; i < before->heads.size(); ++i)
    compare(before->heads[i], after->heads[i], what + ", head " + std::to_string(i));
  for (const auto &[row, tensor] : after->rows)
    compare(before->rows.at(row), tensor, what + ", row " + std::to_string(row));
}

} // namespace mnv3::reference
