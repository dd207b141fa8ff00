// Halide lowers a pipeline to a function of halide_buffer_t, which it takes apart first:
//
//     let input = _halide_buffer_get_host(input.buffer)
//     let input.stride.1 = _halide_buffer_get_stride(input.buffer, 1)
//     assert ...
//
// All shapes here are constants or follow from the numbers of the strip (Operands.h), so nothing but the host pointers is ever used: with
// those lets and asserts gone, and `input` made an argument by itself, no buffer is left. This needs a target with NoAsserts and
// NoBoundsQuery, without which lowering wraps the body in code that does look into the buffers.
#include "codegen/Kernels/RawPointers.h"

#include <algorithm>
#include <stdexcept>

namespace mnv3::codegen {
namespace {

using namespace Halide;
using namespace Halide::Internal;

constexpr const char *scratchName = "scratch", *callersSuffix = "_of_caller";

// What stays on the stack: register tiles and little rows, and more where a schedule asks for it. Kernels run on small stacks too, and from
// 16 KB on Halide would call malloc all the same.
constexpr int64_t largestStackBytes = 4096, largestAskedBytes = 8192;
constexpr int scratchAlignment = 64;

Expr bytesAfter(const std::string &pointer, Expr bytes) {
  Expr base = Variable::make(type_of<void *>(), pointer);
  return is_const_zero(bytes) ? base : reinterpret(type_of<void *>(), reinterpret(UInt(64), base) + cast(UInt(64), bytes));
}

Expr floatsAfter(const std::string &pointer, Expr floats) {
  return bytesAfter(pointer, simplify(cast(Int(64), floats) * static_cast<int>(sizeof(float))));
}

class DropBuffers : public IRMutator {
  using IRMutator::visit;

  Stmt visit(const LetStmt *let) override {
    const Call *call = let->value.as<Call>();
    if (call && starts_with(call->name, "_halide_buffer_get_"))
      return mutate(let->body);
    return IRMutator::visit(let);
  }
  Stmt visit(const AssertStmt *) override { return Evaluate::make(0); }
};

// Gives what Halide would take from malloc a place in the scratch argument. How large it is may depend on the numbers of the strip.
class AllocateInScratch : public IRMutator {
public:
  Expr floats = 0;

private:
  using IRMutator::visit;
  std::vector<std::string> moved;
  std::vector<std::pair<std::string, Expr>> lets; // so far; no two have one name

  Stmt visit(const LetStmt *let) override {
    lets.emplace_back(let->name, let->value);
    return IRMutator::visit(let);
  }
  Stmt visit(const Allocate *allocate) override {
    const int64_t constant = allocate->constant_allocation_size(); // 0: is none
    const int64_t largest = allocate->memory_type == MemoryType::Stack ? largestAskedBytes : largestStackBytes;
    if (allocate->memory_type == MemoryType::Register || (constant && constant * allocate->type.bytes() <= largest))
      return IRMutator::visit(allocate);
    Expr elements = constant ? Expr(static_cast<int>(constant)) : elementsOf(allocate);
    const Expr place = floats;
    const int alignment = scratchAlignment / allocate->type.bytes();
    floats = simplify(place + ceilDiv(elements + allocate->padding, alignment) * (scratchAlignment / static_cast<int>(sizeof(float))));
    moved.push_back(allocate->name);
    Stmt body = mutate(allocate->body);
    return LetStmt::make(allocate->name, floatsAfter(scratchName, place), body);
  }
  Stmt visit(const Free *free) override {
    return std::count(moved.begin(), moved.end(), free->name) ? Evaluate::make(0) : Stmt(free);
  }
  // In the function's arguments.
  Expr elementsOf(const Allocate *allocate) const {
    Expr elements = 1;
    for (const Expr &extent : allocate->extents)
      elements *= extent;
    for (auto let = lets.rbegin(); let != lets.rend(); ++let)
      elements = substitute(let->first, let->second, elements);
    return elements;
  }
  static Expr ceilDiv(const Expr &a, int b) { return (a + (b - 1)) / b; }
};

// `name` in `body`, if it is there.
Stmt define(const std::string &name, const Expr &value, Stmt body) {
  return stmt_uses_var(body, name) ? LetStmt::make(name, simplify(value), body) : body;
}

// What the lets would have read from a buffer, of the dimensions that are no constants.
Stmt defineDimensions(const std::string &name, const Parameter &buffer, Stmt body) {
  for (int i = 0; i < buffer.dimensions(); ++i)
    for (const auto &[field, value] : {std::pair("min", buffer.min_constraint(i)), {"extent", buffer.extent_constraint(i)},
                                       {"stride", buffer.stride_constraint(i)}})
      if (value.defined() && !is_const(value))
        body = define(name + "." + field + "." + std::to_string(i), value, body);
  return body;
}

LoweredArgument pointerArgument(const std::string &name) {
  return LoweredArgument(name, Argument::InputScalar, type_of<void *>(), 0, ArgumentEstimates{});
}

} // namespace

RawFunction lowerToRawPointers(const Kernel &kernel, const std::vector<Argument> &numbers, const std::string &symbol,
                               const Target &target) {
  constexpr const char *outputName = "output";
  std::vector<Stmt> bodies;
  Expr scratchFloats = kernel.scratchFloats;
  bool strictFloat = false;
  std::vector<Argument> inputs = numbers;
  for (const Operand &operand : kernel.operands)
    inputs.push_back(operand.param);
  for (const Part &part : kernel.parts) {
    Module lowered = Pipeline(part.result).compile_to_module(inputs, symbol, target);
    if (lowered.functions().size() != 1)
      throw std::runtime_error(symbol + " was lowered to more than one function");
    AllocateInScratch allocations;
    allocations.floats = kernel.scratchFloats;
    Stmt body = allocations.mutate(DropBuffers().mutate(lowered.functions()[0].body));
    body = defineDimensions(part.result.name(), part.result.output_buffer().parameter(), body);
    for (const Operand &operand : kernel.operands)
      body = defineDimensions(operand.param.name(), operand.param.parameter(), body);
    body = LetStmt::make(part.result.name(), floatsAfter(part.owner == Owner::scratch ? scratchName : outputName, part.firstFloat), body);
    for (const Operand &operand : kernel.operands)
      if (operand.owner == Owner::scratch)
        body = define(operand.param.name(), floatsAfter(scratchName, operand.firstFloat), body);
      else if (!is_const_zero(operand.firstFloat))
        body = define(operand.param.name(), floatsAfter(operand.param.name() + callersSuffix, operand.firstFloat), body);
    bodies.push_back(body);
    scratchFloats = max(scratchFloats, allocations.floats);
    strictFloat |= lowered.any_strict_float();
  }
  std::vector<LoweredArgument> arguments;
  for (const Argument &number : numbers)
    arguments.push_back(LoweredArgument(number.name, Argument::InputScalar, Int(32), 0, ArgumentEstimates{}));
  for (const Operand &operand : kernel.operands)
    if (operand.owner == Owner::caller)
      arguments.push_back(pointerArgument(operand.param.name() + (is_const_zero(operand.firstFloat) ? "" : callersSuffix)));
  arguments.push_back(pointerArgument(outputName));
  const Expr scratchBytes = simplify(scratchFloats * static_cast<int>(sizeof(float)));
  if (!is_const_zero(scratchBytes))
    arguments.push_back(pointerArgument(scratchName));
  return {LoweredFunc(symbol, arguments, Block::make(bodies), LinkageType::External, NameMangling::C), scratchBytes,
          strictFloat};
}

} // namespace mnv3::codegen
