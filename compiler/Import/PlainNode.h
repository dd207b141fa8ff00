// From a pickled value to a Node, where the value is plain: numbers, strings, and lists, tuples, sets and dicts of
// them.
#pragma once

#include "compiler/Import/Budget.h"
#include "compiler/Import/Node.h"
#include "compiler/Import/Pickle.h"

#include <optional>

namespace mnv3::import {

// Nothing if the value holds anything else (a tensor, a module). Names of classes and functions become strings.
std::optional<Node> plainNode(const PickleValue &value, const Location &where, Budget &budget);

} // namespace mnv3::import
