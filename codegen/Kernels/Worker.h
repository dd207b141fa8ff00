// Two pieces of work at the same time. Halide's lowering is not made for threads, so the second one runs in a process of
// its own; what each piece is given does not depend on timing, and so neither does what it makes.
#pragma once

#include <functional>
#include <string>

namespace mnv3::codegen {

// Returns what `here` and `there` return; `there` runs in a child process, or afterwards if none can be had. Both must be
// free of side effects. Throws std::runtime_error if the child dies.
std::pair<std::string, std::string> runBoth(const std::function<std::string()> &here, const std::function<std::string()> &there);

} // namespace mnv3::codegen
