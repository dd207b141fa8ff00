// Halide's C back end writes one statement for each operation, for vectors of a library of its own. Here an expression stays
// one, and vectors are those that compilers know (Prologue.h): what comes out can be read, and is compiled as well as the object.
#include "codegen/Kernels/CppSource.h"

#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>

namespace mnv3::codegen {
namespace {

using namespace Halide;
using namespace Halide::Internal;

// Where a load or store of vectors begins, if it is of neighbouring elements.
std::optional<Expr> denseBase(const Expr &index) {
  const Ramp *ramp = index.as<Ramp>();
  if (ramp && ramp->base.type().is_scalar() && is_const_one(ramp->stride))
    return ramp->base;
  return std::nullopt;
}

// Whether an allocation is nothing but vectors side by side, each accessed at a constant place: registers, that is.
class FindVectors : public IRVisitor {
public:
  explicit FindVectors(const std::string &name) : name(name) {}
  int lanes = 0; // of each vector; 0: none found
  bool areAll = true;

private:
  using IRVisitor::visit;
  const std::string &name;

  void access(const std::string &buffer, const Expr &index) {
    if (buffer != name)
      return;
    const std::optional<Expr> base = denseBase(index);
    const auto first = base ? as_const_int(*base) : std::nullopt;
    const int wanted = index.type().lanes();
    areAll &= first && (!lanes || lanes == wanted) && *first % wanted == 0;
    lanes = wanted;
  }
  void visit(const Load *load) override {
    access(load->name, load->index);
    IRVisitor::visit(load);
  }
  void visit(const Store *store) override {
    access(store->name, store->index);
    IRVisitor::visit(store);
  }
  void visit(const Variable *variable) override { areAll &= variable->name != name; }
};

// Every variable and buffer that is read or written.
class FindNames : public IRVisitor {
public:
  std::set<std::string> names;

private:
  using IRVisitor::visit;
  void visit(const Load *load) override {
    names.insert(load->name);
    IRVisitor::visit(load);
  }
  void visit(const Store *store) override {
    names.insert(store->name);
    IRVisitor::visit(store);
  }
  void visit(const Variable *variable) override { names.insert(variable->name); }
};

// "result.s1.y.yo.rebased" -> "result_yo", "tile$3" -> "tile", "r$x" -> "r_x", "t205" -> "t": what people would have called it. Stages,
// numbers that Halide counts through all kernels, and a loop's name before it was split go.
std::string plainName(const std::string &name) {
  std::string plain, last;
  std::istringstream parts(name);
  for (std::string part; std::getline(parts, part, '.');) {
    const size_t dollar = part.find('$');
    if (dollar != std::string::npos && dollar > 0 && part.find_first_of("0123456789", dollar) != dollar + 1)
      part[dollar] = '_';
    part = part.substr(0, part.find('$'));
    const bool isNumbered = part.size() > 1 && part.find_first_not_of("0123456789", 1) == std::string::npos;
    const bool isStage = part[0] == 's' && isNumbered;
    if (part[0] == 't' && isNumbered)
      part = "t"; // a common part of expressions
    if (part.empty() || part == last || (!plain.empty() && (isStage || part == "s")) || part == "rebased")
      continue;
    if (last.size() == 1 && part[0] == last[0] && plain.size() > 1)
      plain.resize(plain.size() - 2); // "_y"
    last = part;
    plain += (plain.empty() ? "" : "_") + part;
  }
  return plain.empty() ? "t" : plain;
}

// "(a + b)" -> "a + b"; "(a) + (b)" stays.
std::string withoutParentheses(const std::string &text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    depth += (text[i] == '(') - (text[i] == ')');
    if (depth == 0 && i + 1 < text.size())
      return text;
  }
  return text.size() > 1 && text.front() == '(' ? withoutParentheses(text.substr(1, text.size() - 2)) : text;
}

[[noreturn]] void refuse(const std::string &what) { throw std::runtime_error("no C++ for " + what); }

class Printer : public CodeGen_C {
public:
  Printer(std::ostringstream &stream, const Target &target) : CodeGen_C(stream, target, CPlusPlusExternDecl) { stream.str(""); }

