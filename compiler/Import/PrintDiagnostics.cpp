#include "compiler/Import/PrintDiagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace mnv3::import {
namespace {

// The line that a location names, and a caret under its column. Nothing for a checkpoint.
void printLine(const Location &place) {
  if (place.line < 1)
    return;
  std::ifstream file(place.file);
  std::string line;
  for (int number = 0; number < place.line; ++number)
    if (!std::getline(file, line))
      return;
  std::replace_if(line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c > '~'; }, ' ');
  if (line.size() < 200)
    fmt::print(stderr, "{}\n{}^\n", line, std::string(std::max(place.column - 1, 0), ' '));
}

void print(const Diagnostic &diagnostic) {
  static const char *const words[] = {"error", "warning", "note"};
  std::string place = diagnostic.location.text();
  fmt::print(stderr, "{}: {}: {}\n", place.empty() ? "mnv3c" : place, words[static_cast<int>(diagnostic.severity)], diagnostic.message);
  printLine(diagnostic.location);
  for (const Diagnostic &note : diagnostic.notes)
    print(note);
}

} // namespace

void printDiagnostics(const std::vector<Diagnostic> &diagnostics) {
  for (const Diagnostic &diagnostic : diagnostics)
    print(diagnostic);
}

} // namespace mnv3::import
