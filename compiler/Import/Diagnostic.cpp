#include "compiler/Import/Diagnostic.h"

namespace mnv3::import {

std::string Location::text() const {
  if (line > 0)
    return file + ":" + std::to_string(line) + (column > 0 ? ":" + std::to_string(column) : "");
  return inside.empty() ? file : file + ": " + inside;
}

} // namespace mnv3::import
