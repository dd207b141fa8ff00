// <name>_network in C++, through EmitC: one call a kern op with every place in the arena and the weights, and a comment for each yaml row.
#include "codegen/Emit/Driver.h"

#include "mlir/Dialect/EmitC/IR/EmitC.h"
#include "mlir/IR/Builders.h"
#include "mlir/Target/Cpp/CppEmitter.h"
#include "llvm/Support/MathExtras.h"

#include <fmt/format.h>

using namespace mlir;

namespace mnv3::codegen {
namespace {

class CppDriverBuilder {
public:
  CppDriverBuilder(func::FuncOp source, const WeightBlob &weights, const EmitOptions &options)
      : source(source), weights(weights), options(options), builder(source.getContext()), kernels(kernelNames(source)),
        yamlRows(rowNamesOf(source)) {
    builder.getContext()->loadDialect<emitc::EmitCDialect>();
  }

  std::string build() {
    int64_t index = 0;
    source.walk([&](kern::KernelOpInterface kernel) {
      if (isShared(kernel))
        emitStrip(kernel, index);
      ++index;
    });
    emitNetwork();
    return std::move(text);
  }

private:
  // One function; `body` fills it.
  void emitFunction(const std::string &name, ArrayRef<std::pair<const char *, const char *>> arguments, llvm::function_ref<void()> body) {
    SmallVector<Type> types;
    for (auto [type, argument] : arguments)
      types.push_back(opaque(type));
    OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
    auto function = emitc::FuncOp::create(builder, location(), name, builder.getFunctionType(types, {}));
    function.setSpecifiersAttr(builder.getStrArrayAttr({"static"}));
    builder.setInsertionPointToStart(function.addEntryBlock());
    body();
    emitc::ReturnOp::create(builder, location(), Value());
    std::string made;
    llvm::raw_string_ostream stream(made);
    if (failed(emitc::translateToCpp(*module, stream)))
      llvm::report_fatal_error("EmitC cannot write the driver: a bug in mnv3c");
    // EmitC numbers values where people would name them: the arguments come first, v1 and on.
    for (auto [number, argument] : llvm::enumerate(arguments)) {
      const std::string typed = std::string(argument.first) + fmt::format(" v{}", number + 1);
      made.replace(made.find(typed), typed.size(), argument.first + (StringRef(argument.first).ends_with("*") ? "" : std::string(" ")) + argument.second);
    }
    StringRef lines = StringRef(made).trim('\n');
    lines.consume_back("  return;\n}");
    text += lines.str() + "}\n\n";
  }

  void emitNetwork() {
    const bool usesHooks = options.profile || hasStrips();
    std::pair<const char *, const char *> arguments[] = {{"mnv3_run *", "run"}, {"const mnv3_hooks *", usesHooks ? "hooks" : ""}};
    emitFunction(options.name + "_network", arguments, [&] {
      if (options.profile)
        say("uint64_t before;");
      emitCalls();
    });
  }

  bool hasStrips() {
    return source
        .walk([](kern::KernelOpInterface kernel) {
          return isShared(kernel) ? WalkResult::interrupt() : WalkResult::advance();
        })
        .wasInterrupted();
  }

  void emitCalls() {
    const std::vector<int64_t> rows = rowsOfKernels();
    int64_t index = 0, before = -1;
    emitc::IfOp ifHeads; // around heads that follow one another
    for (Operation &op : source.getBody().front()) {
      auto clear = dyn_cast<kern::ClearHaloOp>(op);
      auto kernel = dyn_cast<kern::KernelOpInterface>(op);
      if (!clear && !kernel)
        continue;
      const bool isHead = kernel && isa<MemRefType>(kernel.getOutput().getType());
      if (ifHeads && !isHead) {
        builder.setInsertionPointAfter(ifHeads);
        ifHeads = nullptr;
      }
      if (index < static_cast<int64_t>(rows.size()) && rows[index] != before) // a border is cleared for the kernel behind it
        nameRows(rows, before = rows[index]);
      if (isHead && !ifHeads) {
        auto wanted = emitc::LiteralOp::create(builder, location(), builder.getI1Type(), "run->heads");
        ifHeads = emitc::IfOp::create(builder, location(), wanted, /*addThenBlock=*/true, /*addElseBlock=*/false);
        builder.setInsertionPointToStart(&ifHeads.getThenRegion().front());
        builder.setInsertionPoint(emitc::YieldOp::create(builder, location())); // EmitC takes a block's last op for its end
      }
      if (clear)
        callClearHalo(clear);
      else
        runKernel(kernel, index++);
    }
    if (ifHeads)
      builder.setInsertionPointAfter(ifHeads);
  }

  // The yaml row that each kernel works for; -1: unknown.
  std::vector<int64_t> rowsOfKernels() {
    std::vector<int64_t> rows;
    for (const std::string &name : kernels) {
      int64_t row = -1;
      StringRef(name).split(": ").first.split(' ').second.getAsInteger(10, row);
      rows.push_back(row);
    }
    return rows;
  }

  // A comment for a row whose kernels follow, behind those for rows before it that have none of their own.
  void nameRows(ArrayRef<int64_t> rows, int64_t row) {
    for (; nextRow <= row && nextRow < static_cast<int64_t>(yamlRows.size()); ++nextRow)
      if (nextRow != row && !llvm::is_contained(rows, nextRow))
        say(fmt::format("// row {}: {}, by the kernels of its neighbours", nextRow, yamlRows[nextRow]));
    if (row >= 0 && row < static_cast<int64_t>(yamlRows.size()))
      say(fmt::format("// row {}: {}", row, yamlRows[row]));
  }