  void print(const LoweredFunc &function) {
    std::string arguments;
    FindNames used;
    function.body.accept(&used);
    for (const LoweredArgument &argument : function.args) {
      const std::string name = print_name(argument.name);
      arguments += (arguments.empty() ? "" : ", ") + (argument.type.is_handle() ? std::string("float *") : print_type(argument.type) + " ") +
                   (used.names.count(argument.name) ? name : "/*" + name + "*/"); // a kernel that is given rows may make all of them, always
    }
    stream << "__attribute__((noinline)) void " << function.name << "(" << arguments << ") {\n";
    indent += 2;
    function.body.accept(this);
    indent -= 2;
    stream << "}\n";
  }

protected:
  using CodeGen_C::visit;

  std::string print_assignment(Type, const std::string &expression) override {
    const bool isAtom = expression.find(' ') == std::string::npos;
    return id = isAtom ? expression : "(" + expression + ")";
  }

  std::string print_type(Type type, AppendSpaceIfNeeded space = DoNotAppendSpace) override {
    if (type.is_scalar())
      return CodeGen_C::print_type(type, space);
    if ((type.lanes() & (type.lanes() - 1)) || !(type.bits() == 32 || type.is_bool()))
      refuse("vectors of " + std::to_string(type.lanes()) + " x " + std::to_string(type.bits()) + " bits");
    return (type.is_float() ? "f32x" : "i32x") + std::to_string(type.lanes()) + (space == AppendSpace ? " " : ""); // masks are integers
  }

  // Two names that come to the same plain one are told apart by a number, which begins anew in every kernel.
  std::string print_name(const std::string &name) override {
    std::string &unique = names[name];
    if (unique.empty()) {
      const std::string plain = plainName(name);
      unique = plain;
      for (int number = 2; !taken.insert(unique).second; ++number)
        unique = plain + std::to_string(number);
    }
    return unique;
  }

  void visit(const IntImm *op) override { id = std::to_string(op->value); }

  void visit(const FloatImm *op) override {
    if (std::isinf(op->value))
      return void(id = op->value < 0 ? "(-__builtin_inff())" : "__builtin_inff()");
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", op->value);
    id = std::string(text) + (std::string(text).find_first_of(".en") == std::string::npos ? ".0f" : "f");
  }

  void visit(const Add *op) override {
    const auto number = as_const_int(op->b);
    if (op->type == Int(32) && number && *number < 0)
      return void(id = "(" + operand(op->a, "-", true) + " - " + std::to_string(-*number) + ")");
    const Mul *product = op->b.as<Mul>();
    if (op->type.is_float() && op->type.is_vector() && (product || op->a.as<Mul>())) {
      const Expr sum = product ? op->a : op->b;
      product = product ? product : op->a.as<Mul>();
      id = call("mul_add", {product->a, product->b, sum});
    } else {
      binary(op, "+");
    }
  }
  void visit(const Sub *op) override {
    const Mul *product = op->b.as<Mul>();
    if (op->type.is_float() && op->type.is_vector() && product)
      id = call("mul_sub", {product->a, product->b, op->a});
    else
      binary(op, "-");
  }
  void visit(const Mul *op) override { binary(op, "*"); }
  void visit(const Div *op) override {
    if (op->type.is_float())
      return binary(op, "/");
    if (op->type != Int(32))
      refuse("a division of anything but int32_t and floats");
    const std::optional<int> shift = is_const_power_of_two_integer(op->b);
    id = shift ? "(" + print_expr(op->a) + " >> " + std::to_string(*shift) + ")" : call("floor_div", {op->a, op->b});
  }
  void visit(const Mod *op) override {
    if (op->type != Int(32))
      refuse("a remainder of anything but int32_t");
    const std::optional<int> shift = is_const_power_of_two_integer(op->b);
    id = shift ? "(" + print_expr(op->a) + " & " + std::to_string((1 << *shift) - 1) + ")" : call("floor_mod", {op->a, op->b});
  }
  void visit(const Min *op) override { id = call("min", {op->a, op->b}); }
  void visit(const Max *op) override { id = call("max", {op->a, op->b}); }
  void visit(const EQ *op) override { binary(op, "=="); }
  void visit(const NE *op) override { binary(op, "!="); }
  void visit(const LT *op) override { binary(op, "<"); }
  void visit(const LE *op) override { binary(op, "<="); }
  void visit(const GT *op) override { binary(op, ">"); }
  void visit(const GE *op) override { binary(op, ">="); }
  void visit(const And *op) override { binary(op, op->type.is_vector() ? "&" : "&&"); }
  void visit(const Or *op) override { binary(op, op->type.is_vector() ? "|" : "||"); }
  void visit(const Not *op) override { id = (op->type.is_vector() ? "~" : "!") + print_expr(op->a); }

