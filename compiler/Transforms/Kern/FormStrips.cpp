// Chains of kernels row by row instead of picture by picture, so that what lies between them needs room for some rows only.
//
//     whole                                     in strips of 2 rows, convolution 3x3 stride 1 behind a 1x1
//     A: 1x1, 80 rows -> T, 80 rows             A: rows 0 .. 2 -> T, 4 rows     B: T -> rows 0 .. 1 of the result
//     B: 3x3, T -> 80 rows                      A: rows 1 .. 4 -> T             B: T -> rows 2 .. 3
//                                               ...
//
// Rows that a window needs beyond its strip are made again with the next strip, which costs less than keeping them: of 16
// rows two. They lie where a whole picture has its halo, which holds zeros only at the picture's own border.
#include "compiler/Transforms/Kern/Band.h"
#include "compiler/Transforms/Kern/Liveness.h"
#include "compiler/Transforms/Kern/Passes.h"

#include "dialects/Kern/Kern.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

namespace mnv3::kern {
#define GEN_PASS_DEF_FORMSTRIPSPASS
#include "compiler/Transforms/Kern/Passes.h.inc"

using namespace mlir;

namespace {

// A kernel's tile has up to four rows and 32 pixels: no strip may be smaller. Two threads can share twice as many rows, which is
// worth it where they are wide.
constexpr int64_t leastPixels = 32;
int64_t leastRows(int64_t width) { return width < 64 ? 4 : 8; }
// Each strip reads the weights again.
constexpr int64_t mostStrips = 32;
constexpr size_t longestChain = 4;

// How rows of the result depend on rows of the input; they are made `step` at a time.
struct Window {
  int64_t extent = 1, stride = 1, pad = 0, step = 1;
};

// Nothing for a kernel that cannot be part of a chain.
std::optional<Window> windowOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<Window>>(op)
      .Case([](Conv2DOp conv) -> std::optional<Window> {
        if (conv.getStart()) // half a row for each of the result
          return std::nullopt;
        return Window{static_cast<int64_t>(conv.getDilation()) * (conv.getKernel()[0] - 1) + 1, conv.getStrides()[0], conv.getPads()[0],
                      static_cast<int64_t>(conv.getWinograd().value_or(1))};
      })
      .Case<DepthwiseOp, StemOp>([](auto conv) { return Window{conv.getKernel()[0], conv.getStrides()[0], conv.getPads()[0]}; })
      .Case([](ElementwiseOp) { return Window{}; })
      .Default(std::nullopt);
}

Value gateOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, Value>(op).Case<Conv2DOp, ElementwiseOp>([](auto kernel) { return kernel.getGate(); }).Default(Value());
}

Value residualOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, Value>(op).Case<Conv2DOp, ElementwiseOp>([](auto kernel) { return kernel.getResidual(); }).Default(Value());
}

BufferType typeOf(Value buffer) { return cast<BufferType>(buffer.getType()); }

// The buffers that a kernel reads through its window.
SmallVector<Value> inputsOf(KernelOpInterface kernel) {
  SmallVector<Value> inputs = readPlaces(kernel);
  llvm::erase_if(inputs, [&](Value place) {
    return !isa<BufferType>(place.getType()) || place == gateOf(kernel) || place == residualOf(kernel);
  });
  return inputs;
}

int64_t bytesOf(BufferType type) { return llvm::alignTo(type.getBytes(), 64); }

// What det_detect needs for the image, at the least, until the last stem has read it.
struct Image {
  int64_t bytes = 0, lastRead = 0;

  Image(func::FuncOp function, const Liveness &now) {
    for (StemOp stem : function.getOps<StemOp>()) {
      bytes = bandBytes(imageRowsFor(leastBand, function), function) + linesBytes(function);
      lastRead = now.of(stem.getInput()).last;
    }
  }
  int64_t bytesFrom(int64_t step) const { return step <= lastRead ? bytes : 0; }
};

