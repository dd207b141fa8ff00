// What the command line's --target, --cpu, --triple and --features come to.
#pragma once

#include "codegen/KernelSpec.h"

#include <optional>
#include <string>
#include <vector>

namespace mnv3::codegen {

// What weighs more where both cannot be had: time, or bytes of flash and RAM.
enum class Goal { speed, size };

struct TargetRequest {
  std::string name = "host";
  std::string cpu, triple, features; // empty: what the name implies
  std::optional<Goal> goal = {};     // likewise
};

struct Target {
  std::string name;     // "x86-64-v4"; "host" stays "host"
  std::string triple, cpu, features;
  KernelTarget kernels;
  Goal goal = Goal::speed;
};

// The names that --target accepts, in the order of the help text.
std::vector<std::string> targetNames();

// Nothing, and a reason in `error`, for a name, CPU or triple that is not known.
std::optional<Target> resolveTarget(const TargetRequest &request, std::string &error);

} // namespace mnv3::codegen