  void visit(const Select *op) override {
    if (op->condition.type().is_vector())
      id = call("select", {op->condition, op->true_value, op->false_value});
    else
      id = "(" + bare(op->condition) + " ? " + print_expr(op->true_value) + " : " + print_expr(op->false_value) + ")";
  }

  void visit(const Cast *op) override {
    if (!op->type.is_vector())
      id = print_type(op->type) + "(" + bare(op->value) + ")";
    else if (op->type.element_of() == Int(32) && op->value.type().element_of() == Float(32))
      id = call("to_int", {op->value});
    else
      refuse("a conversion of vectors that is not from floats to integers");
  }
  void visit(const Reinterpret *op) override {
    if (!op->type.is_scalar() || !op->value.type().is_scalar() || op->type.is_handle() || op->value.type().is_handle())
      id = op->type.is_float() ? call("as_float", {op->value}) : call("as_int", {op->value});
    else
      CodeGen_C::visit(op);
  }

  void visit(const Call *op) override {
    if (op->is_strict_float_intrinsic()) {
      for (const Expr &argument : op->args) // else a compiler might round both at once
        if (argument.as<Mul>() && !op->is_intrinsic(Call::strict_max) && !op->is_intrinsic(Call::strict_min))
          refuse("a strict sum of a product");
      unstrictify_float(op).accept(this);
    } else if (op->is_intrinsic(Call::shift_left)) {
      id = "(" + print_expr(op->args[0]) + " << " + print_expr(op->args[1]) + ")";
    } else if (op->is_intrinsic(Call::shift_right)) {
      id = "(" + print_expr(op->args[0]) + " >> " + print_expr(op->args[1]) + ")";
    } else if (op->is_intrinsic(Call::bitwise_and)) {
      id = "(" + print_expr(op->args[0]) + " & " + print_expr(op->args[1]) + ")";
    } else if (op->is_intrinsic(Call::round)) {
      id = call("round_even", {op->args[0]});
    } else {
      refuse(op->name);
    }
  }

  void visit(const Broadcast *op) override {
    if (op->value.type().is_vector())
      refuse("a vector of vectors");
    const auto unsignedNumber = as_const_uint(op->value); // vectors of integers are signed
    id = (op->type.is_bool() ? "mask" : "splat") + std::string("<") + print_type(op->type) + ">(" +
         (unsignedNumber && !op->type.is_bool() ? std::to_string(*unsignedNumber) : bare(op->value)) + ")";
  }
  void visit(const Ramp *op) override {
    if (op->base.type().is_vector())
      refuse("a ramp of vectors");
    id = "ramp<" + print_type(op->type) + ">(" + bare(op->base) + ", " + bare(op->stride) + ")";
  }

  void visit(const Load *op) override {
    if (op->type.element_of() != Float(32) || !is_const_one(op->predicate))
      refuse("a load of something but floats");
    if (op->type.is_scalar())
      id = print_name(op->name) + "[" + bare(op->index) + "]";
    else if (const std::string *vector = registerAt(op->name, op->index))
      id = *vector;
    else if (const std::optional<Expr> base = denseBase(op->index))
      id = "load<" + print_type(op->type) + ">(" + address(op->name, *base) + ")";
    else if (const Ramp *ramp = op->index.as<Ramp>(); ramp && ramp->base.type().is_scalar())
      id = "load_each<" + print_type(op->type) + ">(" + address(op->name, ramp->base) + ", " + bare(ramp->stride) + ")";
    else
      id = "gather<" + print_type(op->type) + ">(" + print_name(op->name) + ", " + bare(op->index) + ")";
  }

  void visit(const Store *op) override {
    if (op->value.type().element_of() != Float(32) || !is_const_one(op->predicate))
      refuse("a store of something but floats");
    const std::string value = bare(op->value);
    if (op->value.type().is_scalar())
      stream << get_indent() << print_name(op->name) << "[" << bare(op->index) << "] = " << value << ";\n";
    else if (const std::string *vector = registerAt(op->name, op->index))
      stream << get_indent() << *vector << " = " << value << ";\n";
    else if (const std::optional<Expr> base = denseBase(op->index))
      stream << get_indent() << "store(" << address(op->name, *base) << ", " << value << ");\n";
    else if (const Ramp *ramp = op->index.as<Ramp>(); ramp && ramp->base.type().is_scalar())
      stream << get_indent() << "store_each(" << address(op->name, ramp->base) << ", " << bare(ramp->stride) << ", " << value << ");\n";
    else
      refuse("a store of scattered floats");
  }

