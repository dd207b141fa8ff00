// Mean of each channel over a picture. Rows are summed one by one and then their sums, which keeps rounding small on
// large pictures. Threads share the channels.
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"

namespace mnv3::codegen {

using namespace Halide;

Kernel makeGlobalPool(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const int vector = commonLanes(target, spec.inputs), lanes = roundUp(spec.output.channels, vector);
  const int width = spec.inputWidth, height = spec.inputHeight;
  const int tile = spec.schedule.vectors * vector;
  const Share own = shareOf(lanes / tile, 0, strip);
  ImageParam input = pictureParam("input", spec.inputs[0], lanes, width, height);

  // Algorithm. `phases` independent sums of every so many-th pixel hide the latency of additions.
  const int phases = spec.schedule.pixels;
  Var c("c"), p("p"), x("x"), y("y");
  Func rowSums("rowSums"), total("total"), result("result");
  RDom column(0, width / phases, "column"), row(0, height, "row");
  rowSums(c, p, y) = 0.0f;
  rowSums(c, p, y) += input(c, column * phases + p, y);
  Expr rowSum = rowSums(c, 0, row);
  for (int phase = 1; phase < phases; ++phase)
    rowSum += rowSums(c, phase, row);
  total(c) = 0.0f;
  total(c) += rowSum;
  result(c, x, y) = total(c) * (1.0f / (static_cast<float>(width) * static_cast<float>(height)));

  // Schedule.
  Var co("co"), ci("ci");
  const Part part = partOfPixel(result, own, tile, vector);
  result.split(c, co, ci, tile, TailStrategy::RoundUp).vectorize(ci, vector).unroll(ci);
  total.compute_at(result, co).store_in(MemoryType::Stack).vectorize(c, vector).unroll(c);
  total.update().reorder(c, row).vectorize(c, vector).unroll(c);
  rowSums.compute_at(total, row).store_in(MemoryType::Stack).vectorize(c, vector).unroll(c).unroll(p);
  rowSums.update().reorder(c, p, column).vectorize(c, vector).unroll(c).unroll(p);
  return {{input}, {part}, /*rowStep=*/0, /*steps=*/1, /*bandRows=*/1};
}

} // namespace mnv3::codegen
