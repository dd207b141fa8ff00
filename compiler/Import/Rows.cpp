#include "compiler/Import/Rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace mnv3::import {
namespace {

// Python's round: halves go to the even neighbour.
int64_t roundHalfEven(double value) { return std::llrint(value); }

class Builder {
public:
  Builder(MLIRContext &context, const Description &description, const std::vector<float> &strides)
      : context(context), description(description), strides(strides), builder(&context) {}

  BuiltModel build(int64_t height, int64_t width) {
    for (StringRef dialect : {"func", "nn", "yolo"})
      context.getOrLoadDialect(dialect);
    auto file = FileLineColLoc::get(&context, description.file, 0, 0);
    built.module = ModuleOp::create(file);
    builder.setInsertionPointToEnd(built.module->getBody());
    auto image = RankedTensorType::get({1, description.inputChannels, height, width}, builder.getF32Type());
    built.function = func::FuncOp::create(builder, file, "run", builder.getFunctionType({image}, {}));
    Block *body = built.function.addEntryBlock();
    builder.setInsertionPointToStart(body);
    picture = body->getArgument(0);
    for (const Row &row : description.rows)
      addRow(row);
    func::ReturnOp::create(builder, file, built.detect.getHeads());
    built.module.get()->setAttr(yolo::rowsAttrName, rowNames());
    built.function.setFunctionType(builder.getFunctionType({image}, built.detect.getHeads().getTypes()));
    return std::move(built);
  }

private:
  [[noreturn]] void fail(const Row &row, const std::string &message) {
    throw ImportError(row.location, fmt::format("row {} ({}): {}", row.index, row.module, message));
  }

  // "Concat, 40 x 40 x 96": rows, columns, channels; of Detect, which is no one picture, the module alone.
  ArrayAttr rowNames() {
    SmallVector<std::string> names;
    for (const Row &row : description.rows)
      names.push_back(row.module);
    for (auto [name, result] : llvm::zip(names, results)) {
      auto shape = cast<RankedTensorType>(result.getType()).getShape();
      name += fmt::format(", {} x {} x {}", shape[2], shape[3], shape[1]);
    }
    return builder.getStrArrayAttr(SmallVector<StringRef>(names.begin(), names.end()));
  }

  const ModuleRule &ruleOf(const Row &row) {
    const ModuleRule *rule = findModule(row.module);
    if (!rule) {
      std::string near = nearestModule(row.module);
      throw ImportError(row.moduleLocation, fmt::format("row {}: unknown module '{}'{}", row.index, row.module,
                                                        near.empty() ? "" : fmt::format(", did you mean '{}'?", near)));
    }
    if (row.module != rule->name)
      built.warnings.push_back({Diagnostic::Severity::warning, row.moduleLocation,
                                fmt::format("row {}: {} read as {}", row.index, row.module, rule->name), {}});
    return *rule;
  }

  // The row that `from` names: counted back from this one if negative. -1 in row 0 is the picture.
  int64_t sourceOf(const Row &row, int64_t from) {
    int64_t source = from < 0 ? row.index + from : from;
    if (from == -1 && row.index == 0)
      return -1;
    if (source < 0 || source >= row.index)
      fail(row, fmt::format("from {} is no row before this one", from));
    return source;
  }

