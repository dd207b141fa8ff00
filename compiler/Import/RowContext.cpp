#include "compiler/Import/Modules.h"

#include <fmt/format.h>

#include <cmath>

using namespace mlir;

namespace mnv3::import {
namespace {

constexpr int64_t maxChannels = 65536;

bool isNone(const Node &node) { return node.isNull() || (node.asString() && *node.asString() == "None"); }

// Booleans as Python evaluates a row's arguments: bools, the words, and numbers by their truth.
std::optional<bool> truthOf(const Node &node) {
  if (node.asBool())
    return *node.asBool();
  if (node.asInt())
    return *node.asInt() != 0;
  if (node.asString() && (*node.asString() == "True" || *node.asString() == "False"))
    return *node.asString() == "True";
  return std::nullopt;
}

} // namespace

void RowContext::failAt(const Location &where, const std::string &message) const {
  throw ImportError(where, fmt::format("row {} ({}): {}", row.index, row.module, message));
}

void RowContext::fail(const std::string &message, std::vector<Diagnostic> notes) const {
  throw ImportError(row.location, fmt::format("row {} ({}): {}", row.index, row.module, message), std::move(notes));
}

const Node *RowContext::argument(size_t position, const char *name, bool required) const {
  if (position < row.arguments.size() && !isNone(row.arguments[position]))
    return &row.arguments[position];
  if (required)
    fail(fmt::format("argument {} ({}) is missing", position + 1, name));
  return nullptr;
}

bool RowContext::has(size_t position) const { return position < row.arguments.size() && !isNone(row.arguments[position]); }

int64_t RowContext::integer(size_t position, const char *name, int64_t least, int64_t most, std::optional<int64_t> fallback) const {
  const Node *node = argument(position, name, !fallback);
  if (!node)
    return *fallback;
  std::optional<int64_t> value;
  if (node->asInt())
    value = *node->asInt();
  else if (node->asBool()) // Python's True is 1
    value = *node->asBool();
  else if (node->asString() && *node->asString() == "nc")
    value = description.classes;
  if (!value || *value < least || *value > most)
    failAt(node->location, fmt::format("argument {} ({}) is {}, should be a whole number from {} to {}", position + 1, name,
                                       node->text(), least, most));
  return *value;
}

double RowContext::real(size_t position, const char *name, double least, double most, double fallback) const {
  const Node *node = argument(position, name, false);
  if (!node)
    return fallback;
  double value = node->asInt() ? static_cast<double>(*node->asInt()) : node->asFloat() ? *node->asFloat() : std::nan("");
  if (!(value >= least && value <= most))
    failAt(node->location, fmt::format("argument {} ({}) is {}, should be a number from {} to {}", position + 1, name,
                                       node->text(), least, most));
  return value;
}

bool RowContext::truth(size_t position, const char *name, std::optional<bool> fallback) const {
  const Node *node = argument(position, name, !fallback);
  if (!node)
    return *fallback;
  std::optional<bool> value = truthOf(*node);
  if (!value)
    failAt(node->location, fmt::format("argument {} ({}) is {}, should be 0, 1, True or False", position + 1, name, node->text()));
  return *value;
}

SmallVector<int64_t, 2> RowContext::pair(size_t position, const char *name, int64_t least, int64_t most, int64_t fallback) const {
  const Node *node = argument(position, name, false);
  if (!node || !node->asList()) {
    int64_t both = integer(position, name, least, most, fallback);
    return {both, both};
  }
  SmallVector<int64_t, 2> values;
  for (const Node &item : *node->asList())
    if (item.asInt() && *item.asInt() >= least && *item.asInt() <= most)
      values.push_back(*item.asInt());
  if (values.size() != 2 || node->asList()->size() != 2)
    failAt(node->location, fmt::format("argument {} ({}) is {}, should be one or two whole numbers from {} to {}", position + 1,
                                       name, node->text(), least, most));
  return values;
}

SmallVector<int64_t> RowContext::integers(size_t position, const char *name, int64_t least, int64_t most,
                                          std::initializer_list<int64_t> fallback) const {
  const Node *node = argument(position, name, fallback.size() == 0);
  if (!node)
    return fallback;
  if (!node->asList())
    return {integer(position, name, least, most)};
  SmallVector<int64_t> values;
  for (const Node &item : *node->asList()) {
    if (!item.asInt() || *item.asInt() < least || *item.asInt() > most)
      failAt(item.location, fmt::format("argument {} ({}) holds {}, should hold whole numbers from {} to {}", position + 1, name,
                                        item.text(), least, most));
    values.push_back(*item.asInt());
  }
  if (values.empty() || values.size() > 16)
    failAt(node->location, fmt::format("argument {} ({}) holds {} numbers, should hold 1 to 16", position + 1, name, values.size()));
  return values;
}

Attribute activationAttr(MLIRContext *context, const ActivationSpec &spec) {
  std::optional<nn::ActivationKind> kind = nn::symbolizeActivationKind(spec.name);
  if (!kind || *kind == nn::ActivationKind::None)
    return nullptr;
  return nn::ActivationAttr::get(context, *kind, llvm::APFloat(static_cast<float>(spec.slope)));
}

Attribute RowContext::defaultActivation() const { return activationAttr(builder.getContext(), description.activation); }

Attribute RowContext::activation(size_t position) const {
  if (position >= row.arguments.size())
    return defaultActivation();
  const Node &node = row.arguments[position];
  if ((node.asBool() && *node.asBool()) || (node.asString() && *node.asString() == "True"))
    return defaultActivation();
  if (!node.asString() || isNone(node) || *node.asString() == "False")
    return nullptr;
  std::optional<ActivationSpec> spec = parseActivation(*node.asString());
  if (!spec)
    failAt(node.location, fmt::format("activation {} is not known", node.text()));
  return activationAttr(builder.getContext(), *spec);
}

int64_t RowContext::outputChannels() const {
  int64_t channels = integer(0, "output channels", 1, maxChannels);
  int64_t detectWidth = static_cast<int64_t>(description.anchors[0].size()) / 2 * (description.classes + 5);
  if (channels == detectWidth)
    return channels;
  double scaled = std::ceil(channels * description.width / description.divisor) * description.divisor;
  if (scaled > maxChannels)
    fail(fmt::format("{} channels after width_multiple are more than {}", scaled, maxChannels));
  return static_cast<int64_t>(scaled);
}

RankedTensorType RowContext::image(int64_t channels, int64_t height, int64_t width) const {
  if (channels > maxChannels || channels * height * width > (int64_t(1) << 30))
    fail(fmt::format("an image of {} x {} x {} is too large", channels, height, width));
  return RankedTensorType::get({1, channels, height, width}, builder.getF32Type());
}

int64_t RowContext::extent(int64_t in, int64_t pads, int64_t kernel, int64_t stride, int64_t dilation) const {
  int64_t room = in + pads - dilation * (kernel - 1) - 1;
  if (room < 0)
    fail(fmt::format("a kernel of {} does not fit into {} pixels and padding {}", kernel, in, pads));
  return room / stride + 1;
}

} // namespace mnv3::import
