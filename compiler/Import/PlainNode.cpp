#include "compiler/Import/PlainNode.h"

#include <unordered_map>

namespace mnv3::import {

// A yaml's rows nest four deep. Cycles end here, too.
static constexpr int maxDepth = 32;

static std::optional<std::string> mapKey(const PickleValue &key) {
  if (key.is(PickleValue::Kind::text))
    return std::string(key.text);
  if (key.is(PickleValue::Kind::integer)) // names: {0: 'person', ...}
    return std::to_string(key.integer);
  return std::nullopt;
}

static bool convert(const PickleValue &value, const Location &where, Budget &budget, int depth, Node &node);

static bool convertMap(const PickleValue &dict, const Location &where, Budget &budget, int depth, Node &node) {
  Node::Map map;
  std::unordered_map<std::string, size_t> places;
  for (size_t i = 0; i < dict.items.size(); i += 2) {
    std::optional<std::string> key = mapKey(*dict.items[i]);
    Node item;
    if (!key || !convert(*dict.items[i + 1], where, budget, depth + 1, item))
      return false;
    budget.spend(3 * key->size() + 128, where); // it is kept in two maps
    auto [place, isNew] = places.emplace(*key, map.size());
    if (isNew)
      map.emplace_back(std::move(*key), std::move(item));
    else
      map[place->second].second = std::move(item); // as in Python, the last one wins
  }
  node.value = std::move(map);
  return true;
}

static bool convert(const PickleValue &value, const Location &where, Budget &budget, int depth, Node &node) {
  using Kind = PickleValue::Kind;
  if (depth > maxDepth)
    return false;
  budget.spend(sizeof(Node) + value.text.size() + where.file.size() + where.inside.size(), where);
  node.location = where;
  switch (value.kind) {
  case Kind::none:
    return true;
  case Kind::boolean:
    node.value = value.integer != 0;
    return true;
  case Kind::integer:
    node.value = value.integer;
    return true;
  case Kind::real:
    node.value = value.real;
    return true;
  case Kind::text:
  case Kind::global:
    node.value = std::string(value.text);
    return true;
  case Kind::dict:
    return convertMap(value, where, budget, depth, node);
  case Kind::persistent:
  case Kind::other:
    return false;
  case Kind::object:
    if (!value.isSequence())
      return false;
    [[fallthrough]];
  case Kind::list:
  case Kind::tuple:
  case Kind::set: {
    Node::List list;
    for (const PickleValue *item : value.elements())
      if (!convert(*item, where, budget, depth + 1, list.emplace_back()))
        return false;
    node.value = std::move(list);
    return true;
  }
  }
  return false;
}

std::optional<Node> plainNode(const PickleValue &value, const Location &where, Budget &budget) {
  Node node;
  if (!convert(value, where, budget, 0, node))
    return std::nullopt;
  return node;
}

} // namespace mnv3::import
