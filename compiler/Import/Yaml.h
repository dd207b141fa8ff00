// yaml text to Node, every value with its line and column.
#pragma once

#include "compiler/Import/Node.h"

namespace mnv3::import {

// Scalars mean what PyYAML's safe_load makes of them: `None` is a string, quoted text too. Throws ImportError.
Node parseYaml(const std::string &text, const std::string &file);
Node readYamlFile(const std::string &path);

} // namespace mnv3::import
