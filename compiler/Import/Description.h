// A model description's top-level keys, checked, and its rows as written.
#pragma once

#include "compiler/Import/Node.h"

#include <optional>

namespace mnv3::import {

struct ActivationSpec {
  std::string name = "silu"; // as in nn's activation kinds; "none"
  double slope = 0;
};

// One line of `backbone` or `head`: [from, number, module, args].
struct Row {
  int index = 0;
  std::vector<int64_t> from; // as written: -1 is the row before
  bool fromIsList = false;
  int64_t number = 1;
  std::string module;
  Node::List arguments;      // strings that name nc, anchors, None, True, False or an activation are still strings
  Location location, moduleLocation;
};

struct Description {
  std::string file;
  int64_t classes = 0, inputChannels = 3, divisor = 8;
  double depth = 1, width = 1;
  std::vector<std::vector<float>> anchors; // a level: width, height, width, ... in pixels
  std::vector<std::string> names;
  ActivationSpec activation;
  std::vector<Row> rows;
};

// Throws ImportError for a missing key, a wrong type, an absurd size.
Description readDescription(const Node &root);

// "nn.LeakyReLU(0.1)" and the like; nothing if the text is no activation.
std::optional<ActivationSpec> parseActivation(const std::string &text);

} // namespace mnv3::import