  void callClearHalo(kern::ClearHaloOp op) {
    kern::BufferType type = op.getOutput().getType();
    const std::string buffer = at("run->arena", *kern::allocOf(op.getOutput()).first.getAt());
    call("mnv3_clear_halo", {buffer, number(type.getHeight()), number(type.getWidth()), number(type.getStride()), number(type.getHaloRows()),
                             number(type.getHaloColumns())});
  }

  void runKernel(kern::KernelOpInterface kernel, int64_t index) {
    if (options.profile)
      say("before = mnv3_read_clock(hooks);");
    if (!isShared(kernel)) {
      std::vector<std::string> numbers;
      for (int64_t whole : numbersOfWhole(kernel))
        numbers.push_back(number(whole));
      callKernel(kernel, std::move(numbers), "");
    } else if (isa<kern::StemOp>(*kernel))
      call("mnv3_run_stem", {"hooks", "run", "&" + factsName("stem", index), stripName(index)});
    else if (stepFactsOf(kernel))
      call("mnv3_run_steps", {"hooks", "run", "&" + factsName("steps", index), stripName(index)});
    else
      call("mnv3_run_strips", {"hooks", "run", number(llvm::Log2_64(kernel.getStrips())), stripName(index)});
    if (options.profile)
      call("mnv3_add_ticks", {"hooks", number(index), "before"});
  }

  // `arguments`: first row, rows, and a stem's plane; then come the operands.
  void callKernel(kern::KernelOpInterface kernel, std::vector<std::string> arguments, const std::string &furtherScratch) {
    for (const KernelOperand &operand : kernelOperandsOf(kernel)) {
      const Place place = placeOf(operand, weights);
      const std::string bases[] = {"image", fmt::format("heads[{}]", place.head_number), "arena", "weights"};
      arguments.push_back(at("run->" + bases[place.base], place.bytes));
    }
    if (auto scratch = kernel->getAttrOfType<IntegerAttr>("scratch_at"))
      arguments.push_back(at("run->arena", scratch.getInt(), furtherScratch));
    call(kernel->getAttrOfType<StringAttr>("symbol").getValue(), arguments);
  }

  void emitStrip(kern::KernelOpInterface kernel, int64_t index) {
    std::pair<const char *, const char *> arguments[] = {{"void *", "shared"}, {"int32_t", "strip"}};
    auto stem = dyn_cast<kern::StemOp>(*kernel);
    const std::optional<StepFacts> steps = stepFactsOf(kernel);
    auto sayFacts = [&](const char *what, const auto &facts) {
      text += fmt::format("static const mnv3_{} {} = {{{}}};\n", what, factsName(what, index), fmt::join(facts, ", "));
    };
    if (stem)
      sayFacts("stem", stemFactsOf(stem));
    if (steps)
      sayFacts("steps", *steps);
    emitFunction(stripName(index), arguments, [&] {
      say("// " + kernels[index]);
      say("const mnv3_run *const run = (const mnv3_run *)shared;");
      if (steps)
        return callKernel(kernel, {"run->first_row", "run->rows", "run->step", "strip", "run->shift"}, "");
      std::vector<std::string> numbers = {"part.first", "part.count"};
      if (stem) {
        say("const mnv3_rows part = mnv3_rows_of_band(run, strip);");
        numbers.push_back("run->plane");
      } else {
        const int64_t step = kernel->getAttrOfType<IntegerAttr>("row_step").getInt();
        say(fmt::format("const mnv3_rows part = mnv3_rows_of(run, strip, {}, {}, {});", rowsOf(kernel), rowsOf(kernel) / step, step));
      }
      callKernel(kernel, std::move(numbers), fmt::format(" + strip * {}", kernel.getScratchBytes(kernel.getStrips())));
    });
  }

  std::string factsName(const char *what, int64_t index) { return fmt::format("{}_{}_{}", options.name, what, index); }
  std::string stripName(int64_t index) { return fmt::format("{}_strip_{}", options.name, index); }
  static std::string number(int64_t value) { return std::to_string(value); }
  static std::string at(const std::string &base, int64_t bytes, const std::string &more = "") {
    return fmt::format("at({}, {}{})", base, bytes, more);
  }

  Location location() { return builder.getUnknownLoc(); }
  Type opaque(StringRef type) { return emitc::OpaqueType::get(builder.getContext(), type); }
  void say(const std::string &line) { emitc::VerbatimOp::create(builder, location(), line); }
  void call(StringRef function, const std::vector<std::string> &arguments) {
    SmallVector<Attribute> attributes;
    for (const std::string &argument : arguments)
      attributes.push_back(emitc::OpaqueAttr::get(builder.getContext(), argument));
    emitc::CallOpaqueOp::create(builder, location(), TypeRange(), function, ValueRange(), builder.getArrayAttr(attributes));
  }

  func::FuncOp source;
  const WeightBlob &weights;
  const EmitOptions &options;
  OpBuilder builder;
  const std::vector<std::string> kernels, yamlRows; // what comments call them
  int64_t nextRow = 0; // the first that no comment has named
  std::string text;
};

} // namespace

std::string cppDriver(func::FuncOp function, const WeightBlob &weights, const EmitOptions &options) {
  return CppDriverBuilder(function, weights, options).build();
}

} // namespace mnv3::codegen
