// Output files appear whole or not at all.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mnv3 {

// Writes each (path, bytes) beside its place first, and renames all once all are written. On failure nothing is left, and
// `error` names the path and the system's reason.
bool writeFiles(const std::vector<std::pair<std::string, std::string>> &files, std::string &error);

} // namespace mnv3
