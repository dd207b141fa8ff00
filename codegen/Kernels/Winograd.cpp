// 3x3 convolution with stride 1 as Winograd's F(4x4,3x3) (A. Lavin, S. Gray: Fast Algorithms for Convolutional Neural
// Networks): 36 products for 16 outputs where the direct way takes 144.
//
// The picture is cut into tiles of 4x4 outputs, each of which depends on 6x6 inputs d:
//
//     transformed = B^T d B        products[f] = sum over channels U[f] transformed[f], f = 0 .. 35
//     outputs     = A^T products A                U = G g G^T, made at compile time
//
// The middle step is a matrix product for each f, and takes most of the time. A band of tile rows goes through all three
// before the next, so that `transformed` and `products` (scratch) stay in the second-level cache.
#include "codegen/Kernels/Activations.h"
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"
#include "codegen/Kernels/RegisterTile.h"

namespace mnv3::codegen {
namespace {

using namespace Halide;

constexpr int outputs = 4, points = 6; // of a tile, each way

// One dimension of B^T d, A^T m. Common terms are named, as a compiler may not find them.
std::vector<Expr> transformInput(const std::vector<Expr> &d) {
  Expr even = d[4] - 4.0f * d[2], odd = d[3] - 4.0f * d[1];
  Expr outer = d[4] - d[2], inner = 2.0f * (d[3] - d[1]);
  return {4.0f * d[0] + (d[4] - 5.0f * d[2]), even + odd, even - odd, outer + inner, outer - inner,
          4.0f * d[1] + (d[5] - 5.0f * d[3])};
}

std::vector<Expr> transformOutput(const std::vector<Expr> &m) {
  Expr sum1 = m[1] + m[2], difference1 = m[1] - m[2], sum2 = m[3] + m[4], difference2 = m[3] - m[4];
  return {m[0] + sum1 + sum2, difference1 + 2.0f * difference2, sum1 + 4.0f * sum2,
          difference1 + 8.0f * difference2 + m[5]};
}

// The element `index` of what `transform` makes of at(0), at(1), ...
template <typename At>
Expr transformed(std::vector<Expr> (*transform)(const std::vector<Expr> &), Expr index, At &&at) {
  std::vector<Expr> values;
  for (int point = 0; point < points; ++point)
    values.push_back(at(point));
  return mux(index, transform(values));
}

} // namespace

Kernel makeWinograd(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const Schedule &schedule = spec.schedule;
  const int vector = target.vectorWidth, channels = spec.inputs[0].channels;
  const int inputLanes = roundUp(channels, vector), lanes = roundUp(spec.output.channels, vector);
  const int tile = schedule.vectors * vector, channelTiles = ceilDiv(lanes, tile);
  const int across = spec.width / outputs, bandTiles = across * schedule.rows;
  const Expr down = strip.rows / outputs;
  ImageParam input = pictureParam("input", spec.inputs[0], inputLanes, spec.width + 2, spec.height + 2);
  ImageParam weights = denseWeights("weights", {tile, channels, channelTiles, points * points});
  ImageParam bias = denseWeights("bias", {channelTiles * tile});
  ImageParam residual = pictureParam("residual", spec.residual, lanes, spec.width, spec.height);

  // Algorithm. t counts tiles row by row; f = 6 i + j counts points.
  Var c("c"), t("t"), f("f"), i("i"), j("j"), x("x"), y("y"), v("v");
  Func halfInput("halfInput"), inputs("inputs"), accumulators("accumulators"), products("products");
  Func halfOutput("halfOutput"), result("result");
  RDom r(0, channels, "r");
  Expr source = min(t, across * down - 1); // the last group of tiles may be longer than the picture
  halfInput(c, j, i, t) = transformed(transformInput, i, [&](int k) {
    return input(c, source % across * outputs + j, source / across * outputs + k);
  });
  inputs(c, t, f) = transformed(transformInput, f % points, [&](int k) { return halfInput(c, k, f / points, t); });
  accumulators(c, t, f) = 0.0f;
  accumulators(c, t, f) += weights(c % tile, r, c / tile, f) * inputs(r, t, f);
  products(c, t, f) = accumulators(c, t, f);
  halfOutput(c, j, v, x, y) =
      transformed(transformOutput, v, [&](int k) { return products(c, y * across + x, k * points + j); });
  Expr value = transformed(transformOutput, x % outputs,
                           [&](int k) { return halfOutput(c, k, y % outputs, x / outputs, y / outputs); });
  value = activate(spec.activation, spec.slope, value + bias(c));
  result(c, x, y) = spec.hasResidual ? value + residual(c, x, y) : value;

  // Schedule.
  Var tx("tx"), ty("ty"), xi("xi"), yi("yi"), band("band"), co("co"), ci("ci"), to("to"), ti("ti");
  result.bound(c, 0, lanes).bound(x, 0, spec.width).bound(y, 0, down * outputs);
  fixPicture(result, spec.output, lanes, spec.width, down * outputs);
  result.split(y, ty, yi, outputs, TailStrategy::RoundUp)
      .split(x, tx, xi, outputs)
      .split(ty, band, ty, schedule.rows, TailStrategy::GuardWithIf)
      .split(c, co, ci, vector)
      .reorder(ci, xi, yi, co, tx, ty, band)
      .vectorize(ci)
      .unroll(xi)
      .unroll(yi);
  halfOutput.compute_at(result, co).store_in(MemoryType::Stack).reorder(c, v, j, x, y).vectorize(c).unroll(v).unroll(j);
  products.compute_at(result, band)
      .bound_extent(c, channelTiles * tile)
      .bound_storage(t, roundUp(bandTiles, schedule.pixels))
      .split(t, to, ti, schedule.pixels)
      .split(c, co, ci, tile)
      .reorder(ci, ti, to, co, f)
      .vectorize(ci, vector)
      .unroll(ci)
      .unroll(ti);
  accumulators.compute_at(products, to);
  scheduleTile(accumulators, c, t, target);
  inputs.compute_at(result, band)
      .bound_extent(c, inputLanes)
      .bound_storage(t, roundUp(bandTiles, schedule.pixels))
      .split(f, i, j, points)
      .split(c, co, ci, vector)
      .reorder(ci, j, i, co, t)
      .vectorize(ci)
      .unroll(j)
      .unroll(i);
  scheduleReduction({accumulators, 0, c, t, {r}, channels, schedule.unroll}, inputs, target);
  halfInput.compute_at(inputs, co).store_in(MemoryType::Stack).reorder(c, i, j, t).vectorize(c).unroll(i).unroll(j);

  // One copy of each loop for all tiles, those at a strip's end too: two copies may contract multiply-adds in two ways, and results
  // would depend on the strips.
  for (Func stage : {halfInput, inputs, products, halfOutput, result})
    stage.never_partition_all();

  Kernel kernel{{{input, toStrip(strip, spec.inputs[0])}, weights, bias}, {{result, toStrip(strip, spec.output)}}, outputs};
  if (spec.hasResidual)
    kernel.operands.push_back({residual, toStrip(strip, spec.residual)});
  return kernel;
}

} // namespace mnv3::codegen
