// All kernels of a network as one Halide module, and that as LLVM bitcode.
//
// One after the other, in the order asked for: the same specs give the same code, always.
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/RawPointers.h"

#include <map>
#include <optional>
#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

namespace mnv3::codegen {
namespace {

std::optional<Halide::Target> halideTarget(const KernelTarget &target) {
  const char *name = nullptr;
  if (target.name == "x86-64")
    name = "x86-64-linux-sse41-avx-f16c-fma-avx2";
  else if (target.name == "x86-64-v4")
    name = "x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake";
  else if (target.name == "arm64")
    name = "arm-64-linux";
  else
    return std::nullopt;
  Halide::Target halide(name);
  for (auto feature : {Halide::Target::NoRuntime, Halide::Target::NoAsserts, Halide::Target::NoBoundsQuery})
    halide.set_feature(feature);
  return halide;
}

Kernel makeKernel(const KernelSpec &spec, KernelTarget target) {
  if (spec.family != Family::detect)
    target.vectorWidth = lanesOf(spec.output, target);
  switch (spec.family) {
  case Family::conv2d:
    return makeConv2D(spec, target);
  case Family::winograd:
    return makeWinograd(spec, target);
  case Family::depthwise:
    return makeDepthwise(spec, target);
  case Family::stem:
    return makeStem(spec, target);
  case Family::globalPool:
    return makeGlobalPool(spec, target);
  case Family::fullyConnected:
    return makeFullyConnected(spec, target);
  case Family::maxPool:
    return makeMaxPool(spec, target);
  case Family::upsample:
    return makeUpsample(spec, target);
  case Family::copy:
    return makeCopy(spec, target);
  case Family::elementwise:
    return makeElementwise(spec, target);
  case Family::detect:
    return makeDetect(spec, target);
  }
  throw std::runtime_error("unknown family");
}

// Halide writes files only; this one lives in memory.
std::string compileToBitcode(const Halide::Module &module) {
  const int file = memfd_create("kernels.bc", MFD_CLOEXEC);
  if (file < 0)
    throw std::runtime_error("cannot make a file in memory");
  module.compile({{Halide::OutputFileType::bitcode, "/proc/self/fd/" + std::to_string(file)}});
  std::string bytes(static_cast<size_t>(lseek(file, 0, SEEK_END)), '\0');
  const bool complete = pread(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
  close(file);
  if (!complete || bytes.empty())
    throw std::runtime_error("cannot read the kernels' bitcode back");
  return bytes;
}

struct Made {
  KernelSpec spec;
  KernelInfo info;
};

} // namespace

bool generateKernels(const std::vector<KernelSpec> &specs, const KernelTarget &target, std::vector<KernelInfo> &result,
                     std::string &bitcode, std::string &error) {
  const KernelSpec *current = nullptr;
  try {
    std::optional<Halide::Target> halide = halideTarget(target);
    if (!halide) {
      error = "no kernels for target '" + target.name + "'";
      return false;
    }
    Halide::Module module("mnv3_kernels", *halide);
    bool strictFloat = false;
    std::map<std::string, Made> made;
    result.clear();
    for (const KernelSpec &spec : specs) {
      current = &spec;
      const std::string symbol = kernelSymbol(spec);
      auto [entry, isNew] = made.try_emplace(symbol, Made{spec, {symbol, 0}});
      if (isNew) {
        RawFunction raw = lowerToRawPointers(makeKernel(spec, target), symbol, *halide);
        module.append(raw.function);
        strictFloat |= raw.strictFloat;
        entry->second.info.scratchBytes = raw.scratchBytes;
      } else if (entry->second.spec != spec) {
        error = "two kernels share the name " + symbol;
        return false;
      }
      result.push_back(entry->second.info);
    }
    current = nullptr;
    module.set_any_strict_float(strictFloat);
    bitcode = compileToBitcode(module);
    return true;
  } catch (const std::exception &failure) { // Halide::Error is one
    error = (current ? kernelSymbol(*current) + ": " : std::string()) + failure.what();
    return false;
  }
}

} // namespace mnv3::codegen
