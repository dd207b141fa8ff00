// Live ranges of everything that shares the arena, counted in kernels of the final sequence, and their places.
#include "compiler/Transforms/Kern/ArenaPlanner.h"
#include "compiler/Transforms/Kern/Band.h"
#include "compiler/Transforms/Kern/Liveness.h"
#include "compiler/Transforms/Kern/Passes.h"

#include "dialects/Kern/Kern.h"
#include "runtime/include/mnv3/memory.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace mnv3::kern {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "compiler/Transforms/Kern/Passes.h.inc"

using namespace mlir;

namespace {

constexpr int64_t alignment = 64; // a cache line, and the widest vector

class Planner {
public:
  explicit Planner(func::FuncOp function) : function(function), builder(function.getContext()) {}

  void run() {
    findLives();
    addNetwork();
    int64_t runBound = arenaLowerBound(tenants, alignment);
    const size_t network = tenants.size();
    // What runtime/include/mnv3/memory.h asks for.
    const Life read = function.getNumArguments() ? lives[function.getArgument(0)] : Life();
    const size_t lines = add(linesBytes(function), {0, read.last});
    const size_t candidates = add(candidateBytes(), {steps, steps});
    const int64_t bandRows = imageRowsFor(chooseBand(read), function);
    const size_t band = add(bandBytes(bandRows, function), read);
    giveStripsScratch(network);
    ArenaPlan plan = planArena(tenants, alignment, network);
    for (auto [kernel, step] : kernels)
      kernel->setAttr("live_bytes", builder.getI64IntegerAttr(arenaBytesIn(step, tenants, alignment)));
    size_t next = 0;
    for (AllocOp alloc : allocs)
      alloc.setAt(plan.offsets[next++]);
    for (KernelOpInterface kernel : scratchers)
      kernel->setAttr("scratch_at", builder.getI64IntegerAttr(plan.offsets[next++]));
    auto number = [&](int64_t value) { return builder.getI64IntegerAttr(value); };
    function->setAttr("kern.arena",
                      builder.getDictionaryAttr({builder.getNamedAttr("bytes", number(plan.bytes)),
                                                 builder.getNamedAttr("lower_bound", number(plan.lowerBound)),
                                                 builder.getNamedAttr("run_bytes", number(plan.networkBytes)),
                                                 builder.getNamedAttr("run_lower_bound", number(runBound)),
                                                 builder.getNamedAttr("band_at", number(plan.offsets[band])),
                                                 builder.getNamedAttr("band_rows", number(bandRows)),
                                                 builder.getNamedAttr("lines_at", number(plan.offsets[lines])),
                                                 builder.getNamedAttr("candidates_at", number(plan.offsets[candidates])),
                                                 builder.getNamedAttr("candidates_bytes", number(candidateBytes()))}));
  }

private:
  // Step 0 is the beginning of det_detect, steps 1 .. n the kernels, the last step its decoding, which reads what Detect's levels read.
  void findLives() {
    Liveness liveness(function);
    lives = std::move(liveness.lives);
    for (Operation *op : liveness.steps) {
      ++steps;
      auto kernel = dyn_cast<KernelOpInterface>(op);
      if (kernel)
        kernels.push_back({kernel, steps});
      if (kernel && kernel.getScratchBytes(1)) {
        scratchers.push_back(kernel);
        scratchLives.push_back({steps, steps});
      }
    }
    ++steps;
    function.walk([&](AllocOp alloc) { allocs.push_back(alloc); });
    for (DetectOp detect : function.getOps<DetectOp>())
      if (AllocOp alloc = allocOf(detect.getInput()).first)
        lives[alloc].touch(steps);
  }

  void addNetwork() {
    for (AllocOp alloc : allocs)
      add(alloc.getType().getBytes(), lives[alloc]);
    for (auto [kernel, life] : llvm::zip_equal(scratchers, scratchLives))
      add(kernel.getScratchBytes(1), life);
  }

  // Rows of their results that stems make at a time: as many as there is room for below the peak.
  int64_t chooseBand(Life read) {
    auto boundWith = [&](int64_t rows) {
      std::vector<Tenant> all = tenants;
      all.push_back({bandBytes(imageRowsFor(rows, function), function), read.first, read.last});
      return arenaLowerBound(all, alignment);
    };
    const int64_t bound = boundWith(leastBand);
    int64_t rows = mostBand;
    while (boundWith(rows) > bound)
      rows /= 2;
    for (StemOp stem : function.getOps<StemOp>())
      stem->setAttr("band", builder.getI64IntegerAttr(rows));
    return rows;
  }

  // Each strip of a kernel needs scratch of its own, for its own rows: as many strips as there is room for below the peak, or little
  // above it, with and without what det_detect adds. Without threads the kernel runs in one.
  void giveStripsScratch(size_t network) {
    const std::span<const Tenant> all = tenants, alone = all.first(network);
    const int64_t bound = arenaLowerBound(all, alignment), aloneBound = arenaLowerBound(alone, alignment);
    for (auto [number, kernel] : llvm::enumerate(scratchers)) {
      Tenant &scratch = tenants[allocs.size() + number];
      const int64_t whole = scratch.bytes;
      auto bytesOf = [&](int64_t strips) { return std::max(whole, strips * kernel.getScratchBytes(strips)); };
      auto fits = [&](std::span<const Tenant> living, int64_t most, int64_t strips) {
        return arenaBytesIn(scratch.first, living, alignment) + bytesOf(strips) - whole <= most + most / 128;
      };
      int64_t strips = kernel.getStrips();
      while (strips > 1 && !(fits(all, bound, strips) && fits(alone, aloneBound, strips)))
        strips /= 2;
      scratch.bytes = bytesOf(strips);
      if (strips < kernel.getStrips())
        kernel->setAttr("strips", builder.getI64IntegerAttr(strips));
    }
  }

  size_t add(int64_t bytes, Life life) {
    if (life.last < life.first)
      life = {0, -1}; // never touched: needs no room
    tenants.push_back({life.last < life.first ? 0 : bytes, life.first, life.last});
    return tenants.size() - 1;
  }

  int64_t candidateBytes() {
    int64_t cells = 0, classes = 0;
    for (DetectOp detect : function.getOps<DetectOp>()) {
      auto shape = cast<MemRefType>(detect.getOutput().getType()).getShape();
      cells += shape[0] * shape[1] * shape[2];
      classes = shape[3] - 5;
    }
    return mnv3_candidates_bytes(cells, classes);
  }

  func::FuncOp function;
  OpBuilder builder;
  int64_t steps = 0;
  llvm::DenseMap<Value, Life> lives;
  SmallVector<AllocOp> allocs;
  SmallVector<std::pair<KernelOpInterface, int64_t>> kernels; // and their steps
  SmallVector<KernelOpInterface> scratchers;
  SmallVector<Life> scratchLives;
  std::vector<Tenant> tenants; // allocs, scratch, then what det_detect adds
};

struct PlanMemory : impl::PlanMemoryPassBase<PlanMemory> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      WalkResult laidOut = function.walk([](AllocOp alloc) {
        if (alloc.getType().getStride())
          return WalkResult::advance();
        alloc.emitOpError("has no layout: kern-assign-layout comes first");
        return WalkResult::interrupt();
      });
      if (laidOut.wasInterrupted())
        return signalPassFailure();
      Planner(function).run();
    }
  }
};

} // namespace
} // namespace mnv3::kern
