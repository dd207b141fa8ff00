#include "compiler/Import/TorchModule.h"

#include "compiler/Import/PlainNode.h"

#include <fmt/format.h>
#include <unordered_set>

namespace mnv3::import {

using Kind = PickleValue::Kind;

// A bottleneck's convolution is six modules deep. A module that contains itself ends here.
static constexpr int maxDepth = 48;
static constexpr size_t maxKeyBytes = 1024;
// What a module is charged: far more than it takes, so that a few modules which hold each other many times over are
// told from the some hundred of an honest model within milliseconds.
static constexpr uint64_t moduleCost = 16 << 10;

// With __slots__, a state is a pair of which the first part is the dict.
static const PickleValue *stateOf(const PickleValue &object) {
  const PickleValue *state = object.state;
  if (state && state->is(Kind::tuple) && state->items.size() == 2)
    state = state->items[0];
  return state && state->is(Kind::dict) ? state : nullptr;
}

bool isModule(const PickleValue &value) {
  const PickleValue *state = value.is(Kind::object) ? stateOf(value) : nullptr;
  return state && state->get("_modules");
}

const PickleValue *attributeOf(const PickleValue &module, std::string_view name) {
  const PickleValue *state = stateOf(module);
  if (!state)
    return nullptr;
  if (const PickleValue *value = state->get(name))
    return value;
  for (const char *group : {"_parameters", "_buffers", "_modules"})
    if (const PickleValue *dict = state->get(group))
      if (const PickleValue *value = dict->get(name))
        return value;
  return nullptr;
}

std::string ModuleWalk::join(const std::string &prefix, const PickleValue &name) {
  if (!name.is(Kind::text))
    fail(at(prefix), fmt::format("has {} as the name of a part, expected a string", name.describe()));
  if (prefix.size() + name.text.size() > maxKeyBytes)
    fail(at(prefix), fmt::format("has a part whose key is longer than {} bytes", maxKeyBytes));
  std::string path = prefix.empty() ? std::string(name.text) : fmt::format("{}.{}", prefix, name.text);
  budget.spend(path.size() + 256, at(path));
  return path;
}

void ModuleWalk::addTensors(const PickleValue *dict, const PickleValue *hidden, const std::string &prefix) {
  if (!dict || !dict->is(Kind::dict) || dict->items.empty())
    return;
  // Buffers that are not persistent are caches: pickled with the module, yet no part of its state_dict.
  std::unordered_set<std::string_view> skipped;
  if (hidden)
    for (const PickleValue *name : hidden->elements()) {
      budget.spend(64, at(prefix));
      if (name->is(Kind::text))
        skipped.insert(name->text);
    }
  for (size_t i = 0; i < dict->items.size(); i += 2) {
    const PickleValue &value = *dict->items[i + 1];
    const std::string key = join(prefix, *dict->items[i]);
    if (value.is(Kind::none) || skipped.count(dict->items[i]->text))
      continue;
    if (!weights.add(key, tensors.read(value, at(key))))
      fail(at(key), "is there twice");
  }
}

void ModuleWalk::addAttributes(const PickleValue &state, const std::string &prefix, StoredModule &described) {
  const Location where = at(prefix);
  for (size_t i = 0; i < state.items.size(); i += 2) {
    const PickleValue &name = *state.items[i];
    budget.spend(16, where);
    // Torch's own bookkeeping starts with an underscore; the description (yaml) is kept once, elsewhere.
    if (!name.is(Kind::text) || name.text.starts_with('_') || name.text == "yaml")
      continue;
    if (std::optional<Node> node = plainNode(*state.items[i + 1], where, budget)) {
      budget.spend(name.text.size() + 96, where);
      described.attributes.insert_or_assign(std::string(name.text), std::move(*node));
    }
  }
}

StoredModule ModuleWalk::walk(const PickleValue &module, const std::string &prefix, int depth) {
  if (depth > maxDepth)
    fail(at(prefix), fmt::format("has modules nested over {} deep", maxDepth));
  if (!isModule(module))
    fail(at(prefix), fmt::format("is {}, expected a torch module", module.describe()));
  const PickleValue &state = *stateOf(module);
  budget.spend(moduleCost + module.callee->text.size() + state.items.size() * 8, at(prefix));
  StoredModule described;
  described.className = module.callee->text;
  addTensors(state.get("_parameters"), nullptr, prefix);
  addTensors(state.get("_buffers"), state.get("_non_persistent_buffers_set"), prefix);
  addAttributes(state, prefix, described);
  const PickleValue &children = *state.get("_modules");
  for (size_t i = 0; children.is(Kind::dict) && i < children.items.size(); i += 2) {
    const PickleValue &child = *children.items[i + 1];
    const std::string path = join(prefix, *children.items[i]);
    if (!child.is(Kind::none))
      described.children.push_back({std::string(children.items[i]->text), walk(child, path, depth + 1)});
  }
  return described;
}

} // namespace mnv3::import
