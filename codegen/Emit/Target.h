// What the command line's --target, --cpu, --triple and --features come to.
#pragma once

#include "codegen/KernelSpec.h"

#include <optional>
#include <string>
#include <vector>

namespace mnv3::codegen {

struct TargetRequest {
  std::string name = "host";
  std::string cpu, triple, features; // empty: what the name implies
};

struct Target {
  std::string name;     // "x86-64-v4"; "host" stays "host"
  std::string triple, cpu, features;
  KernelTarget kernels;
};

// The names that --target accepts, in the order of the help text.
std::vector<std::string> targetNames();

// Nothing, and a reason in `error`, for a name, CPU or triple that is not known.
std::optional<Target> resolveTarget(const TargetRequest &request, std::string &error);

} // namespace mnv3::codegen