// What a kernel of a chain makes in a strip: `rows` rows, and `above` and `below` them what its reader needs beyond.
struct Rows {
  int64_t rows = 0, above = 0, below = 0;
};

// Consecutive kernels, each the only reader of the one before, and how to cut them.
struct Chain {
  SmallVector<KernelOpInterface> kernels;
  SmallVector<Rows> rows;               // of each kernel's output
  SmallVector<BufferType> stripBuffers; // instead of the outputs of all but the last
  int64_t strips = 1;
  int64_t first = 0, last = 0; // steps in which it runs
  int64_t beside = 0;          // bytes alive at some time in them, without what lies between the kernels
  int64_t bytes = 0;           // `beside` and strip buffers

  bool isBetween(Value buffer) const {
    return llvm::any_of(ArrayRef(kernels).drop_back(), [&](KernelOpInterface kernel) { return kernel.getOutput() == buffer; });
  }
};

// The next kernel, if it alone reads what `kernel` makes, and reads it as a picture.
KernelOpInterface soleReader(KernelOpInterface kernel) {
  auto alloc = kernel.getOutput().getDefiningOp<AllocOp>();
  if (!alloc)
    return {};
  KernelOpInterface next;
  for (Operation *op = kernel->getNextNode(); op && !next; op = op->getNextNode())
    next = dyn_cast<KernelOpInterface>(op);
  if (!next || !windowOf(next) || next.getOutput() == alloc || !llvm::is_contained(alloc->getUsers(), next.getOperation()))
    return {};
  for (Operation *user : alloc->getUsers())
    if (user != kernel && user != next && !isa<ClearHaloOp>(user))
      return {};
  if (alloc.getResult() == gateOf(next) || alloc.getResult() == residualOf(next))
    return {};
  return next;
}

// Cuts a chain into strips of equal height; false if it cannot be cut like this.
bool cut(Chain &chain, int64_t strips) {
  const int64_t height = typeOf(chain.kernels.back().getOutput()).getHeight();
  if (height % strips)
    return false;
  chain.strips = strips;
  chain.rows.assign(chain.kernels.size(), {});
  chain.stripBuffers.assign(chain.kernels.size() - 1, {});
  chain.rows.back() = {height / strips, 0, 0};
  for (size_t i = chain.kernels.size(); i-- > 0;) {
    BufferType type = typeOf(chain.kernels[i].getOutput());
    const Rows &rows = chain.rows[i];
    const Window window = *windowOf(chain.kernels[i]);
    if (rows.rows % window.step || rows.above % window.step || rows.below % window.step)
      return false;
    if (rows.above > type.getHeight() || rows.below > type.getHeight())
      return false;
    if (rows.rows < leastRows(type.getWidth()) || rows.rows * type.getWidth() < leastPixels || rows.rows * strips != type.getHeight())
      return false;
    if (i + 1 < chain.kernels.size())
      chain.stripBuffers[i] = BufferType::get(type.getContext(), rows.rows, type.getWidth(), type.getChannels(), type.getStride(),
                                              std::max(rows.above, rows.below), type.getHaloColumns());
    // The last window begins inside the input, however large the pads; a stem minds its borders itself.
    for (Value input : inputsOf(chain.kernels[i]))
      if ((type.getHeight() - 1) * window.stride >= typeOf(input).getHeight())
        return false;
    if (i == 0)
      break;
    chain.rows[i - 1] = {rows.rows * window.stride, rows.above * window.stride + window.pad,
                         std::max<int64_t>(0, rows.below * window.stride + window.extent - window.stride - window.pad)};
  }
  chain.bytes = chain.beside;
  for (BufferType type : chain.stripBuffers)
    chain.bytes += bytesOf(type);
  return true;
}

// Rows first .. first + count, or as many as there are with the halo.
Value viewRows(Value buffer, int64_t first, int64_t count, OpBuilder &builder) {
  BufferType type = typeOf(buffer);
  count = std::min(count, type.getHeight() + type.getHaloRows() - first);
  auto part = BufferType::get(type.getContext(), count, type.getWidth(), type.getChannels(), type.getStride(), type.getHaloRows(),
                              type.getHaloColumns());
  return RowsOp::create(builder, buffer.getLoc(), part, buffer, first);
}

