// mnv3c-tune: times schedules of a model's kernels on this machine, in place, and prints the winners as a table for
// codegen/Schedules/tuned.
//
// A round gives every kernel one of its candidates at random, compiles the network with clocks around its calls and runs it:
// so each is timed among the others, with caches as in use, and all are tuned at once. The best of each kernel then runs
// against the rule's choice in turns.
#include "codegen/Emit/Emit.h"
#include "codegen/Emit/KernelSpecOf.h"
#include "codegen/Schedules/Schedules.h"
#include "compiler/Import/Import.h"
#include "compiler/Import/PrintDiagnostics.h"
#include "compiler/Pipeline/Pipeline.h"
#include "compiler/tools/OutputFiles.h"
#include "dialects/Kern/Kern.h"
#include "dialects/Yolo/Yolo.h"
#include "runtime/include/mnv3/abi.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>

namespace cl = llvm::cl;
using namespace mnv3;

namespace {

cl::OptionCategory category("mnv3c-tune options");
cl::opt<std::string> input(cl::Positional, cl::Required, cl::desc("INPUT: a model yaml, or a checkpoint with its own"), cl::cat(category));
cl::opt<std::string> output("o", cl::desc("table to write; printed by default"), cl::value_desc("FILE"), cl::cat(category));
cl::opt<int> imageSize("imgsz", cl::init(640), cl::desc("network input in pixels (default 640)"), cl::value_desc("N"), cl::cat(category));
cl::opt<int> rounds("rounds", cl::init(40), cl::desc("networks with random candidates to time (default 40)"), cl::value_desc("N"),
                    cl::cat(category));
cl::opt<int> runs("runs", cl::init(20), cl::desc("runs of each (default 20)"), cl::value_desc("N"), cl::cat(category));

// A winner must take less of the rule's time than this, or noise would fill the table.
constexpr double worthwhile = 0.98;

int fail(const llvm::Twine &message) {
  llvm::errs() << "mnv3c-tune: error: " << message << "\n";
  return 1;
}

int fail(llvm::Error error) { return fail(llvm::toString(std::move(error))); }

// All kernels of one key share their schedule, as they do in the table.
struct Kernel {
  std::vector<codegen::Schedule> candidates;
  std::vector<double> ns; // of each candidate: that of its best round
};
using Kernels = std::map<std::string, Kernel>;
using Choice = std::map<std::string, size_t>; // key -> candidate

// A compiled network in this process.
struct Network {
  using Run = mnv3_status(const float *, float *const *, void *, const mnv3_hooks *);
  Run *run = nullptr;
  std::vector<std::string> keys; // of each kernel call
  std::vector<std::vector<float>> heads;
  std::vector<uint64_t> arena; // aligned by hand

  void *alignedArena() { return reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(arena.data()) + 63) / 64 * 64); }
};

constexpr llvm::StringLiteral keyAttr = "tune.key";

