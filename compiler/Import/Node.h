// A value of a model description, wherever it was read from: a yaml file or the dict inside a checkpoint.
#pragma once

#include "compiler/Import/Diagnostic.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mnv3::import {

struct Node {
  using List = std::vector<Node>;
  struct Entry;                   // key `first`, value `second`
  using Map = std::vector<Entry>; // in the file's order, keys unique
  std::variant<std::monostate /* null */, bool, int64_t, double, std::string, List, Map> value;
  Location location;

  bool isNull() const { return std::holds_alternative<std::monostate>(value); }
  const bool *asBool() const { return std::get_if<bool>(&value); }
  const int64_t *asInt() const { return std::get_if<int64_t>(&value); }
  const double *asFloat() const { return std::get_if<double>(&value); }
  const std::string *asString() const { return std::get_if<std::string>(&value); }
  const List *asList() const { return std::get_if<List>(&value); }
  const Map *asMap() const { return std::get_if<Map>(&value); }
  const Node *find(const std::string &key) const; // of a map; null if absent

  std::string text() const; // as a user would write it: [16, 3, False]
};

// No std::pair: it looks at Node's constructors before they can be known, and clang, unlike gcc, minds.
struct Node::Entry {
  std::string first;
  Node second;
};

} // namespace mnv3::import
