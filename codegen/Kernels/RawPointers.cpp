// A lowered pipeline knows memory by the names of its operands, which become pointers here: arguments, or places in scratch. All shapes
// are constants or follow from the numbers of the strip (Operands.h), so there is no halide_buffer_t.
#include "codegen/Kernels/RawPointers.h"
#include "codegen/Kernels/Lower.h"

#include <algorithm>

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
  for (const Part &part : kernel.parts) {
    const Lowered lowered = lower(kernel, part.result, target);
    AllocateInScratch allocations;
    allocations.floats = kernel.scratchFloats;
    Stmt body = allocations.mutate(lowered.body);
    body = LetStmt::make(part.result.name(), floatsAfter(part.owner == Owner::scratch ? scratchName : outputName, part.firstFloat), body);
    for (const Operand &operand : kernel.operands)
      if (operand.owner == Owner::scratch)
        body = define(operand.param.name(), floatsAfter(scratchName, operand.firstFloat), body);
      else if (!is_const_zero(operand.firstFloat))
        body = define(operand.param.name(), floatsAfter(operand.param.name() + callersSuffix, operand.firstFloat), body);
    bodies.push_back(body);
    scratchFloats = max(scratchFloats, allocations.floats);
    strictFloat |= lowered.strictFloat;
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