mlir::LogicalResult build(mlir::ModuleOp scheduled, Kernels &kernels, const Choice &choice, const codegen::Target &target,
                          const std::string &name, llvm::orc::LLJIT &jit, Network &network) {
  mlir::OwningOpRef<mlir::ModuleOp> module = scheduled.clone();
  module->walk([&](kern::KernelOpInterface op) {
    const std::string key = op->getAttrOfType<mlir::StringAttr>(keyAttr).str();
    const codegen::Schedule &chosen = kernels[key].candidates[choice.at(key)];
    op->setAttr("schedule", kern::ScheduleAttr::get(op.getContext(), chosen.pixels, chosen.vectors, chosen.unroll, chosen.rows,
                                                    chosen.channelsOutermost));
  });
  codegen::KernelCode bitcode;
  if (failed(finishKernels(*module, codegen::KernelForm::bitcode, bitcode)))
    return mlir::failure();
  auto function = *module->getOps<mlir::func::FuncOp>().begin();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code = codegen::emitModule(function, bitcode, target, {name, true}, context);
  std::string object, error;
  codegen::ObjectFacts facts;
  if (!code || !codegen::emitObject(*code, target, name, object, facts, error))
    return mlir::emitError(function.getLoc()) << error;

  llvm::Expected<llvm::orc::JITDylib &> library = jit.createJITDylib(name);
  if (!library)
    return mlir::emitError(function.getLoc()) << llvm::toString(library.takeError());
  if (llvm::Error wrong = jit.addObjectFile(*library, llvm::MemoryBuffer::getMemBufferCopy(object, name)))
    return mlir::emitError(function.getLoc()) << llvm::toString(std::move(wrong));
  llvm::Expected<llvm::orc::ExecutorAddr> run = jit.lookup(*library, name + "_run");
  if (!run)
    return mlir::emitError(function.getLoc()) << llvm::toString(run.takeError());
  network.run = run->toPtr<Network::Run *>();
  function.walk([&](kern::KernelOpInterface op) { network.keys.push_back(op->getAttrOfType<mlir::StringAttr>(keyAttr).str()); });
  for (const codegen::Head &head : codegen::headsOf(function))
    network.heads.emplace_back(std::accumulate(head.shape.begin(), head.shape.end(), int64_t(1), std::multiplies<int64_t>()));
  network.arena.resize(function->getAttrOfType<mlir::DictionaryAttr>("kern.arena").getAs<mlir::IntegerAttr>("bytes").getInt() / 8 + 16);
  return mlir::success();
}

using Times = std::map<std::string, std::vector<double>>; // of each kernel, summed over its calls: a run each

void timeOnce(Network &network, const std::vector<float> &picture, Times &times) {
  std::vector<uint64_t> ticks(network.keys.size());
  mnv3_hooks hooks = {};
  hooks.clock = [](void *) -> uint64_t { return std::chrono::steady_clock::now().time_since_epoch().count(); };
  hooks.ticks = ticks.data();
  std::vector<float *> heads;
  for (std::vector<float> &head : network.heads)
    heads.push_back(head.data());
  network.run(picture.data(), heads.data(), network.alignedArena(), &hooks);
  std::map<std::string, double> sums;
  for (size_t call = 0; call < ticks.size(); ++call)
    sums[network.keys[call]] += static_cast<double>(ticks[call]);
  for (const auto &[key, sum] : sums)
    times[key].push_back(sum);
}

// The lower quartile: other programs make some runs longer, lucky caches make a few shorter.
double typical(std::vector<double> times) {
  auto quartile = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 4);
  std::nth_element(times.begin(), quartile, times.end());
  return *quartile;
}

// Another order of the same sums: rounding, and no more.
bool agree(const Network &one, const Network &other) {
  for (size_t head = 0; head < one.heads.size(); ++head)
    for (size_t i = 0; i < one.heads[head].size(); ++i)
      if (!(std::abs(one.heads[head][i] - other.heads[head][i]) <= 1e-3f * (1 + std::abs(one.heads[head][i]))))
        return false;
  return true;
}

std::string rowText(const std::string &key, const codegen::Schedule &schedule) {
  return llvm::formatv("{{\"{0}\", {{{1}, {2}, {3}, {4}, {5}}},\n", key, schedule.pixels, schedule.vectors, schedule.unroll, schedule.rows,
                       schedule.channelsOutermost ? "true" : "false")
      .str();
}