  void visit(const Shuffle *op) override {
    if (op->indices.size() == 1)
      return void(id = laneOf(op, 0));
    std::string lanes;
    for (size_t i = 0; i < op->indices.size(); ++i)
      lanes += (i ? ", " : "") + laneOf(op, i);
    id = print_type(op->type) + "{" + lanes + "}";
  }

  void visit(const VectorReduce *op) override {
    if (op->op != VectorReduce::Add || op->type != Float(32))
      refuse("a reduction within a vector that is no sum of floats");
    print_type(op->value.type());
    id = call("sum", {op->value});
  }

  void visit(const Let *op) override {
    printLet(op->name, op->value);
    id = print_expr(op->body);
  }
  void visit(const LetStmt *op) override {
    printLet(op->name, op->value);
    op->body.accept(this);
  }

  void visit(const Block *op) override {
    // What `first` declares ends with it.
    const bool declares = op->first.as<LetStmt>() || op->first.as<Allocate>();
    if (declares)
      openBraces("{");
    op->first.accept(this);
    if (declares)
      closeBraces();
    op->rest.accept(this);
  }

  void visit(const For *op) override {
    if (op->for_type != ForType::Serial)
      refuse("a loop that is not serial");
    const std::string name = print_name(op->name), first = bare(op->min), end = bare(simplify(op->min + op->extent));
    openBraces("for (int32_t " + name + " = " + first + "; " + name + " < " + end + "; ++" + name + ") {");
    op->body.accept(this);
    closeBraces();
  }
  void visit(const IfThenElse *op) override {
    openBraces("if (" + bare(op->condition) + ") {");
    op->then_case.accept(this);
    if (op->else_case.defined()) {
      closeBraces();
      openBraces("else {");
      op->else_case.accept(this);
    }
    closeBraces();
  }
  void visit(const ProducerConsumer *op) override { op->body.accept(this); }
  void visit(const Evaluate *op) override {
    const Call *call = op->value.as<Call>();
    if (call && call->is_intrinsic(Call::prefetch)) // of one line: schedules ask for no more
      stream << get_indent() << "__builtin_prefetch(" << address(call->args[0].as<Variable>()->name, call->args[1]) << ");\n";
    else if (!is_const(op->value))
      refuse("an expression without a result");
  }

  void visit(const Allocate *op) override {
    const std::string name = print_name(op->name);
    const int64_t floats = op->constant_allocation_size();
    if (floats <= 0 || op->type != Float(32) || !is_const_one(op->condition))
      refuse("a buffer of something but floats");
    FindVectors vectors(op->name);
    op->body.accept(&vectors);
    if (vectors.areAll && vectors.lanes > 1) {
      const std::string type = print_type(Float(32, vectors.lanes));
      std::vector<std::string> &vectorNames = registers[op->name];
      for (int64_t i = 0; i * vectors.lanes < floats; ++i)
        vectorNames.push_back(name + "_" + std::to_string(i));
      stream << get_indent() << type;
      for (size_t i = 0; i < vectorNames.size(); ++i)
        stream << (i ? ", " : " ") << vectorNames[i];
      stream << ";\n";
    } else {
      stream << get_indent() << "alignas(64) float " << name << "[" << floats + op->padding << "];\n";
    }
    op->body.accept(this);
    registers.erase(op->name);
  }
  void visit(const Free *) override {}

private:
  std::map<std::string, std::vector<std::string>> registers; // allocation -> its vectors, each a variable
  std::map<std::string, std::string> names;                  // Halide's -> the plain one
  std::set<std::string> taken = {"as_float", "as_int", "floor_div", "floor_mod", "gather", "load", "load_each", "mask", "max", // Prologue.h
                                 "min", "mul_add", "mul_sub", "ramp", "round_even", "select", "splat", "store", "store_each", "sum",
                                 "to_int"};

