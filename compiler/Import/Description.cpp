#include "compiler/Import/Description.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <regex>

namespace mnv3::import {
namespace {

constexpr size_t maxRows = 1000;
constexpr int64_t maxClasses = 10000;

const Node &require(const Node &root, const std::string &key) {
  if (const Node *value = root.find(key))
    return *value;
  throw ImportError({root.location.file, 0, 0, root.location.inside}, fmt::format("key '{}' is missing", key));
}

double numberOf(const Node &node, const std::string &what, double least, double most) {
  double value = node.asInt() ? static_cast<double>(*node.asInt()) : node.asFloat() ? *node.asFloat() : std::nan("");
  if (!(value >= least && value <= most))
    throw ImportError(node.location, fmt::format("{} is {}, should be a number from {} to {}", what, node.text(), least, most));
  return value;
}

int64_t integerOf(const Node &node, const std::string &what, int64_t least, int64_t most) {
  if (!node.asInt() || *node.asInt() < least || *node.asInt() > most)
    throw ImportError(node.location, fmt::format("{} is {}, should be a whole number from {} to {}", what, node.text(), least, most));
  return *node.asInt();
}

// A list of lists of numbers, equally long; or a number of anchors, which then are (0, 1), (2, 3), ... on every level.
std::vector<std::vector<float>> anchorsOf(const Node &node, size_t levels) {
  std::vector<std::vector<float>> anchors;
  if (node.asInt()) {
    std::vector<float> level;
    for (int64_t i = 0; i < 2 * integerOf(node, "anchors", 1, 16); ++i)
      level.push_back(static_cast<float>(i));
    anchors.assign(levels, level);
    return anchors;
  }
  if (!node.asList() || node.asList()->empty())
    throw ImportError(node.location, fmt::format("anchors is {}, should be a list of levels", node.text()));
  for (const Node &level : *node.asList()) {
    const Node::List *numbers = level.asList();
    if (!numbers || numbers->empty() || numbers->size() % 2 || numbers->size() > 32)
      throw ImportError(level.location, fmt::format("a level of anchors is {}, should be pairs of width, height", level.text()));
    if (!anchors.empty() && numbers->size() != anchors[0].size())
      throw ImportError(level.location, fmt::format("this level has {} numbers, the first one {}", numbers->size(), anchors[0].size()));
    std::vector<float> &pixels = anchors.emplace_back();
    for (const Node &number : *numbers)
      pixels.push_back(static_cast<float>(numberOf(number, "an anchor", 0, 1e6)));
  }
  return anchors;
}

std::vector<std::string> namesOf(const Node &node) {
  std::vector<std::string> names;
  if (const Node::List *list = node.asList())
    for (const Node &name : *list)
      names.push_back(name.asString() ? *name.asString() : name.text());
  else if (const Node::Map *map = node.asMap())
    for (const auto &[number, name] : *map) {
      if (number != std::to_string(names.size()))
        throw ImportError(name.location, fmt::format("names has '{}' where {} should follow", number, names.size()));
      names.push_back(name.asString() ? *name.asString() : name.text());
    }
  else
    throw ImportError(node.location, "names should be a list, or a map from 0 on");
  return names;
}

Row rowOf(const Node &node, int index) {
  const Node::List *parts = node.asList();
  if (!parts || parts->size() != 4)
    throw ImportError(node.location, fmt::format("row {} is {}, should be [from, number, module, args]", index, node.text()));
  Row row;
  row.index = index;
  row.location = node.location;
  const Node &from = (*parts)[0], &module = (*parts)[2], &arguments = (*parts)[3];
  if (const Node::List *list = from.asList()) {
    row.fromIsList = true;
    for (const Node &source : *list)
      row.from.push_back(integerOf(source, fmt::format("row {}: from", index), -static_cast<int64_t>(maxRows), maxRows));
  } else {
    row.from.push_back(integerOf(from, fmt::format("row {}: from", index), -static_cast<int64_t>(maxRows), maxRows));
  }
  row.number = integerOf((*parts)[1], fmt::format("row {}: number", index), 1, 1000);
  if (!module.asString())
    throw ImportError(module.location, fmt::format("row {}: {} is no module name", index, module.text()));
  row.module = *module.asString();
  row.moduleLocation = module.location;
  if (!arguments.asList())
    throw ImportError(arguments.location, fmt::format("row {} ({}): arguments are {}, should be a list", index, row.module, arguments.text()));
  row.arguments = *arguments.asList();
  return row;
}

} // namespace

std::optional<ActivationSpec> parseActivation(const std::string &text) {
  static const std::pair<const char *, const char *> known[] = {
      {"nn.SiLU", "silu"},     {"nn.ReLU", "relu"},           {"nn.ReLU6", "relu6"},           {"nn.Hardswish", "hard_swish"},
      {"nn.Identity", "none"}, {"nn.LeakyReLU", "leaky_relu"}, {"nn.Hardsigmoid", "hard_sigmoid"}};
  static const std::regex call(R"((?:torch\.)?(nn\.\w+)\(([^()]*)\))"), argument(R"(\s*(?:(\w+)\s*=\s*)?([\w.+-]+)\s*(,|$))");
  std::smatch parts;
  if (text.size() > 200 || text.find('\0') != text.npos || !std::regex_match(text, parts, call))
    return std::nullopt;
  auto entry = std::find_if(std::begin(known), std::end(known), [&](auto &each) { return parts[1] == each.first; });
  if (entry == std::end(known))
    return std::nullopt;
  bool leaky = parts[1] == "nn.LeakyReLU";
  ActivationSpec spec{entry->second, leaky ? 0.01 : 0};
  std::string arguments = parts[2];
  for (auto at = arguments.cbegin(); at != arguments.cend();) {
    std::smatch found;
    if (!std::regex_search(at, arguments.cend(), found, argument, std::regex_constants::match_continuous))
      return std::nullopt;
    std::string name = found[1], value = found[2];
    bool flag = value == "True" || value == "False";
    char *end = nullptr;
    double slope = std::strtod(value.c_str(), &end);
    bool isSlope = leaky && (name.empty() ? at == arguments.cbegin() : name == "negative_slope");
    if (isSlope && !*end && std::isfinite(slope))
      spec.slope = slope;
    else if (!flag || !(name.empty() || name == "inplace")) // in place or not: the numbers are the same
      return std::nullopt;
    at = found[0].second;
  }
  return spec;
}

Description readDescription(const Node &root) {
  if (!root.asMap())
    throw ImportError(root.location, "not a model description: should be a map with nc, depth_multiple, width_multiple, anchors, "
                                     "backbone and head");
  Description description;
  description.file = root.location.file;
  description.classes = integerOf(require(root, "nc"), "nc", 1, maxClasses);
  description.depth = numberOf(require(root, "depth_multiple"), "depth_multiple", 0.001, 100);
  description.width = numberOf(require(root, "width_multiple"), "width_multiple", 0.001, 100);
  if (const Node *divisor = root.find("channel_multiple"); divisor && !divisor->isNull())
    description.divisor = integerOf(*divisor, "channel_multiple", 1, 1024);
  if (const Node *ch = root.find("ch"))
    description.inputChannels = integerOf(*ch, "ch", 1, 64);
  if (const Node *activation = root.find("activation"); activation && !activation->isNull()) {
    std::optional<ActivationSpec> spec = activation->asString() ? parseActivation(*activation->asString()) : std::nullopt;
    if (!spec)
      throw ImportError(activation->location, fmt::format("activation {} is not known: nn.SiLU(), nn.ReLU(), nn.ReLU6(), "
                                                          "nn.LeakyReLU(slope), nn.Hardswish(), nn.Hardsigmoid(), nn.Identity()",
                                                          activation->text()));
    description.activation = *spec;
  }
  for (const char *part : {"backbone", "head"}) {
    const Node &rows = require(root, part);
    if (!rows.asList())
      throw ImportError(rows.location, fmt::format("{} should be a list of rows", part));
    for (const Node &row : *rows.asList()) {
      if (description.rows.size() >= maxRows)
        throw ImportError(row.location, fmt::format("more than {} rows", maxRows));
      description.rows.push_back(rowOf(row, static_cast<int>(description.rows.size())));
    }
  }
  if (description.rows.empty())
    throw ImportError(root.location, "the model has no rows");
  description.anchors = anchorsOf(require(root, "anchors"), description.rows.back().from.size());
  if (const Node *names = root.find("names")) {
    description.names = namesOf(*names);
    if (static_cast<int64_t>(description.names.size()) != description.classes)
      throw ImportError(names->location, fmt::format("names has {} classes, nc is {}", description.names.size(), description.classes));
  }
  return description;
}

} // namespace mnv3::import
