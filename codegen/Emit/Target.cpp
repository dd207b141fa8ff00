#include "codegen/Emit/Target.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include <memory>

namespace mnv3::codegen {
namespace {

struct Row {
  const char *name, *triple, *cpu, *features;
  const char *needs; // features without which its kernels would call a library, or could not be compiled
  int vectorWidth, vectorRegisters;
  Goal goal = Goal::speed;
};

// The kernel half of "host" is one of these rows, chosen by what the CPU has. Where floats have registers of their own, 32 of
// them count as 8 of four: vectors of one would gain nothing and make every pixel's channels odd. Microcontrollers have hundreds of
// kilobytes of RAM, and weights in flash: there size comes first.
constexpr Row rows[] = {
    {"x86-64", "x86_64-unknown-linux-gnu", "x86-64-v3", "", "+avx2,+fma", 8, 16},
    {"x86-64-v4", "x86_64-unknown-linux-gnu", "x86-64-v4", "", "+avx512f,+avx512bw,+avx512dq,+avx512vl,+avx512cd,+fma", 16, 32},
    {"arm64", "aarch64-unknown-linux-gnu", "generic", "+neon", "+neon", 4, 32},
    {"armv7", "armv7-unknown-linux-gnueabihf", "generic", "+neon", "+neon", 4, 16},
    {"cortex-m4", "thumbv7em-none-eabihf", "cortex-m4", "", "+vfp4d16sp", 4, 8, Goal::size},
    {"cortex-m7", "thumbv7em-none-eabihf", "cortex-m7", "", "+vfp4d16sp", 4, 8, Goal::size},
    {"cortex-m33", "thumbv8m.main-none-eabihf", "cortex-m33", "", "+vfp4d16sp", 4, 8, Goal::size},
    {"cortex-m55", "thumbv8.1m.main-none-eabihf", "cortex-m55", "", "+vfp4d16sp", 4, 8, Goal::size}, // Helium
    {"riscv64", "riscv64-unknown-linux-gnu", "generic-rv64", "+m,+a,+f,+d,+c", "+f,+m", 4, 8},
    {"wasm32", "wasm32-unknown-unknown", "generic", "+simd128", "+simd128", 4, 16}, // registers as on x86-64, where it mostly runs
};

// RISC-V's vectors are an option; its kernels then have 32 registers of them, of 128 bits or more.
const KernelTarget riscvVectors = {"riscv64-v", 4, 32};

const Row *findRow(const std::string &name) {
  for (const Row &row : rows)
    if (name == row.name)
      return &row;
  return nullptr;
}

Target targetOf(const Row &row) {
  Target target;
  target.name = row.name;
  target.triple = row.triple;
  target.cpu = row.cpu;
  target.features = row.features;
  target.kernels = {row.name, row.vectorWidth, row.vectorRegisters};
  target.goal = row.goal;
  return target;
}

// This machine: its own CPU for LLVM, the nearest row for the kernels.
std::optional<Target> hostTarget(std::string &error) {
  llvm::Triple triple(llvm::sys::getDefaultTargetTriple());
  llvm::StringMap<bool> has = llvm::sys::getHostCPUFeatures();
  const char *nearest = nullptr;
  if (triple.getArch() == llvm::Triple::x86_64 && has.lookup("avx2") && has.lookup("fma"))
    nearest = has.lookup("avx512f") && has.lookup("avx512bw") && has.lookup("avx512dq") && has.lookup("avx512vl") &&
                      has.lookup("avx512cd")
                  ? "x86-64-v4"
                  : "x86-64";
  else if (triple.getArch() == llvm::Triple::aarch64)
    nearest = "arm64";
  if (!nearest) {
    error = "no kernels for this machine (" + triple.str() + "): x86-64 needs AVX2 and FMA";
    return std::nullopt;
  }
  Target target = targetOf(*findRow(nearest));
  target.name = "host";
  target.triple = triple.str();
  target.cpu = llvm::sys::getHostCPUName().str();
  return target;
}

// What LLVM knows of the CPU and the features; null, with a reason, for one it does not know, of which it would only warn.
std::unique_ptr<llvm::MCSubtargetInfo> describeCpu(const Target &target, std::string &error) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::Triple triple(target.triple);
  const llvm::Target *known = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!known)
    return nullptr;
  std::unique_ptr<llvm::MCSubtargetInfo> info(known->createMCSubtargetInfo(triple, "", ""));
  if (!info->isCPUStringValid(target.cpu)) {
    error = "unknown cpu '" + target.cpu + "' for " + target.name;
    return nullptr;
  }
  info.reset(known->createMCSubtargetInfo(triple, target.cpu, target.features));
  return info;
}

// Whether the other triple is for the same processors: only then do a target's kernels fit.
bool isSameMachine(const llvm::Triple &one, const llvm::Triple &other) {
  auto isArm = [](const llvm::Triple &triple) { return triple.getArch() == llvm::Triple::arm || triple.getArch() == llvm::Triple::thumb; };
  return one.getArch() == other.getArch() || (isArm(one) && isArm(other));
}

} // namespace

std::vector<std::string> targetNames() {
  std::vector<std::string> names = {"host"};
  for (const Row &row : rows)
    names.push_back(row.name);
  return names;
}

std::optional<Target> resolveTarget(const TargetRequest &request, std::string &error) {
  std::optional<Target> target;
  if (request.name == "host") {
    target = hostTarget(error);
  } else if (const Row *row = findRow(request.name)) {
    target = targetOf(*row);
  } else {
    error = "unknown target '" + request.name + "'; known are";
    for (const std::string &name : targetNames())
      error += " " + name;
  }
  if (!target)
    return std::nullopt;
  if (!request.triple.empty()) {
    if (!isSameMachine(llvm::Triple(request.triple), llvm::Triple(target->triple))) {
      error = "--triple '" + request.triple + "' is not one of " + target->name;
      return std::nullopt;
    }
    target->triple = request.triple;
  }
  target->triple = llvm::Triple::normalize(target->triple); // three parts may be machine, vendor and system, or environment
  if (!request.cpu.empty())
    target->cpu = request.cpu;
  target->goal = request.goal.value_or(target->goal);
  if (!request.features.empty())
    target->features += (target->features.empty() ? "" : ",") + request.features;
  std::unique_ptr<llvm::MCSubtargetInfo> has = describeCpu(*target, error);
  if (!has)
    return std::nullopt;
  // What host is has been asked from the processor itself.
  const char *needs = findRow(target->kernels.name)->needs;
  if ((request.name != "host" || !request.cpu.empty() || !request.features.empty()) && !has->checkFeatures(needs)) {
    error = "kernels for " + target->name + " need " + needs + ", which cpu '" + target->cpu + "'" +
            (target->features.empty() ? "" : " with " + target->features) + " does not have";
    return std::nullopt;
  }
  if (target->kernels.name == "riscv64" && has->checkFeatures("+v"))
    target->kernels = riscvVectors;
  return target;
}

} // namespace mnv3::codegen
