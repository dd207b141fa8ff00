// Walks a pickled torch module: its parameters and buffers under the keys that state_dict() would give them, and its
// tree of classes and settings.
#pragma once

#include "compiler/Import/TorchTensor.h"

namespace mnv3::import {

// Whether the value is an object with the attributes of a torch.nn.Module.
bool isModule(const PickleValue &value);

// An attribute as Python would find it: in the module's dict, then among its parameters and buffers; null if absent.
const PickleValue *attributeOf(const PickleValue &module, std::string_view name);

class ModuleWalk {
public:
  ModuleWalk(TorchTensors &tensors, Weights &weights, Budget &budget)
      : tensors(tensors), weights(weights), budget(budget) {}

  // Adds all tensors below `module` to the weights, and describes it. Throws ImportError.
  StoredModule walk(const PickleValue &module) { return walk(module, "", 0); }

private:
  StoredModule walk(const PickleValue &module, const std::string &prefix, int depth);
  void addTensors(const PickleValue *dict, const PickleValue *hidden, const std::string &prefix);
  void addAttributes(const PickleValue &state, const std::string &prefix, StoredModule &described);
  std::string join(const std::string &prefix, const PickleValue &name);
  Location at(const std::string &path) const { return {weights.file, 0, 0, printable(path)}; }

  TorchTensors &tensors;
  Weights &weights;
  Budget &budget;
};

} // namespace mnv3::import
