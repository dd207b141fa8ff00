// A transform may change how a result is computed, not what it is: each pass, alone on the functions of its own lit
// test with random weights, and the passes in order on random small nets, give what the reference gave before.
#include "Interpreter.h"
#include "PassComparison.h"
#include "RandomNet.h"

#include "dialects/NN/NN.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using namespace mnv3;
using namespace mnv3::reference;

namespace {

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

  static std::string text(ModuleOp module) {
    std::string printed;
    llvm::raw_string_ostream stream(printed);
    module->print(stream, OpPrintingFlags().elideLargeResourceString().elideLargeElementsAttrs());
    return printed;
  }

  MLIRContext context;
  std::mt19937 random{1};
};

TEST_F(TransformsNumeric, EachPassOnItsOwnTest) {
  for (const NamedPass &pass : nnPasses()) {
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
      ASSERT_TRUE(runPass(*after, pass)) << pass.name;
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
    for (const NamedPass &pass : nnPasses()) {
      std::string before = text(*module);
      ASSERT_TRUE(runPass(*module, pass)) << pass.name << ", seed " << seed;
      changed[pass.name] += before != text(*module);
      compare(*expected, interpret(function(), inputs), std::string(pass.name) + ", seed " + std::to_string(seed));
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
  for (const NamedPass &pass : nnPasses())
    EXPECT_GE(changed[pass.name], 10) << pass.name << " hardly ever had something to do";
}

} // namespace