// Into the fewest strips that need no more than `bytes`, or else the least. False if there is no way to cut it.
bool cutTo(int64_t bytes, Chain &chain) {
  std::optional<Chain> best;
  for (int64_t strips = 2; strips <= mostStrips && (!best || best->bytes > bytes); ++strips)
    if (cut(chain, strips) && (!best || chain.bytes < best->bytes))
      best = chain;
  if (best)
    chain = *best;
  return best.has_value();
}

// Every chain that can be cut, with as many strips as make it lowest.
SmallVector<Chain> findChains(const Image &image, const Liveness &now) {
  SmallVector<Chain> chains;
  for (auto [index, op] : llvm::enumerate(now.steps)) {
    auto kernel = dyn_cast<KernelOpInterface>(op);
    if (!kernel || !windowOf(kernel))
      continue;
    Chain chain;
    chain.first = static_cast<int64_t>(index) + 1;
    chain.kernels.push_back(kernel);
    while (chain.kernels.size() < longestChain && (kernel = soleReader(kernel))) {
      // A halo is cleared before the kernel runs.
      chain.first = std::min(chain.first, now.of(chain.kernels.back().getOutput()).first);
      chain.kernels.push_back(kernel);
      chain.last = llvm::find(now.steps, kernel.getOperation()) - now.steps.begin() + 1;
      chain.beside = image.bytesFrom(chain.first);
      for (auto &[value, life] : now.lives)
        if (isa<BufferType>(value.getType()) && life.first <= chain.last && chain.first <= life.last && !chain.isBetween(value))
          chain.beside += bytesOf(typeOf(value));
      if (cutTo(0, chain))
        chains.push_back(chain);
    }
  }
  return chains;
}

void makeStrip(Chain &chain, size_t number, int64_t strip, ArrayRef<Value> buffers, OpBuilder &builder) {
  KernelOpInterface kernel = chain.kernels[number];
  const Rows &rows = chain.rows[number];
  const int64_t stride = windowOf(kernel)->stride, height = typeOf(kernel.getOutput()).getHeight();
  const int64_t begin = std::max<int64_t>(0, rows.rows * strip - rows.above);
  const int64_t count = std::min(height, rows.rows * (strip + 1) + rows.below) - begin;
  const bool isLast = number + 1 == chain.kernels.size();
  Operation *made = builder.clone(*kernel);
  builder.setInsertionPoint(made);
  for (OpOperand &use : made->getOpOperands()) {
    Value operand = use.get();
    if (!isa<BufferType>(operand.getType()) || operand == gateOf(kernel))
      continue;
    if (operand == kernel.getOutput())
      use.set(isLast ? viewRows(operand, begin, count, builder)
                     : viewRows(buffers[number], begin - rows.rows * strip, count, builder));
    else if (operand == residualOf(kernel))
      use.set(viewRows(operand, begin, count, builder));
    else if (number > 0 && operand == chain.kernels[number - 1].getOutput())
      use.set(viewRows(buffers[number - 1], begin * stride - chain.rows[number - 1].rows * strip, count * stride, builder));
    else
      use.set(viewRows(operand, begin * stride, count * stride, builder));
  }
  builder.setInsertionPointAfter(made);
  made->setAttr("whole_rows", builder.getI64IntegerAttr(height));
  if (isa<StemOp>(made))
    made->setAttr("first_row", builder.getI64IntegerAttr(begin));
}