  void addRow(const Row &row) {
    const ModuleRule &rule = ruleOf(row);
    if (row.fromIsList && !rule.special.takesList)
      fail(row, fmt::format("from should be one row, {} takes one input", rule.name));
    if (row.from.empty())
      fail(row, "from names no row");
    if (row.arguments.size() < rule.leastArguments || row.arguments.size() > rule.mostArguments)
      fail(row, rule.leastArguments == rule.mostArguments
                    ? fmt::format("has {} arguments, should have {}", row.arguments.size(), rule.leastArguments)
                    : fmt::format("has {} arguments, should have {} to {}", row.arguments.size(), rule.leastArguments, rule.mostArguments));
    RowContext context{description, row, fmt::format("model.{}.", row.index), 1, {}, builder, rowLocation(this->context, row), {}};
    for (int64_t from : row.from) {
      int64_t source = sourceOf(row, from);
      context.inputs.push_back(source < 0 ? picture : results[source]);
      context.sources.emplace_back(source, source < 0 ? row.location : description.rows[source].location);
    }
    if (!rule.build) {
      addDetect(context);
      return;
    }
    if (&row == &description.rows.back())
      fail(row, "is the last row, which should be Detect");
    int64_t number = row.number;
    if (number > 1)
      number = std::max<int64_t>(roundHalfEven(number * description.depth), 1);
    const Value input = context.inputs[0];
    if (number > 1 && !rule.special.repeatsInside)
      addRepeated(context, rule, number);
    else {
      context.repeats = number;
      results.push_back(rule.build(context));
    }
    if (rule.special.inPlace)
      std::replace(results.begin(), results.end(), input, results.back());
  }

  // A row that stands n times behind itself; its keys have one more number.
  void addRepeated(RowContext &context, const ModuleRule &rule, int64_t number) {
    std::string prefix = context.prefix;
    for (int64_t i = 0; i < number; ++i) {
      context.prefix = fmt::format("{}{}.", prefix, i);
      Value result = rule.build(context);
      if (i + 1 < number && cast<RankedTensorType>(result.getType()).getDimSize(1) != context.inputChannels())
        context.fail(fmt::format("is repeated {} times but turns {} channels into {}", number, context.inputChannels(),
                                 cast<RankedTensorType>(result.getType()).getDimSize(1)));
      context.inputs = {result};
    }
    results.push_back(context.inputs[0]);
  }

  void addDetect(RowContext &row) {
    if (&row.row != &description.rows.back())
      row.fail("should be the last row");
    size_t levels = row.inputs.size();
    if (description.anchors.size() != levels)
      row.fail(fmt::format("has {} levels, anchors has {}", levels, description.anchors.size()));
    SmallVector<float> anchors, cells(strides.begin(), strides.end());
    for (const std::vector<float> &level : description.anchors)
      anchors.append(level.begin(), level.end());
    if (cells.empty())
      cells.assign(levels, 1.0f); // a probe
    SmallVector<Type> heads;
    int64_t perLevel = static_cast<int64_t>(description.anchors[0].size()) / 2;
    for (size_t level = 0; level < levels; ++level)
      heads.push_back(RankedTensorType::get({perLevel, row.inputHeight(level), row.inputWidth(level), description.classes + 5},
                                            builder.getF32Type()));
    built.detect = yolo::DetectOp::create(builder, row.loc, heads, row.inputs, builder.getI64IntegerAttr(description.classes),
                                          builder.getDenseF32ArrayAttr(anchors), builder.getDenseF32ArrayAttr(cells),
                                          builder.getI64IntegerAttr(row.row.index), builder.getStringAttr(row.prefix),
                                          builder.getDictionaryAttr({}));
  }

  MLIRContext &context;
  const Description &description;
  const std::vector<float> &strides;
  OpBuilder builder;
  Value picture;
  std::vector<Value> results;
  BuiltModel built;
};

} // namespace

mlir::Location rowLocation(MLIRContext &context, const Row &row) {
  auto name = StringAttr::get(&context, fmt::format("row {}", row.index));
  return NameLoc::get(name, FileLineColLoc::get(&context, row.location.file, row.location.line, row.location.column));
}

BuiltModel buildRows(MLIRContext &context, const Description &description, int64_t height, int64_t width,
                     const std::vector<float> &strides) {
  return Builder(context, description, strides).build(height, width);
}

std::vector<float> findStrides(MLIRContext &context, const Description &description) {
  constexpr int64_t probe = 256;
  BuiltModel built = buildRows(context, description, probe, probe, {});
  std::vector<float> strides;
  for (Value input : built.detect.getInputs())
    strides.push_back(static_cast<float>(probe) / cast<RankedTensorType>(input.getType()).getDimSize(3));
  return strides;
}

} // namespace mnv3::import
