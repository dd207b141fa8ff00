// A transform may change how a result is computed, not what it is: each pass, alone on the functions of its own lit
// test with random weights, and the passes in order on random small nets, give what the reference gave before.
//
// Tolerance: the reference computes in double, so the only difference is that folded weights are rounded to float once
// (6e-8 relative) where the unfolded ones were exact; 1e-5 of the largest value leaves room for sums that cancel and
// for what 20 layers make of it, and is far below what one wrong weight does.
#include "Interpreter.h"
#include "RandomNet.h"

#include "compiler/Transforms/Passes.h"
#include "dialects/NN/NN.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using namespace mnv3;
using namespace mnv3::reference;

namespace {

constexpr double tolerance = 1e-5;

struct NamedPass {
  const char *name;
  std::unique_ptr<Pass> (*create)();
};

// In the order of the pipeline, which the random nets go through.
const NamedPass passes[] = {
    {"nn-lower-depthwise", createLowerDepthwisePass},   {"nn-fold-batch-norm", createFoldBatchNormPass},
    {"nn-fold-hard-swish", createFoldHardSwishPass},    {"nn-lower-squeeze-excite", createLowerSqueezeExcitePass},
    {"nn-fuse-residual", createFuseResidualPass},       {"nn-merge-siblings", createMergeSiblingsPass},
    {"nn-commute-upsample", createCommuteUpsamplePass}, {"nn-fold-views", createFoldViewsPass}};

class TransformsNumeric : public testing::Test {
protected:
  TransformsNumeric() { context.loadDialect<func::FuncDialect, nn::NNDialect>(); }

  double uniform(double least, double most) { return least + (most - least) * (random() / 4294967296.0); }

  Tensor randomInput(Type type) {
    Tensor tensor(shapeOf(type));
    for (double &value : tensor.values)
      value = uniform(-2, 2);
    return tensor;
  }

  // Numbers that a pattern looks for (x + 3, times a sixth) stay; a variance stays positive.
  void randomizeWeights(func::FuncOp function) {
    for (auto constant : function.getOps<nn::ConstantOp>()) {
      bool operand = false, variance = false;
      for (OpOperand &use : constant->getUses()) {
        operand |= isa<nn::AddOp, nn::MulOp>(use.getOwner());
        variance |= isa<nn::BatchNormOp>(use.getOwner()) && use.getOperandNumber() == 4;
      }
      if (operand)
        continue;
      auto type = cast<RankedTensorType>(constant.getType());
      std::vector<float> values(type.getNumElements());
      for (float &value : values)
        value = variance ? uniform(0.1, 2) : uniform(-1, 1);
      constant.setValueAttr(nn::weightsAttr(type, values, "random"));
    }
  }

  bool run(ModuleOp module, const NamedPass &pass) {
    PassManager manager(&context);
    manager.addNestedPass<func::FuncOp>(pass.create());
    return succeeded(manager.run(module));
  }

  static std::string text(ModuleOp module) {
    std::string printed;
    llvm::raw_string_ostream stream(printed);
    module->print(stream, OpPrintingFlags().elideLargeResourceString());
    return printed;
  }

  static void compare(const Tensor &before, const Tensor &after, const std::string &what) {
    ASSERT_EQ(before.shape, after.shape) << what;
    double largest = 1;
    for (double value : before.values)
      largest = std::max(largest, std::abs(value));
    for (size_t i = 0; i < before.values.size(); ++i)
      ASSERT_NEAR(before.values[i], after.values[i], tolerance * largest) << what << ", element " << i;
  }

  // Heads all, and the rows that are still kept.
  static void compare(const std::optional<Answers> &before, const std::optional<Answers> &after,
                      const std::string &what) {
    ASSERT_TRUE(before && after) << what;
    ASSERT_EQ(before->heads.size(), after->heads.size()) << what;
    for (size_t i = 0; i < before->heads.size(); ++i)
      compare(before->heads[i], after->heads[i], what + ", head " + std::to_string(i));
    for (const auto &[row, tensor] : after->rows)
      compare(before->rows.at(row), tensor, what + ", row " + std::to_string(row));
  }

  MLIRContext context;
  std::mt19937 random{1};
};

TEST_F(TransformsNumeric, EachPassOnItsOwnTest) {
  for (const NamedPass &pass : passes) {
    auto file = llvm::MemoryBuffer::getFile(std::string(MNV3_TEST_FOLDER "/Transforms/") + pass.name + ".mlir");
    ASSERT_TRUE(bool(file)) << pass.name;
    SmallVector<StringRef> parts;
    (*file)->getBuffer().split(parts, "// -----\n");
    int compared = 0;
    for (StringRef part : parts) {
      if (part.contains("expected-error"))
        continue;
      OwningOpRef<ModuleOp> before = parseSourceString<ModuleOp>(part, &context);
      ASSERT_TRUE(bool(before)) << pass.name;
      for (auto function : before->getOps<func::FuncOp>())
        randomizeWeights(function);
      OwningOpRef<ModuleOp> after = before->clone();
      ASSERT_TRUE(run(*after, pass)) << pass.name;
      for (auto [function, transformed] :
           llvm::zip_equal(before->getOps<func::FuncOp>(), after->getOps<func::FuncOp>())) {
        std::vector<Tensor> inputs;
        for (Type type : function.getArgumentTypes())
          inputs.push_back(randomInput(type));
        compare(interpret(function, inputs), interpret(transformed, inputs),
                std::string(pass.name) + ", " + function.getName().str());
        ++compared;
      }
    }
    EXPECT_GE(compared, 4) << pass.name;
  }
}

TEST_F(TransformsNumeric, AllPassesOnRandomNets) {
  std::map<std::string, int> changed;
  for (unsigned seed = 0; seed < 25; ++seed) {
    OwningOpRef<ModuleOp> module = randomNet(&context, seed);
    ASSERT_TRUE(succeeded(verify(*module))) << "seed " << seed;
    auto function = [&] { return *module->getOps<func::FuncOp>().begin(); };
    std::vector<Tensor> inputs = {randomInput(function().getArgumentTypes()[0])};
    auto expected = interpret(function(), inputs);
    for (const NamedPass &pass : passes) {
      std::string before = text(*module);
      ASSERT_TRUE(run(*module, pass)) << pass.name << ", seed " << seed;
      changed[pass.name] += before != text(*module);
      compare(expected, interpret(function(), inputs), std::string(pass.name) + ", seed " + std::to_string(seed));
      if (HasFatalFailure())
        return;
    }
    // What the contracts promise on such nets.
    for (auto norm : function().getOps<nn::BatchNormOp>())
      EXPECT_FALSE(nn::hasOneReader(norm.getInput())) << "seed " << seed;
    EXPECT_TRUE(llvm::all_of(function().getOps<nn::Conv2DOp>(), [](auto conv) { return conv.getGroups() == 1; }))
        << "seed " << seed;
    EXPECT_TRUE(function().getOps<nn::UpsampleOp>().empty()) << "seed " << seed;
  }
  for (const NamedPass &pass : passes)
    EXPECT_GE(changed[pass.name], 10) << pass.name << " hardly ever had something to do";
}

} // namespace