void apply(Chain &chain) {
  OpBuilder builder(chain.kernels.back());
  SmallVector<Value> buffers;
  for (auto [kernel, type] : llvm::zip(chain.kernels, chain.stripBuffers))
    buffers.push_back(AllocOp::create(builder, kernel->getLoc(), type, IntegerAttr()));
  for (int64_t strip = 0; strip < chain.strips; ++strip) {
    // Zeros above the first strip and below the last; other strips have rows there.
    if (strip == 0 || strip == chain.strips - 1)
      for (Value buffer : buffers)
        if (typeOf(buffer).getHaloRows() || typeOf(buffer).getHaloColumns())
          ClearHaloOp::create(builder, buffer.getLoc(), buffer);
    for (size_t i = 0; i < chain.kernels.size(); ++i)
      makeStrip(chain, i, strip, buffers, builder);
  }
  for (KernelOpInterface kernel : llvm::reverse(chain.kernels)) {
    auto alloc = kernel == chain.kernels.back() ? AllocOp() : kernel.getOutput().getDefiningOp<AllocOp>();
    kernel->erase();
    if (!alloc)
      continue;
    for (Operation *clear : llvm::make_early_inc_range(alloc->getUsers()))
      clear->erase();
    alloc->erase();
  }
}

constexpr int64_t anything = std::numeric_limits<int64_t>::max();

// Which chains run in strips: steps outside of chains cost what is alive in them, chains what they need at their lowest. As chains
// must not overlap, the best choice for the steps up to one follows from the best choices for fewer.
class ChainChoice {
public:
  ChainChoice(const Image &image, const Liveness &now) : whole(now.steps.size() + 1), chains(findChains(image, now)) {
    for (size_t step = 0; step < whole.size(); ++step)
      whole[step] = image.bytesFrom(static_cast<int64_t>(step));
    for (auto &[value, life] : now.lives)
      if (isa<BufferType>(value.getType()))
        for (int64_t step = life.first; step <= life.last; ++step)
          whole[step] += bytesOf(typeOf(value));
  }

  // The lowest peak that a choice can have.
  int64_t lowest() const {
    SmallVector<int64_t> best = {0}; // of all steps up to one
    for (size_t step = 1; step < whole.size(); ++step) {
      best.push_back(std::max(best[step - 1], whole[step]));
      for (const Chain &chain : chains)
        if (chain.last == static_cast<int64_t>(step))
          best[step] = std::min(best[step], std::max(best[chain.first - 1], chain.bytes));
    }
    return best.back();
  }

  // The chains of a choice within a peak, with as few kernels as can be; there is one.
  SmallVector<Chain> fewest(int64_t peak) const {
    SmallVector<int64_t> best = {0};
    SmallVector<const Chain *> ending = {nullptr};
    for (size_t step = 1; step < whole.size(); ++step) {
      best.push_back(whole[step] <= peak ? best[step - 1] : anything);
      ending.push_back(nullptr);
      for (const Chain &chain : chains) {
        const int64_t before = chain.last == static_cast<int64_t>(step) && chain.bytes <= peak ? best[chain.first - 1] : anything;
        if (before != anything && before + static_cast<int64_t>(chain.kernels.size()) < best[step]) {
          best[step] = before + static_cast<int64_t>(chain.kernels.size());
          ending[step] = &chain;
        }
      }
    }
    SmallVector<Chain> chosen;
    for (int64_t step = static_cast<int64_t>(whole.size()) - 1; step > 0; --step)
      if (const Chain *chain = ending[step]) {
        chosen.push_back(*chain);
        step = chain->first; // and on with the step before
      }
    return chosen;
  }

private:
  SmallVector<int64_t> whole; // bytes in use in each step without chains
  SmallVector<Chain> chains;
};

// First the lowest peak that cutting can reach, then as few chains and strips as reach it.
void formStrips(func::FuncOp function) {
  const Liveness now(function);
  const ChainChoice choice(Image(function, now), now);
  const int64_t peak = choice.lowest();
  for (Chain &chain : choice.fewest(peak)) {
    cutTo(peak, chain);
    apply(chain);
  }
}

struct FormStrips : impl::FormStripsPassBase<FormStrips> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      formStrips(function);
  }
};

} // namespace
} // namespace mnv3::kern
