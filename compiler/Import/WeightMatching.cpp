#include "compiler/Import/WeightMatching.h"

#include "compiler/Import/StructureCheck.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <set>
#include <unordered_map>

using namespace mlir;

namespace mnv3::import {
namespace {

using Index = std::unordered_map<std::string, const Tensor *>;

// YOLOv5's fuse() leaves a convolution with a bias and takes its batch norm away. Put one back that adds the bias, so
// that what follows sees one form only: 1 * (x - 0) / sqrt((1 - eps) + eps) + bias.
void unfuse(Weights &weights, float epsilon) {
  std::set<std::string> keys;
  for (const auto &[key, tensor] : weights.tensors)
    keys.insert(key);
  Weights result;
  result.file = weights.file;
  const std::string suffix = ".conv.bias";
  for (auto &[key, tensor] : weights.tensors) {
    bool isBias = key.size() >= suffix.size() && key.compare(key.size() - suffix.size(), suffix.size(), suffix) == 0;
    std::string parent = isBias ? key.substr(0, key.size() - suffix.size() + 1) : "";
    if (!isBias || keys.count(parent + "bn.weight")) {
      result.add(key, std::move(tensor));
      continue;
    }
    auto constant = [&](float value) { return Tensor{tensor.shape, std::vector<float>(tensor.values.size(), value), false}; };
    result.add(parent + "bn.weight", constant(1));
    result.add(parent + "bn.running_mean", constant(0));
    result.add(parent + "bn.running_var", constant(1 - epsilon));
    result.add(parent + "bn.bias", std::move(tensor));
  }
  weights = std::move(result);
}

// The epsilon of the first batch norm at or below a module; nothing if there is none.
std::optional<double> epsilonOf(const StoredModule &module) {
  auto eps = module.attributes.find("eps");
  if (module.className.find("BatchNorm2d") != std::string::npos && eps != module.attributes.end() && eps->second.asFloat())
    return *eps->second.asFloat();
  for (const auto &[name, child] : module.children)
    if (std::optional<double> found = epsilonOf(child))
      return found;
  return std::nullopt;
}

class Attacher {
public:
  Attacher(BuiltModel &built, const Description &description, const WeightFile &file)
      : built(built), description(description), file(file), builder(built.module->getContext()) {
    for (const auto &[key, tensor] : file.weights.tensors)
      if (!tensor.isInteger)
        index[key] = &tensor;
  }

  void run() {
    built.function.walk([&](yolo::ModuleOpInterface op) { attach(op); });
    refuseLeftovers();
  }

private:
  const Row &rowOf(Operation *op) { return description.rows[op->getAttrOfType<IntegerAttr>("row").getInt()]; }

  [[noreturn]] void fail(const Row &row, const std::string &message) {
    throw ImportError(row.location, fmt::format("row {} ({}): {}", row.index, row.module, message));
  }

  void attach(yolo::ModuleOpInterface op) {
    const Row &row = rowOf(op);
    std::string prefix = op->getAttrOfType<StringAttr>("prefix").getValue().str();
    SmallVector<NamedAttribute> values;
    adoptVariant(op, file.weights);
    if (file.model)
      checkStructure(op, row, *file.model, file.weights.file);
    for (const yolo::Parameter &parameter : op.getParameters()) {
      std::string key = prefix + parameter.key;
      auto found = index.find(key);
      if (found == index.end())
        fail(row, fmt::format("{} has no '{}'", file.weights.file, key));
      const Tensor &tensor = *found->second;
      std::vector<int64_t> shape(parameter.shape.begin(), parameter.shape.end());
      if (tensor.shape != shape)
        fail(row, fmt::format("'{}' in {} has shape {}, should have {}", key, file.weights.file, fmt::join(tensor.shape, "x"),
                              fmt::join(shape, "x")));
      if (auto broken = llvm::find_if_not(tensor.values, [](float x) { return std::isfinite(x); }); broken != tensor.values.end())
        fail(row, fmt::format("'{}' in {} holds {} (value {} of {}): no detector comes of that", key, file.weights.file, *broken,
                              broken - tensor.values.begin(), tensor.values.size()));
      auto type = RankedTensorType::get(shape, builder.getF32Type());
      values.push_back(builder.getNamedAttr(parameter.key, nn::weightsAttr(type, tensor.values, key)));
      index.erase(found);
    }
    op->setAttr("weights", builder.getDictionaryAttr(values));
    if (!file.model || !op->hasAttr("epsilon"))
      return;
    const StoredModule *stored = file.model->root.child(prefix.substr(0, prefix.size() - 1));
    if (std::optional<double> epsilon = stored ? epsilonOf(*stored) : std::nullopt)
      op->setAttr("epsilon", builder.getF64FloatAttr(*epsilon));
  }

  void refuseLeftovers() {
    std::string detect = built.detect.getPrefix().str();
    for (const auto &[key, tensor] : file.weights.tensors) {
      if (!index.count(key) || key == detect + "anchors" || key == detect + "anchor_grid")
        continue;
      int row = -1;
      if (std::sscanf(key.c_str(), "model.%d.", &row) == 1 && row >= 0 && row < static_cast<int>(description.rows.size()))
        fail(description.rows[row], fmt::format("{} has '{}', which this module does not", file.weights.file, key));
      throw ImportError({file.weights.file, 0, 0, ""}, fmt::format("'{}' belongs to no row of {}", key, description.file));
    }
  }

  BuiltModel &built;
  const Description &description;
  const WeightFile &file;
  OpBuilder builder;
  Index index;
};

} // namespace

void attachWeights(BuiltModel &built, const Description &description, WeightFile &file) {
  unfuse(file.weights, 1e-3f);
  Attacher(built, description, file).run();
}

} // namespace mnv3::import
