// Trained values by their state_dict key, whatever file they came from.
#pragma once

#include "compiler/Import/Node.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace mnv3::import {

// A dense, row-major tensor, widened to fp32. Integer tensors (num_batches_tracked) keep their shape and no values.
struct Tensor {
  std::vector<int64_t> shape;
  std::vector<float> values;
  bool isInteger = false;
};

struct Weights {
  std::string file;                                      // as the user named it
  std::vector<std::pair<std::string, Tensor>> tensors;   // in the file's order, keys unique
  const Tensor *find(const std::string &key) const;      // null if absent; uses the index once add() has built it
  bool add(std::string key, Tensor tensor);              // false, and nothing added, if the key is there already

private:
  std::unordered_map<std::string, size_t> index;         // kept by add(); incomplete if `tensors` was filled otherwise
};

// One module of a pickled model: enough to compare it with what a yaml row would build.
struct StoredModule {
  std::string className;                                  // "models.common.Conv"
  std::map<std::string, Node> attributes;                 // plain values: eps, stride, padding, groups, ...
  struct Child;                                           // name `first`, module `second`
  std::vector<Child> children;
  const StoredModule *child(const std::string &path) const; // "model.3.conv"; null if absent
};
struct StoredModule::Child {
  std::string first;
  StoredModule second;
};

// What a training checkpoint holds besides its weights.
struct CheckpointModel {
  Node yaml;                                             // the description it was trained with, nc as trained
  std::vector<std::string> names;                        // classes, by number
  std::vector<float> strides;                            // one a Detect level
  std::vector<std::vector<std::pair<float, float>>> anchors; // pixels, one list a level
  StoredModule root;                                     // the DetectionModel
};

struct WeightFile {
  Weights weights;
  std::optional<CheckpointModel> model;                  // absent in a state_dict, .safetensors, .npz
};

// Reads .pt (training checkpoint or state_dict), .safetensors or .npz; the content decides, not the name.
// Throws ImportError. Nothing in the file is executed; every size in it is checked before it is used.
WeightFile readWeightFile(const std::string &path);

// The same for a file that is in memory already; `name` is what errors call it.
WeightFile parseWeightFile(std::span<const std::byte> bytes, const std::string &name);

// True if `path` holds something readWeightFile should read rather than a yaml: by its first bytes.
bool looksLikeWeightFile(const std::string &path);

} // namespace mnv3::import
