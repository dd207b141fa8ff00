#include "codegen/Kernels/RegisterTile.h"

#include "codegen/Schedules/Machine.h"

namespace mnv3::codegen {

using namespace Halide;

void scheduleTile(Func accumulators, Var channel, Var pixel, const KernelTarget &target) {
  accumulators.store_in(MemoryType::Stack).vectorize(channel, target.vectorWidth).unroll(channel).unroll(pixel);
}

void scheduleReduction(const Reduction &reduction, Func source, const KernelTarget &target) {
  Func accumulators = reduction.accumulators;
  const int step = target.vectorWidth;
  const bool stages = multipliesByElement(target) && reduction.unroll % step == 0;
  RVar outer("outer"), inner("inner"), group("group");
  std::vector<VarOrRVar> order = {reduction.channel, reduction.pixel, inner};
  Stage update = accumulators.update(reduction.stage);
  update.split(reduction.variables[0], outer, inner, reduction.unroll);
  if (stages) {
    update.split(inner, group, inner, step);
    order.push_back(group);
  }
  order.push_back(outer);
  order.insert(order.end(), reduction.variables.begin() + 1, reduction.variables.end());
  update.reorder(order)
      .vectorize(reduction.channel, target.vectorWidth)
      .unroll(reduction.channel)
      .unroll(reduction.pixel)
      .unroll(inner);
  if (reduction.fetchedAhead) // as many steps from here as the reduction has
    update.prefetch(*reduction.fetchedAhead, outer, outer, reduction.extent / reduction.unroll, PrefetchBoundStrategy::NonFaulting);
  if (!stages)
    return;
  update.unroll(group);
  Func staged = source.in(accumulators);
  const Var first = staged.args()[0];
  staged.compute_at(accumulators, group).store_in(MemoryType::Register).bound_extent(first, step).vectorize(first, step);
  for (size_t i = 1; i < staged.args().size(); ++i)
    staged.unroll(staged.args()[i]);
}

} // namespace mnv3::codegen
