#include "compiler/Import/Node.h"

#include <fmt/format.h>

namespace mnv3::import {

const Node *Node::find(const std::string &key) const {
  if (const Map *map = asMap())
    for (const auto &[name, node] : *map)
      if (name == key)
        return &node;
  return nullptr;
}

// The shortest text that reads back as the same number, with a point: 1.0 is not 1 in a model's arguments.
static std::string write(double number) {
  std::string text = fmt::format("{}", number);
  return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
}

static void write(const Node &node, bool inside, std::string &out) {
  if (node.isNull())
    out += "None";
  else if (const bool *flag = node.asBool())
    out += *flag ? "True" : "False";
  else if (const int64_t *number = node.asInt())
    out += fmt::format("{}", *number);
  else if (const double *number = node.asFloat())
    out += write(*number);
  else if (const std::string *text = node.asString())
    out += inside ? fmt::format("'{}'", *text) : *text;
  else if (const Node::List *list = node.asList()) {
    out += '[';
    for (const Node &item : *list) {
      if (&item != &list->front())
        out += ", ";
      write(item, true, out);
    }
    out += ']';
  } else if (const Node::Map *map = node.asMap()) {
    out += '{';
    for (const auto &entry : *map) {
      if (&entry != &map->front())
        out += ", ";
      out += entry.first + ": ";
      write(entry.second, true, out);
    }
    out += '}';
  }
}

std::string Node::text() const {
  std::string out;
  write(*this, false, out);
  return out;
}

} // namespace mnv3::import
