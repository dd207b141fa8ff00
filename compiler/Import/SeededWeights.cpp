// Weights for a model that has none yet.
#include "compiler/Import/WeightMatching.h"

#include <cmath>

using namespace mlir;

namespace mnv3::import {
namespace {

class Random { // SplitMix64 (Steele, Lea, Flood 2014), seeded by FNV-1a of the key
public:
  explicit Random(const std::string &key) {
    for (unsigned char c : key)
      state = (state ^ c) * 0x100000001b3;
  }
  double uniform() { // in [0, 1)
    uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }
  double uniform(double from, double to) { return from + (to - from) * uniform(); }
  // Mean 0, variance 1: a sum of 12 uniform values is normal enough, and the same on every machine.
  double normal() {
    double total = -6;
    for (int i = 0; i < 12; ++i)
      total += uniform();
    return total;
  }

private:
  uint64_t state = 0xcbf29ce484222325;
};

bool endsWith(const std::string &text, const std::string &suffix) {
  return text.size() >= suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

// How much larger a layer's results are than its inputs: convolutions make up for the half that an activation takes away (He et
// al. 2015), linear layers have none behind them, and queries and keys are small, or a softmax would pick a single token.
double gainOf(const std::string &key, size_t rank) { return endsWith(key, "in_proj_weight") ? 0.25 : rank == 2 ? 1 : std::sqrt(2.0); }

// Weights scaled so that values keep their size through the depth, batch norms near the identity.
std::vector<float> seededValues(const std::string &key, ArrayRef<int64_t> shape) {
  Random random(key);
  size_t count = 1, fan = 1;
  for (auto [i, extent] : llvm::enumerate(shape)) {
    count *= extent;
    if (i)
      fan *= extent;
  }
  const double gain = gainOf(key, shape.size());
  std::vector<float> values(count);
  for (float &value : values) {
    if (shape.size() > 1)
      value = static_cast<float>(random.normal() * gain / std::sqrt(static_cast<double>(fan)));
    else if (endsWith(key, "running_var") || endsWith(key, ".weight"))
      value = static_cast<float>(random.uniform(0.8, 1.2));
    else
      value = static_cast<float>(random.uniform(-0.2, 0.2));
  }
  return values;
}

} // namespace

void attachSeededWeights(BuiltModel &built) {
  OpBuilder builder(built.module->getContext());
  built.function.walk([&](yolo::ModuleOpInterface op) {
    SmallVector<NamedAttribute> values;
    std::string prefix = op->getAttrOfType<StringAttr>("prefix").getValue().str();
    for (const yolo::Parameter &parameter : op.getParameters()) {
      auto type = RankedTensorType::get(parameter.shape, builder.getF32Type());
      std::string key = prefix + parameter.key;
      values.push_back(builder.getNamedAttr(parameter.key, nn::weightsAttr(type, seededValues(key, parameter.shape), key)));
    }
    op->setAttr("weights", builder.getDictionaryAttr(values));
  });
}

} // namespace mnv3::import