int tune() {
  std::string error;
  std::optional<codegen::Target> target = codegen::resolveTarget({}, error);
  if (!target)
    return fail(error);
  mlir::DialectRegistry registry;
  registry.insert<mlir::func::FuncDialect, yolo::YoloDialect, nn::NNDialect, kern::KernDialect>();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  context.allowUnregisteredDialects(); // for the key on each kernel
  import::ImportOptions options;
  options.input = input;
  options.height = options.width = imageSize;
  std::vector<import::Diagnostic> diagnostics;
  mlir::OwningOpRef<mlir::ModuleOp> module = import::importModel(context, options, diagnostics);
  import::printDiagnostics(diagnostics);
  if (!module || failed(scheduleKernels(*module, *target, false)))
    return 1;

  Kernels kernels;
  Choice rule;
  module->walk([&](kern::KernelOpInterface op) {
    const codegen::KernelSpec spec = codegen::kernelSpecOf(op);
    const std::string key = codegen::scheduleKey(spec);
    op->setAttr(keyAttr, mlir::StringAttr::get(&context, key));
    Kernel &kernel = kernels[key];
    kernel.candidates = codegen::scheduleCandidates(spec, target->kernels);
    kernel.ns.assign(kernel.candidates.size(), std::numeric_limits<double>::infinity());
    rule[key] = 0;
  });

  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  std::vector<float> picture(3 * static_cast<size_t>(imageSize) * imageSize);
  std::mt19937 random(1);
  std::generate(picture.begin(), picture.end(), [&] { return static_cast<float>(random() % 256) / 255.0f; });

  Network first; // by rule; its code goes with its JIT, its results stay
  for (int round = 0; round <= rounds; ++round) {
    llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>> jit = llvm::orc::LLJITBuilder().create();
    if (!jit)
      return fail(jit.takeError());
    Choice choice = rule;
    if (round > 0)
      for (auto &[key, candidate] : choice)
        candidate = random() % kernels[key].candidates.size();
    Network network;
    if (failed(build(*module, kernels, choice, *target, "tuned", **jit, network)))
      return 1;
    Times times;
    for (int run = 0; run < runs; ++run)
      timeOnce(network, picture, times);
    for (const auto &[key, all] : times)
      kernels[key].ns[choice[key]] = std::min(kernels[key].ns[choice[key]], typical(all));
    if (round == 0)
      first = std::move(network);
    else if (!agree(first, network))
      return fail("a candidate changes the result by more than rounding (round " + llvm::Twine(round) + ")");
  }

  // The winners against the rule, in turns.
  Choice best = rule;
  for (auto &[key, candidate] : best)
    candidate = std::min_element(kernels[key].ns.begin(), kernels[key].ns.end()) - kernels[key].ns.begin();
  llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>> jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return fail(jit.takeError());
  Network byRule, byTuning;
  if (failed(build(*module, kernels, rule, *target, "by_rule", **jit, byRule)) ||
      failed(build(*module, kernels, best, *target, "by_tuning", **jit, byTuning)))
    return 1;
  Times ruleTimes, bestTimes;
  for (int run = 0; run < 10 * runs; ++run) {
    timeOnce(byRule, picture, ruleTimes);
    timeOnce(byTuning, picture, bestTimes);
  }

  std::map<std::string, std::string> rows; // those of other models stay
  for (const codegen::TunedSchedule &row : codegen::tunedSchedules(target->cpu))
    rows[row.kernel] = rowText(row.kernel, row.schedule);
  double before = 0, after = 0;
  for (const auto &[key, all] : ruleTimes) {
    const double time = typical(all), tuned = typical(bestTimes[key]);
    const bool wins = best[key] != rule[key] && tuned < worthwhile * time;
    before += time;
    after += wins ? tuned : time;
    rows.erase(key);
    if (wins)
      rows[key] = rowText(key, kernels[key].candidates[best[key]]);
    llvm::errs() << llvm::formatv("{0,-48} {1,8:F1} -> {2,8:F1} us of {3} candidates{4}\n", key, time / 1e3, tuned / 1e3,
                                  kernels[key].candidates.size(), wins ? ": taken" : "");
  }
  llvm::errs() << llvm::formatv("{0}: {1:F3} ms by rule, {2:F3} ms with this table\n", target->cpu, before / 1e6, after / 1e6);
  std::string table = "// Written by mnv3c-tune on " + target->cpu + ": {kernel, {pixels, vectors, unroll, rows, channels outermost}}\n";
  for (const auto &[key, row] : rows)
    table += row;
  if (output.empty()) {
    llvm::outs() << table;
    return 0;
  }
  return writeFiles({{output, table}}, error) ? 0 : fail(error);
}

} // namespace

int main(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv,
                              "times schedules of a model's kernels on this machine and prints those that beat the rules\n\n"
                              "  mnv3c-tune small.yaml -o codegen/Schedules/tuned/znver4.inc\n");
  if (imageSize <= 0 || rounds < 0 || runs <= 0)
    return fail("--imgsz and --runs want positive numbers, --rounds none below 0");
  return tune();
}
