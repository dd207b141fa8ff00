// Lines of C++ that are as wide as people like them.
#include "codegen/Emit/Driver.h"

#include <optional>

using namespace mlir;

namespace mnv3::codegen {
namespace {

constexpr size_t columns = 140, least = 24; // a line is broken before column 140, and not within its first 24 characters

// Where a line would be broken by hand: after a comma or before a sum's next term, inside of as few parentheses as can be, late.
std::optional<size_t> breakOf(StringRef line) {
  std::optional<size_t> best;
  const size_t first = line.find_first_not_of(' ') + least;
  int depth = 0, depthAtBest = 0;
  for (size_t i = 0; i < line.size() && i <= columns; ++i) {
    depth += StringRef("({[").contains(line[i]) - StringRef(")}]").contains(line[i]);
    const bool isBreak = line.substr(i).starts_with(" + ") || (i > 0 && line[i - 1] == ',' && line[i] == ' ');
    if (isBreak && i >= first && (!best || depth <= depthAtBest)) {
      best = i;
      depthAtBest = depth;
    }
  }
  return best;
}

} // namespace

std::string wrapLines(StringRef text) {
  std::string wrapped;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    text = rest;
    const std::string indent(line.size() - line.ltrim(' ').size() + 4, ' ');
    const bool isCode = !line.contains('"') && !line.ltrim(' ').starts_with("//") && !line.starts_with("#") && !line.ends_with("\\");
    std::string left = line.str();
    while (isCode && left.size() > columns) {
      const std::optional<size_t> at = breakOf(left);
      if (!at)
        break;
      wrapped += left.substr(0, *at) + "\n";
      left = indent + left.substr(*at + 1);
    }
    wrapped += left + "\n";
  }
  return wrapped;
}

} // namespace mnv3::codegen
