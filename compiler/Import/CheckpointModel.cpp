#include "compiler/Import/CheckpointModel.h"

#include "compiler/Import/PlainNode.h"

#include <cmath>
#include <fmt/ranges.h>

namespace mnv3::import {

using Kind = PickleValue::Kind;

// The last row. Every YOLOv5 head keeps its anchors there, as a buffer.
static const PickleValue &findHead(const PickleValue &model, const Location &where) {
  const PickleValue *rows = attributeOf(model, "model");
  const PickleValue *list = rows && isModule(*rows) ? attributeOf(*rows, "_modules") : nullptr;
  if (!list || !list->is(Kind::dict) || list->items.empty())
    fail(where, fmt::format("is {} without a list of rows, expected a YOLOv5 model", model.describe()));
  const PickleValue &head = *list->items.back();
  if (!isModule(head) || !attributeOf(head, "anchors") || !attributeOf(head, "stride"))
    fail(where, fmt::format("ends in {} without anchors or strides, expected a YOLOv5 Detect", head.describe()));
  return head;
}

static std::vector<float> readStrides(const PickleValue &value, TorchTensors &tensors, const Location &where) {
  std::vector<float> strides;
  if (TorchTensors::isTensor(value)) {
    strides = tensors.read(value, where).values;
  } else {
    for (const PickleValue *item : value.elements()) // before v5.0 some forks keep a list
      strides.push_back(item->is(Kind::integer) ? static_cast<float>(item->integer)
                        : item->is(Kind::real)  ? static_cast<float>(item->real)
                                                : 0);
  }
  if (strides.empty() || strides.size() > 16)
    fail(where, fmt::format("has {} values, expected one a level", strides.size()));
  for (float stride : strides)
    if (!(stride >= 1 && stride <= 4096))
      fail(where, fmt::format("holds {}, expected strides from 1 to 4096", stride));
  return strides;
}

// The buffer holds [level][anchor][width, height] in cells of the level's grid; in pixels that is times the stride.
static void readAnchors(const PickleValue &value, TorchTensors &tensors, CheckpointModel &model,
                        const Location &where) {
  const Tensor grid = tensors.read(value, where);
  const size_t levels = model.strides.size();
  if (grid.isInteger || grid.shape.size() != 3 || grid.shape[0] != static_cast<int64_t>(levels) || grid.shape[1] < 1 ||
      grid.shape[2] != 2)
    fail(where, fmt::format("has shape {}, expected [{}, anchors, 2] for {} strides", grid.shape, levels, levels));
  const size_t perLevel = static_cast<size_t>(grid.shape[1]);
  for (size_t level = 0; level < levels; ++level) {
    auto &anchors = model.anchors.emplace_back();
    for (size_t i = 0; i < perLevel; ++i) {
      const float *pair = &grid.values[(level * perLevel + i) * 2];
      const float width = pair[0] * model.strides[level], height = pair[1] * model.strides[level];
      if (!(std::isfinite(width) && std::isfinite(height) && width > 0 && height > 0))
        fail(where, fmt::format("holds an anchor of {} x {} pixels, expected positive sizes", width, height));
      anchors.emplace_back(width, height);
    }
  }
}

// A list before v6.2, {number: name} from then on. Classes the model does not have (names of a larger data set) are
// cut.
static std::vector<std::string> readNames(const PickleValue *value, std::optional<int64_t> classes,
                                          const Location &where, Budget &budget) {
  std::vector<std::string> names;
  const bool isDict = value && value->is(Kind::dict);
  const size_t count = !value ? 0 : isDict ? value->items.size() / 2 : value->elements().size();
  budget.spend(count, where, sizeof(std::string));
  names.resize(count);
  std::vector<bool> seen(count);
  for (size_t i = 0; i < count; ++i) {
    const PickleValue &name = isDict ? *value->items[2 * i + 1] : *value->elements()[i];
    int64_t number = static_cast<int64_t>(i);
    if (isDict)
      number = value->items[2 * i]->is(Kind::integer) ? value->items[2 * i]->integer : -1;
    if (number < 0 || static_cast<uint64_t>(number) >= count || seen[static_cast<size_t>(number)])
      fail(where, fmt::format("does not number its {} classes from 0 to {}", count, count - 1));
    seen[static_cast<size_t>(number)] = true;
    budget.spend(name.text.size(), where);
    // Numbers as names happen: `names: [0, 1, 2]` in a data set's yaml.
    if (name.is(Kind::text))
      names[static_cast<size_t>(number)] = name.text;
    else if (name.is(Kind::integer))
      names[static_cast<size_t>(number)] = std::to_string(name.integer);
    else
      fail(where, fmt::format("holds {}, expected the names of classes", name.describe()));
  }
  if (classes && *classes >= 0 && static_cast<uint64_t>(*classes) < names.size())
    names.resize(static_cast<size_t>(*classes));
  return names;
}

static Node readYaml(const PickleValue *value, const Location &where, Budget &budget) {
  if (!value || value->is(Kind::none))
    return Node{{}, where};
  std::optional<Node> yaml = plainNode(*value, where, budget);
  if (!yaml || !yaml->asMap())
    fail(where, fmt::format("is {}, expected a dict of nothing but numbers, strings and lists, nested 32 deep at most",
                            value->describe()));
  return std::move(*yaml);
}

CheckpointModel readCheckpointModel(const PickleValue &module, TorchTensors &tensors, Weights &weights,
                                    Budget &budget) {
  auto at = [&](const char *inside) { return Location{weights.file, 0, 0, inside}; };
  const PickleValue &head = findHead(module, at("model"));
  CheckpointModel model;
  model.yaml = readYaml(attributeOf(module, "yaml"), at("yaml"), budget);
  std::optional<int64_t> classes;
  if (const PickleValue *nc = attributeOf(head, "nc"); nc && nc->is(Kind::integer))
    classes = nc->integer;
  model.names = readNames(attributeOf(module, "names"), classes, at("names"), budget);
  model.strides = readStrides(*attributeOf(head, "stride"), tensors, at("stride"));
  readAnchors(*attributeOf(head, "anchors"), tensors, model, at("anchors"));
  model.root = ModuleWalk(tensors, weights, budget).walk(module);
  return model;
}

} // namespace mnv3::import
