// Halide's own lowering wraps a pipeline in code that takes buffers apart and checks that they are as the pipeline was told: some five hundred
// statements, which all later passes carry along and the last one drops, as our target has no such checks. Small kernels spent two thirds of
// their time on it. Hence Halide's passes without it, in Halide's order, and without those for what no kernel here uses: GPUs, tasks,
// tracing, memoization, tuples, specializations. A kernel that comes to use one needs its passes here.
#include "codegen/Kernels/Lower.h"

#include <map>

namespace mnv3::codegen {
namespace {

using namespace Halide;
using namespace Halide::Internal;

// What is left of the checks where bounds are inferred.
class DropChecks : public IRMutator {
  using IRMutator::visit;

  Stmt visit(const AssertStmt *) override { return Evaluate::make(0); }
  Stmt visit(const Evaluate *evaluate) override {
    return Call::as_intrinsic(evaluate->value, {Call::add_image_checks_marker}) ? Evaluate::make(0) : Stmt(evaluate);
  }
};

using Values = std::map<std::string, Expr>;

// What algorithms fixed of the dimensions of operands and result, by the names that statements have for it.
Values dimensionsOf(const Kernel &kernel, const Func &result) {
  Values values;
  auto add = [&](const std::string &name, const Parameter &buffer) {
    for (int i = 0; i < buffer.dimensions(); ++i)
      for (const auto &[field, value] : {std::pair(".min.", buffer.min_constraint(i)), {".extent.", buffer.extent_constraint(i)},
                                         {".stride.", buffer.stride_constraint(i)}})
        if (value.defined())
          values[name + field + std::to_string(i)] = value;
  };
  for (const Operand &operand : kernel.operands)
    add(operand.param.name(), operand.param.parameter());
  add(result.name(), result.output_buffer().parameter());
  return values;
}

Stmt lowerToLoopsOverCoordinates(Stmt s, const std::vector<Function> &outputs, const std::map<std::string, Function> &functions,
                                 const std::vector<std::string> &order, const std::vector<std::vector<std::string>> &fusedGroups,
                                 const Values &constants, const Target &target) {
  const FuncValueBounds bounds = compute_function_value_bounds(order, functions);
  s = bounds_inference(s, outputs, order, fusedGroups, functions, bounds, target);
  s = DropChecks().mutate(s);
  s = sliding_window(s, functions);
  s = substitute(constants, s);
  s = uniquify_variable_names(s);
  s = simplify(s, false); // later passes look for lets
  s = simplify_correlated_differences(s);
  s = allocation_bounds_inference(s, functions, bounds);
  s = remove_undef(s);
  s = storage_folding(s, functions);
  s = inject_prefetch(s, functions);
  s = lower_safe_promises(s);
  s = skip_stages(s, outputs, fusedGroups, functions);
  s = simplify_correlated_differences(s);
  return bound_small_allocations(s);
}

Stmt lowerToVectors(Stmt s, const std::map<std::string, Function> &functions, const Target &target) {
  s = simplify(s);
  s = unify_duplicate_lets(s);
  s = reduce_prefetch_dimension(s, target);
  s = simplify_correlated_differences(s);
  s = bound_constant_extent_loops(s);
  s = unroll_loops(s);
  s = simplify(vectorize_loops(s, functions));
  s = simplify(rewrite_interleavings(s));
  s = simplify(partition_loops(s));
  return stage_strided_loads(s);
}

Stmt tidy(Stmt s, const Target &target) {
  s = trim_no_ops(s);
  s = rebase_loops_to_zero(s);
  s = hoist_loop_invariant_if_statements(s);
  s = inject_early_frees(s);
  s = simplify_correlated_differences(s);
  s = bound_small_allocations(s);
  s = common_subexpression_elimination(s);
  s = lower_unsafe_promises(s, target);
  s = flatten_nested_ramps(s);
  s = simplify(remove_dead_allocations(s));
  s = hoist_loop_invariant_values(s);
  s = hoist_loop_invariant_if_statements(s);
  return hoist_prefetches(find_intrinsics(s));
}

} // namespace

Stmt define(const std::string &name, const Expr &value, Stmt body) {
  return stmt_uses_var(body, name) ? LetStmt::make(name, simplify(value), body) : body;
}

Lowered lower(const Kernel &kernel, const Func &result, const Target &target) {
  const Values dimensions = dimensionsOf(kernel, result);
  Values constants;
  for (const auto &[name, value] : dimensions)
    if (is_const(value))
      constants[name] = value;

  auto [outputs, functions] = deep_copy({result.function()}, build_environment({result.function()}));
  Lowered lowered;
  lowered.strictFloat = strictify_float(functions, target);
  Func(outputs[0]).compute_root().store_root();
  for (auto &[name, function] : functions)
    function.lock_loop_levels();
  functions = wrap_func_calls(functions);
  const auto [order, fusedGroups] = realization_order(outputs, functions);
  bool memoized = false;
  Stmt s = schedule_functions(outputs, fusedGroups, functions, target, memoized);
  s = lowerToLoopsOverCoordinates(s, outputs, functions, order, fusedGroups, constants, target);
  s = substitute(constants, storage_flattening(s, outputs, functions, target));
  s = lowerToVectors(s, functions, target);
  s = tidy(s, target);
  for (const auto &[name, value] : dimensions)
    if (!is_const(value))
      s = define(name, value, s);
  lowered.body = s;
  return lowered;
}

} // namespace mnv3::codegen
