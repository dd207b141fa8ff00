#include "compiler/Import/StructureCheck.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace mlir;

namespace mnv3::import {
namespace {

// `class` or `module.class` -> `class`.
std::string shortName(const std::string &className) { return className.substr(className.rfind('.') + 1); }

// What an activation's class computes; nothing if the class is not known.
std::optional<ActivationSpec> activationOf(const StoredModule &module) {
  static const std::map<std::string, const char *> known = {
      {"SiLU", "silu"},           {"Swish", "silu"},           {"ReLU", "relu"},          {"ReLU6", "relu6"},
      {"LeakyReLU", "leaky_relu"}, {"Identity", "none"},        {"Hardswish", "hard_swish"}, {"HardSwish", "hard_swish"},
      {"h_swish", "hard_swish"},  {"hswish", "hard_swish"},    {"Hardsigmoid", "hard_sigmoid"}, {"HardSigmoid", "hard_sigmoid"},
      {"h_sigmoid", "hard_sigmoid"}, {"hsigmoid", "hard_sigmoid"}};
  auto entry = known.find(shortName(module.className));
  if (entry == known.end())
    return std::nullopt;
  ActivationSpec spec{entry->second, 0};
  auto slope = module.attributes.find("negative_slope");
  if (spec.name == "leaky_relu")
    spec.slope = slope != module.attributes.end() && slope->second.asFloat() ? *slope->second.asFloat() : 0.01;
  return spec;
}

std::string describe(const std::string &name, double slope) {
  return name == "leaky_relu" ? fmt::format("leaky_relu of slope {:.4g}", slope) : name;
}

// An attribute that is a number, or as many as `size` of them.
std::optional<std::vector<int64_t>> numbersOf(const StoredModule &module, const char *name, size_t size) {
  auto found = module.attributes.find(name);
  if (found == module.attributes.end())
    return std::nullopt;
  std::vector<int64_t> numbers;
  if (found->second.asInt())
    numbers.assign(size, *found->second.asInt());
  else if (found->second.asList())
    for (const Node &item : *found->second.asList())
      numbers.push_back(item.asInt() ? *item.asInt() : -1);
  else
    numbers.assign(size, -1); // "same" and the like
  return numbers;
}

class Check {
public:
  Check(const Row &row, const StoredModule &root, const std::string &prefix, const std::string &file)
      : row(row), root(root), prefix(prefix), file(file) {}

  void convolution(const yolo::Parameter &weights) {
    const yolo::ConvSettings &wanted = *weights.conv;
    size_t dot = weights.key.rfind('.');
    const std::string path = dot == std::string::npos ? "" : weights.key.substr(0, dot); // the row itself: "weight"
    if (const StoredModule *module = path.empty() ? &root : root.child(path)) {
      if (std::string name = shortName(module->className); name.find("Conv") == std::string::npos)
        fail(path, "a convolution", fmt::format("is a {}", name));
      expect(*module, path, "stride", {wanted.strides[0], wanted.strides[1]});
      expect(*module, path, "padding", {wanted.pads[0], wanted.pads[1]});
      expect(*module, path, "dilation", {wanted.dilation, wanted.dilation});
      expect(*module, path, "groups", {wanted.groups});
    }
    if (!wanted.actKey.empty())
      activation(wanted.actKey, wanted.act);
    if (!wanted.addsKey.empty())
      adds(wanted.addsKey, wanted.adds);
  }

private:
  [[noreturn]] void fail(const std::string &path, const std::string &expected, const std::string &found) {
    std::string key = path.empty() ? prefix.substr(0, prefix.size() - 1) : prefix + path;
    throw ImportError(row.location, fmt::format("row {} ({}): '{}' in {} {}, the yaml asks for {}", row.index, row.module, key, file,
                                                found, expected));
  }

  void expect(const StoredModule &module, const std::string &path, const char *name, const std::vector<int64_t> &wanted) {
    std::optional<std::vector<int64_t>> found = numbersOf(module, name, wanted.size());
    if (found && *found != wanted)
      fail(path, fmt::format("{} {}", name, fmt::join(wanted, " x ")), fmt::format("has {} {}", name, fmt::join(*found, " x ")));
  }

  void activation(const std::string &path, nn::ActivationAttr wanted) {
    const StoredModule *module = root.child(path);
    if (!module)
      return;
    std::string expected = wanted ? nn::stringifyActivationKind(wanted.getKind()).str() : "none";
    double slope = wanted ? wanted.getSlope().convertToDouble() : 0;
    std::optional<ActivationSpec> found = activationOf(*module);
    if (!found)
      fail(path, describe(expected, slope), fmt::format("is of class {}, and what that computes is not known", module->className));
    if (found->name != expected || std::abs(found->slope - slope) > 1e-6)
      fail(path, describe(expected, slope), fmt::format("computes {} ({})", describe(found->name, found->slope), module->className));
  }

  // `path` ends in the name of a truth: "m.0.add", "identity".
  void adds(const std::string &path, bool wanted) {
    size_t dot = path.rfind('.');
    const StoredModule *module = dot == std::string::npos ? &root : root.child(path.substr(0, dot));
    if (!module)
      return;
    auto found = module->attributes.find(path.substr(dot == std::string::npos ? 0 : dot + 1));
    if (found == module->attributes.end() || !found->second.asBool() || *found->second.asBool() == wanted)
      return;
    fail(path, wanted ? "True: the input is added" : "False: the input is not added", wanted ? "is False" : "is True");
  }

  const Row &row;
  const StoredModule &root;
  const std::string &prefix, &file;
};

} // namespace

void adoptVariant(yolo::ModuleOpInterface op, const Weights &weights) {
  OpBuilder builder(op->getContext());
  std::string prefix = op->getAttrOfType<StringAttr>("prefix").getValue().str(), fc = prefix + "fc";
  if (auto block = dyn_cast<yolo::MobileNetV3Op>(*op)) {
    if (!block.getSqueezeExcite())
      return;
    // The two children behind the depthwise convolution's norm: one is the gate.
    bool expands = cast<RankedTensorType>(block.getInput().getType()).getDimSize(1) != static_cast<int64_t>(block.getHidden());
    auto gateAt = [&](int child) { return fmt::format("{}conv.{}.fc", prefix, expands ? child + 3 : child); };
    bool first = weights.find(gateAt(2) + ".0.weight"), second = weights.find(gateAt(3) + ".0.weight");
    if (first != second)
      block.setGateFirst(first);
    fc = gateAt(block.getGateFirst() ? 2 : 3);
  } else if (!isa<yolo::SELayerOp>(*op)) {
    return;
  }
  const Tensor *matrix = weights.find(fc + ".0.weight");
  if (!matrix || matrix->shape.size() != 2 || matrix->shape[0] < 1)
    return; // reported as missing, or of another shape
  op->setAttr("squeezed", builder.getI64IntegerAttr(matrix->shape[0]));
  op->setAttr("gate_bias", builder.getBoolAttr(weights.find(fc + ".0.bias") || weights.find(fc + ".2.bias")));
}

void checkStructure(yolo::ModuleOpInterface op, const Row &row, const CheckpointModel &model, const std::string &file) {
  std::string prefix = op->getAttrOfType<StringAttr>("prefix").getValue().str();
  const StoredModule *root = model.root.child(prefix.substr(0, prefix.size() - 1));
  if (!root)
    return; // its weights are missing then, which is an error of its own
  Check check(row, *root, prefix, file);
  for (const yolo::Parameter &parameter : op.getParameters())
    if (parameter.conv)
      check.convolution(parameter);
}

} // namespace mnv3::import
