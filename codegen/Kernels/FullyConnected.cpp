// Matrix times vector: every weight is read once, so the kernel is as fast as weights arrive. Threads share the outputs.
#include "codegen/Kernels/Activations.h"
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"

namespace mnv3::codegen {

using namespace Halide;

Kernel makeFullyConnected(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const int vector = target.vectorWidth, lanes = roundUp(spec.output.channels, vector);
  const int inputs = spec.inputs[0].channels, tile = spec.schedule.vectors * vector;
  ImageParam input = denseWeights("input", {inputs});
  ImageParam weights = denseWeights("weights", {tile, inputs, lanes / tile}), bias = denseWeights("bias", {lanes});

  const Share own = shareOf(lanes / tile, 0, strip);

  // Algorithm. `phases` independent sums of every so many-th input hide the latency of multiply-adds.
  const int phases = spec.schedule.pixels;
  Var c("c"), p("p"), x("x"), y("y");
  Func sums("sums"), result("result");
  RDom r(0, inputs / phases, "r");
  sums(c, p) = 0.0f;
  sums(c, p) += weights(c % tile, r * phases + p, c / tile) * input(r * phases + p);
  Expr sum = bias(c);
  for (int phase = 0; phase < phases; ++phase)
    sum += sums(c, phase);
  result(c, x, y) = activate(spec.activation, spec.slope, sum, target);

  // Schedule.
  Var co("co"), ci("ci");
  const Part part = partOfPixel(result, own, tile, vector);
  result.split(c, co, ci, tile, TailStrategy::RoundUp).vectorize(ci, vector).unroll(ci);
  sums.compute_at(result, co).store_in(MemoryType::Stack).vectorize(c, vector).unroll(c).unroll(p);
  sums.update().reorder(c, p, r).vectorize(c, vector).unroll(c).unroll(p);
  return {{input, weights, bias}, {part}, /*rowStep=*/0, /*steps=*/1, /*bandRows=*/1};
}

} // namespace mnv3::codegen