  std::string bare(const Expr &expression) { return withoutParentheses(print_expr(expression)); }
  template <typename Operation> void binary(const Operation *op, const char *sign) {
    id = "(" + operand(op->a, sign, true) + " " + sign + " " + operand(op->b, sign, false) + ")";
  }
  // An operand of `sign`, without the parentheses that people would not write, and no compiler warns of.
  std::string operand(const Expr &expression, const std::string &sign, bool isLeft) {
    const bool isProduct = expression.as<Mul>(), isSum = expression.as<Add>() || expression.as<Sub>();
    const bool compares = expression.as<EQ>() || expression.as<NE>() || expression.as<LT>() || expression.as<LE>() || expression.as<GT>() ||
                          expression.as<GE>();
    bool binds = false;
    if (sign == "*" || sign == "/")
      binds = isLeft && isProduct;
    else if (sign == "+" || sign == "-")
      binds = isProduct || (isLeft && isSum);
    else if (sign == "&&" || sign == "||")
      binds = compares || (isLeft && (sign == "&&" ? expression.as<And>() != nullptr : expression.as<Or>() != nullptr));
    else if (sign != "&" && sign != "|")
      binds = isProduct || isSum; // a comparison
    return binds ? bare(expression) : print_expr(expression);
  }
  std::string call(const char *function, const std::vector<Expr> &arguments) {
    std::string text = function + std::string("(");
    for (size_t i = 0; i < arguments.size(); ++i)
      text += (i ? ", " : "") + bare(arguments[i]);
    return text + ")";
  }
  std::string address(const std::string &buffer, const Expr &index) {
    return is_const_zero(index) ? print_name(buffer) : print_name(buffer) + " + " + (index.as<Mul>() ? bare(index) : print_expr(index));
  }
  const std::string *registerAt(const std::string &buffer, const Expr &index) {
    auto found = registers.find(buffer);
    return found == registers.end() ? nullptr : &found->second[static_cast<size_t>(*as_const_int(*denseBase(index))) / index.type().lanes()];
  }

  // The i-th lane of a shuffle. A load of an odd number of floats is never made whole.
  std::string laneOf(const Shuffle *op, size_t i) {
    int lane = op->indices[i];
    for (const Expr &vector : op->vectors) {
      const int lanes = vector.type().lanes();
      if (lane >= lanes) {
        lane -= lanes;
        continue;
      }
      const Load *load = vector.as<Load>();
      const std::optional<Expr> base = load ? denseBase(load->index) : std::nullopt;
      if (base && is_const_one(load->predicate) && !registers.count(load->name))
        return print_name(load->name) + "[" + bare(simplify(*base + lane)) + "]";
      return print_expr(vector) + (lanes == 1 ? "" : "[" + std::to_string(lane) + "]");
    }
    refuse("a lane that is in no vector");
  }

  void printLet(const std::string &name, const Expr &value) {
    const bool isPointer = value.type().is_handle();
    const std::string text = isPointer ? pointer(value) : bare(value); // which may print further lets
    stream << get_indent() << (isPointer ? "float *" : "") << "const " << (isPointer ? "" : print_type(value.type()) + " ") << print_name(name)
           << " = " << text << ";\n";
  }

  // RawPointers.cpp writes a pointer as a variable, or as one and a number of bytes, which are whole floats.
  std::string pointer(const Expr &value) {
    if (const Variable *variable = value.as<Variable>())
      return print_name(variable->name);
    const Reinterpret *whole = value.as<Reinterpret>();
    const Add *sum = whole ? whole->value.as<Add>() : nullptr;
    const Reinterpret *base = sum ? sum->a.as<Reinterpret>() : nullptr;
    if (base && base->value.as<Variable>()) {
      const Cast *cast = sum->b.as<Cast>();
      const Expr bytes = cast ? cast->value : sum->b;
      const Mul *product = bytes.as<Mul>();
      const Cast *floats = product && is_const(product->b, 4) ? product->a.as<Cast>() : nullptr;
      if (const auto constant = as_const_uint(sum->b); constant && *constant % 4 == 0)
        return print_expr(base->value) + " + " + std::to_string(static_cast<int64_t>(*constant) / 4);
      if (floats && floats->value.type() == Int(32))
        return print_expr(base->value) + " + " + (floats->value.as<Mul>() ? bare(floats->value) : print_expr(floats->value));
    }
    refuse("a computed pointer");
  }

  void openBraces(const std::string &head) {
    stream << get_indent() << head << "\n";
    indent += 2;
  }
  void closeBraces() {
    indent -= 2;
    stream << get_indent() << "}\n";
  }
};

} // namespace

std::string cppSourceOf(const LoweredFunc &function, const Target &target) {
  std::ostringstream stream;
  Printer(stream, target).print(function);
  return stream.str();
}

} // namespace mnv3::codegen
