// All kernels of a network as one Halide module, and that as LLVM bitcode; or each as C++.
//
// In two processes, each one kernel after the other in the order asked for: the same specs give the same code, always. This process goes
// on when all kernels are lowered, while the second one still compiles its own.
#include "codegen/Kernels/CppSource.h"
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/RawPointers.h"
#include "codegen/Kernels/Worker.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

namespace mnv3::codegen {
namespace {

// Halide's own back ends serve x86 and ARM. Elsewhere its code for an ARM without NEON is taken, which has vectors as LLVM
// knows them and nothing of any machine but the width of a pointer.
constexpr const char *neutral32 = "arm-32-noos-no_neon", *neutral64 = "arm-64-noos-no_neon";

const std::map<std::string, const char *> halideTargets = {
    {"x86-64", "x86-64-linux-sse41-avx-f16c-fma-avx2"},
    {"x86-64-v4", "x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake"},
    {"arm64", "arm-64-linux"},
    {"armv7", "arm-32-linux"},
    {"cortex-m4", neutral32},
    {"cortex-m7", neutral32},
    {"cortex-m33", neutral32},
    {"cortex-m55", neutral32},
    {"riscv64", neutral64},
    {"riscv64-v", neutral64},
    {"wasm32", neutral32},
};

std::optional<Halide::Target> halideTarget(const KernelTarget &target) {
  auto entry = halideTargets.find(target.name);
  if (entry == halideTargets.end())
    return std::nullopt;
  Halide::Target halide(entry->second);
  for (auto feature : {Halide::Target::NoRuntime, Halide::Target::NoAsserts})
    halide.set_feature(feature);
  return halide;
}

Kernel makeKernel(const KernelSpec &spec, KernelTarget target, const Strip &strip) {
  if (spec.family != Family::detect)
    target.vectorWidth = lanesOf(spec.output, target);
  switch (spec.family) {
  case Family::conv2d:
    return makeConv2D(spec, target, strip);
  case Family::winograd:
    return makeWinograd(spec, target, strip);
  case Family::depthwise:
    return makeDepthwise(spec, target, strip);
  case Family::stem:
    return makeStem(spec, target, strip);
  case Family::globalPool:
    return makeGlobalPool(spec, target, strip);
  case Family::fullyConnected:
    return makeFullyConnected(spec, target, strip);
  case Family::maxPool:
    return makeMaxPool(spec, target, strip);
  case Family::upsample:
    return makeUpsample(spec, target, strip);
  case Family::copy:
    return makeCopy(spec, target, strip);
  case Family::interleave:
    return makeInterleave(spec, target);
  case Family::spaceToDepth:
    return makeSpaceToDepth(spec, target);
  case Family::depthToSpace:
    return makeDepthToSpace(spec, target);
  case Family::attention:
    return makeAttention(spec, target);
  case Family::elementwise:
    return makeElementwise(spec, target, strip);
  case Family::detect:
    return makeDetect(spec, target, strip);
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

struct NamedSpec {
  KernelSpec spec;
  std::string symbol;
};

// What is known of a kernel once it is lowered.
struct Facts {
  int64_t rowStep, steps, bandRows, codeBytes; // codeBytes: of C++
  std::vector<int64_t> scratchBytes;
};

std::string pack(const std::vector<Facts> &all) {
  std::string bytes;
  auto put = [&](int64_t number) { bytes.append(reinterpret_cast<const char *>(&number), sizeof number); };
  for (const Facts &facts : all) {
    for (int64_t number : {facts.rowStep, facts.steps, facts.bandRows, facts.codeBytes, static_cast<int64_t>(facts.scratchBytes.size())})
      put(number);
    for (int64_t scratch : facts.scratchBytes)
      put(scratch);
  }
  return bytes;
}

std::vector<Facts> unpack(const std::string &bytes) {
  size_t at = 0;
  auto take = [&] {
    int64_t number = 0;
    bytes.copy(reinterpret_cast<char *>(&number), sizeof number, at);
    at += sizeof number;
    return number;
  };
  std::vector<Facts> all;
  while (at < bytes.size()) {
    Facts &facts = all.emplace_back();
    for (int64_t *number : {&facts.rowStep, &facts.steps, &facts.bandRows, &facts.codeBytes})
      *number = take();
    facts.scratchBytes.resize(static_cast<size_t>(take()));
    for (int64_t &scratch : facts.scratchBytes)
      scratch = take();
  }
  return all;
}

// KernelInfo's, of what depends on the number of rows.
std::vector<int64_t> scratchBySteps(const Halide::Expr &bytes, const std::string &rows, int rowStep, int height) {
  std::vector<int64_t> result;
  for (int steps = 1; steps == 1 || (rowStep && steps * rowStep <= height); ++steps) {
    const Halide::Expr here = Halide::Internal::simplify(Halide::Internal::substitute(rows, steps * rowStep, bytes));
    const auto constant = Halide::Internal::as_const_int(here);
    if (!constant)
      throw std::runtime_error("how much scratch it needs is not known before it runs");
    result.push_back(*constant);
  }
  while (result.size() > 1 && result[result.size() - 2] == result.back())
    result.pop_back();
  return result.back() ? result : std::vector<int64_t>();
}

// The kernels that one process makes, first lowered, then compiled.
class KernelShare {
public:
  KernelShare(const std::vector<NamedSpec> &specs, const KernelTarget &target, const Halide::Target &halide, KernelForm form)
      : module("mnv3_kernels", halide), form(form) {
    for (const NamedSpec &named : specs)
      try {
        lower(named, target, halide);
      } catch (const std::exception &failure) { // Halide::Error is one
        throw std::runtime_error(named.symbol + ": " + failure.what());
      }
    // A rebuilt module forgets that functions in it use strict_float, and would fold magic rounding away.
    module.set_any_strict_float(true);
  }

  const std::vector<Facts> &facts() const { return known; }

  std::string code(const FinishBitcode &finish, int number) const {
    if (form == KernelForm::cpp || known.empty())
      return source;
    std::string bitcode = compileToBitcode(module), reason;
    if (finish && !finish(bitcode, number, reason))
      throw std::runtime_error(reason);
    return bitcode;
  }

private:
  void lower(const NamedSpec &named, const KernelTarget &target, const Halide::Target &halide) {
    const KernelSpec &spec = named.spec;
    const size_t before = source.size();
    const Halide::Param<int> first("first_row"), rows("rows"), plane("plane"), step("step"), share("share"), shift("shift");
    std::vector<Halide::Argument> numbers = {first, rows};
    if (spec.family == Family::stem)
      numbers.push_back(plane);
    if (isMadeInSteps(spec.family))
      numbers.insert(numbers.end(), {step, share, shift});
    const Kernel kernel = makeKernel(spec, target, {first, rows, plane, step, share, shift});
    RawFunction raw = lowerToRawPointers(kernel, numbers, named.symbol, halide);
    if (form == KernelForm::cpp)
      source += "\n// " + kernelSummary(spec) + "\n" + cppSourceOf(raw.function, halide);
    else
      module.append(raw.function);
    const int mostRows = kernel.bandRows ? kernel.bandRows : spec.height;
    known.push_back({kernel.rowStep, kernel.steps, kernel.bandRows, static_cast<int64_t>(source.size() - before),
                     scratchBySteps(raw.scratchBytes, rows.name(), kernel.rowStep, mostRows)});
  }

  Halide::Module module;
  KernelForm form;
  std::vector<Facts> known;
  std::string source; // C++
};

// A kernelSymbol for people: its hash, which tells kernels of one shape apart, is a number here, and that only where there are several.
std::string plainSymbol(const std::string &symbol, std::map<std::string, int> &taken) {
  const std::string plain = symbol.substr(0, symbol.rfind('_'));
  const int number = ++taken[plain];
  return number == 1 ? plain : plain + "_v" + std::to_string(number);
}

// How long a kernel takes to make, about, as multiples of what a small one takes.
int effortOf(const KernelSpec &spec) {
  switch (spec.family) {
  case Family::winograd:
    return spec.strideY == 1 ? 8 : 16;
  case Family::detect:
    return 6;
  case Family::stem:
    return 5;
  case Family::attention:
    return 4;
  case Family::conv2d:
  case Family::depthwise:
    return 2;
  default:
    return 1;
  }
}

// And of what the first process has to do after its kernels and before it needs the code of the second's: driver and runtime. It cannot begin
// while the second still lowers its kernels, which is some two fifths of what they take.
int effortOfTheRest(int effortOfKernels) { return std::min(40, effortOfKernels * 2 / 5); }

// Where a kernel is made: the how manieth of which process' share.
struct Place {
  int share;
  size_t number;
};

// The prologue, and the kernels of both shares in the order asked for.
std::vector<std::string> cppInOrder(const std::string (&shares)[2], const std::vector<Place> &places, const std::vector<Facts> (&facts)[2],
                                    const KernelTarget &target) {
  std::string prologue(kernelPrologue());
  for (int lanes = 8; lanes <= 2 * target.vectorWidth; lanes *= 2) // two vectors become one where channels are interleaved
    prologue += "MNV3_VECTORS(" + std::to_string(lanes) + ")\n";
  std::vector<std::string> code = {prologue};
  size_t read[2] = {0, 0};
  for (const Place &place : places) {
    const auto bytes = static_cast<size_t>(facts[place.share][place.number].codeBytes);
    code.push_back(shares[place.share].substr(read[place.share], bytes));
    read[place.share] += bytes;
  }
  return code;
}

} // namespace

bool generateKernels(const std::vector<KernelSpec> &specs, const KernelTarget &target, KernelForm form, std::vector<KernelInfo> &result,
                     KernelCode &code, std::string &error, const FinishBitcode &finish) {
  const std::optional<Halide::Target> halide = halideTarget(target);
  if (!halide) {
    error = "no kernels for target '" + target.name + "'";
    return false;
  }
  // Equal specs once.
  std::map<std::string, size_t> numbers; // kernelSymbol -> number among the different ones
  std::map<std::string, int> plainNames;
  std::vector<NamedSpec> different;
  int effort = 0;
  for (const KernelSpec &spec : specs) {
    auto [entry, isNew] = numbers.try_emplace(kernelSymbol(spec), different.size());
    if (isNew) {
      different.push_back({spec, form == KernelForm::cpp ? plainSymbol(entry->first, plainNames) : entry->first});
      effort += effortOf(spec);
    } else if (different[entry->second].spec != spec) {
      error = "two kernels share the name " + entry->first;
      return false;
    }
  }
  // Each to the process that has less to do so far.
  std::vector<NamedSpec> shares[2];
  std::vector<Place> places; // of the different ones
  int efforts[2] = {form == KernelForm::bitcode ? effortOfTheRest(effort) : 0, 0};
  for (const NamedSpec &named : different) {
    const int share = efforts[1] < efforts[0];
    efforts[share] += effortOf(named.spec);
    places.push_back({share, shares[share].size()});
    shares[share].push_back(named);
  }
  std::vector<Facts> facts[2];
  try {
    auto worker = std::make_shared<Worker>([&](const Worker::Send &send) {
      const KernelShare theirs(shares[1], target, *halide, form);
      send(pack(theirs.facts()));
      send(theirs.code(finish, 1));
    });
    const KernelShare ours(shares[0], target, *halide, form);
    const std::string made = ours.code(finish, 0);
    facts[0] = ours.facts();
    facts[1] = unpack(worker->receive());
    if (form == KernelForm::cpp)
      code = KernelCode(cppInOrder({made, worker->receive()}, places, facts, target));
    else
      code = KernelCode(made.empty() ? std::vector<std::string>() : std::vector{made}, [worker](std::string &piece, std::string &error) {
        try {
          piece = worker->receive();
        } catch (const std::exception &failure) {
          error = failure.what();
          return false;
        }
        return true;
      });
  } catch (const std::exception &failure) {
    error = failure.what();
    return false;
  }
  result.clear();
  for (const KernelSpec &spec : specs) {
    const size_t number = numbers[kernelSymbol(spec)];
    const Facts &known = facts[places[number].share][places[number].number];
    result.push_back({different[number].symbol, static_cast<int>(known.rowStep), static_cast<int>(known.steps),
                      static_cast<int>(known.bandRows), known.scratchBytes});
  }
  return true;
}

} // namespace mnv3::codegen
