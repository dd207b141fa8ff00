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
  int vectorWidth, vectorRegisters;
};

// The kernel half of "host" is one of these rows, chosen by what the CPU has.
constexpr Row rows[] = {
    {"x86-64", "x86_64-unknown-linux-gnu", "x86-64-v3", "", 8, 16},    // AVX2, FMA
    {"x86-64-v4", "x86_64-unknown-linux-gnu", "x86-64-v4", "", 16, 32}, // AVX-512
    {"arm64", "aarch64-unknown-linux-gnu", "generic", "+neon", 4, 32},
};

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

// LLVM only warns of an unknown CPU, so ask first.
bool knowsCpu(const Target &target, std::string &error) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::Triple triple(target.triple);
  const llvm::Target *known = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!known)
    return false;
  std::unique_ptr<llvm::MCSubtargetInfo> info(known->createMCSubtargetInfo(triple, "", ""));
  if (!info->isCPUStringValid(target.cpu)) {
    error = "unknown cpu '" + target.cpu + "' for " + target.name;
    return false;
  }
  return true;
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
  if (!request.triple.empty())
    target->triple = request.triple;
  if (!request.cpu.empty())
    target->cpu = request.cpu;
  if (!request.features.empty())
    target->features += (target->features.empty() ? "" : ",") + request.features;
  if (!knowsCpu(*target, error))
    return std::nullopt;
  return target;
}

} // namespace mnv3::codegen
