#include "compiler/Pipeline/Budgets.h"

#include "mlir/IR/Diagnostics.h"

#include <cmath>

using namespace mlir;

namespace mnv3 {
namespace {

struct Size {
  int64_t height, width;
};

int64_t arenaOf(func::FuncOp function) {
  return function->getAttrOfType<DictionaryAttr>("kern.arena").getAs<IntegerAttr>("bytes").getInt();
}

// Network inputs of about the same shape, whose sides are multiples of the largest stride: number `count` is today's.
class Sizes {
public:
  explicit Sizes(func::FuncOp function) {
    auto image = cast<MemRefType>(function.getArgument(0).getType());
    today = {image.getDimSize(1), image.getDimSize(2)};
    for (const codegen::Head &head : codegen::headsOf(function))
      stride = std::max(stride, static_cast<int64_t>(head.stride));
    count = std::max(today.height, today.width) / stride;
  }
  Size at(int64_t number) const {
    auto side = [&](int64_t whole) { return std::max(stride, whole * number / count / stride * stride); };
    return {side(today.height), side(today.width)};
  }
  Size today;
  int64_t stride = 1, count = 0;
};

// The arena grows with the area, about: begin where that says, then go step by step.
std::optional<std::pair<Size, int64_t>> findSizeThatFits(const Sizes &sizes, int64_t ram, int64_t taken,
                                                         llvm::function_ref<std::optional<int64_t>(int64_t, int64_t)> ramAt) {
  std::optional<std::pair<Size, int64_t>> best;
  auto fits = [&](int64_t number) {
    Size size = sizes.at(number);
    std::optional<int64_t> bytes = ramAt(size.height, size.width);
    if (!bytes || *bytes > ram)
      return false;
    best = {size, *bytes};
    return true;
  };
  const double side = std::sqrt(static_cast<double>(ram) / static_cast<double>(taken)) * static_cast<double>(sizes.count);
  int64_t number = std::clamp<int64_t>(static_cast<int64_t>(side), 1, std::max<int64_t>(sizes.count - 1, 1));
  if (sizes.count < 2)
    return best;
  if (fits(number)) {
    while (number + 1 < sizes.count && fits(number + 1))
      ++number;
    return best;
  }
  while (--number >= 1 && !fits(number))
    ;
  return best;
}

LogicalResult failRam(func::FuncOp function, const codegen::ObjectFacts &facts, int64_t ram,
                      llvm::function_ref<std::optional<int64_t>(int64_t, int64_t)> ramAt) {
  const int64_t arena = arenaOf(function), taken = ramOf(function, facts);
  std::vector<codegen::RowCost> rows = codegen::rowCosts(function, facts);
  int64_t peak = 0;
  for (const codegen::RowCost &row : rows)
    peak = std::max(peak, row.arena);
  llvm::erase_if(rows, [&](const codegen::RowCost &row) { return row.arena < peak; });
  InFlightDiagnostic error = emitError(rows.front().location)
                             << "--ram: arena and stack take " << taken << " bytes (" << arena << " + " << facts.deepest() << "), "
                             << taken - ram << " more than " << ram << "; " << rows.front().name << " is at the peak, with " << peak
                             << " bytes alive";
  for (const codegen::RowCost &row : llvm::drop_begin(rows))
    error.attachNote(row.location) << row.name << " is at the peak, too";
  Sizes sizes(function);
  if (auto found = findSizeThatFits(sizes, ram, taken, ramAt)) {
    auto [size, bytes] = *found;
    Diagnostic &note = error.attachNote(UnknownLoc::get(function.getContext())) << "--imgsz " << size.height;
    if (size.width != size.height)
      note << "x" << size.width;
    note << " fits, with " << bytes << " bytes";
  } else {
    error.attachNote(UnknownLoc::get(function.getContext())) << "no smaller --imgsz of this shape fits";
  }
  return error;
}

LogicalResult failFlash(func::FuncOp function, const codegen::ObjectFacts &facts, int64_t weights, int64_t flash) {
  std::vector<codegen::RowCost> rows = codegen::rowCosts(function, facts);
  llvm::stable_sort(rows, [](const codegen::RowCost &a, const codegen::RowCost &b) { return a.code + a.weights > b.code + b.weights; });
  InFlightDiagnostic error = emitError(rows.front().location)
                             << "--flash: code and weights take " << facts.code + weights << " bytes (" << facts.code << " + " << weights << "), "
                             << facts.code + weights - flash << " more than " << flash << "; " << rows.front().name << " takes most, "
                             << rows.front().code << " + " << (weights ? rows.front().weights : 0);
  const int64_t transformed = weights ? codegen::winogradBytes(function) : 0;
  Diagnostic &note = error.attachNote(UnknownLoc::get(function.getContext()));
  if (transformed && facts.code + weights - transformed <= flash)
    note << "-O size takes about " << transformed << " bytes less";
  else if (weights && facts.code <= flash)
    note << "with --external-weights the object takes " << facts.code << " bytes; the weights then go where there is room for "
         << weights + 64;
  else
    note << "code alone is too much: it takes a network of fewer different layers";
  return error;
}

} // namespace

std::optional<int64_t> parseBytes(StringRef text) {
  const int64_t unit = text.consume_back("K") ? 1024 : text.consume_back("M") ? 1024 * 1024 : 1;
  int64_t number = 0;
  if (text.getAsInteger(10, number) || number <= 0 || number > INT64_MAX / unit)
    return std::nullopt;
  return number * unit;
}

int64_t ramOf(func::FuncOp function, const codegen::ObjectFacts &facts) { return arenaOf(function) + facts.deepest(); }

LogicalResult checkBudgets(func::FuncOp function, const codegen::ObjectFacts &facts, bool externalWeights, const Budgets &budgets,
                           llvm::function_ref<std::optional<int64_t>(int64_t, int64_t)> ramAt) {
  LogicalResult outcome = success();
  if (budgets.ram && ramOf(function, facts) > budgets.ram)
    outcome = failRam(function, facts, budgets.ram, ramAt);
  const int64_t weights = externalWeights ? 0 : facts.weights;
  if (budgets.flash && facts.code + weights > budgets.flash)
    outcome = failFlash(function, facts, weights, budgets.flash);
  return outcome;
}

} // namespace mnv3
