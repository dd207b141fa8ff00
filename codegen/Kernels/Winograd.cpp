// 3x3 convolution with stride 1 or 2 by Winograd's minimal filtering (A. Lavin, S. Gray: Fast Algorithms for Convolutional Neural
// Networks). With stride 1, F(m x m, 3x3): 36 products for 16 outputs where the direct way takes 144, or 16 for 4 where it takes 36.
//
// The picture is cut into tiles of m x m outputs. With stride 1 each depends on a window d of inputs, and
//
//     transformed = B^T d B        products[f] = sum over channels U[f] transformed[f], f = 0 .. points - 1
//     outputs     = A^T products A                U = G g G^T, made at compile time
//
// With stride 2 an output is the sum of four convolutions with stride 1, of the even or odd rows and even or odd columns of the input
// (phases) with the taps that meet them: 2 in an even direction, 1 in an odd one. All are transformed as F(m x m, 2x2) so that their
// products can be summed before the last step; an odd direction has no last point. (2m + 1)^2 products for m^2 outputs: 81 where the
// direct way takes 144, or 25 where it takes 36.
//
// The products are a matrix product for each f and phase, and take most of the time. A band of tile rows goes through all three
// steps before the next, so that `transformed` and `products` (scratch) stay in the second-level cache.
#include "codegen/Kernels/Activations.h"
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"
#include "codegen/Kernels/RegisterTile.h"
#include "codegen/Kernels/WinogradTransforms.h"
#include "codegen/Schedules/Schedules.h"

namespace mnv3::codegen {
namespace {

using namespace Halide;

// Every stride-th row and column of the input, from (row, column) on.
struct Phase {
  int row, column;
  int rowPoints, columnPoints;
  int firstProduct; // of its own, counted through all phases

  int products() const { return rowPoints * columnPoints; }
};

std::vector<Phase> phasesOf(int stride, const Tiling &tiling) {
  std::vector<Phase> phases;
  int products = 0;
  for (int row = 0; row < stride; ++row)
    for (int column = 0; column < stride; ++column) {
      phases.push_back({row, column, tiling.points() - row, tiling.points() - column, products});
      products += phases.back().products();
    }
  return phases;
}

using Transform = std::vector<Expr> (*)(const Tiling &, const std::vector<Expr> &);

// The element `index` of what `transform` makes of at(0) .. at(count - 1).
template <typename At>
Expr transformed(Transform transform, const Tiling &tiling, int count, Expr index, At &&at) {
  std::vector<Expr> values;
  for (int point = 0; point < count; ++point)
    values.push_back(at(point));
  return mux(index, transform(tiling, values));
}

} // namespace

Kernel makeWinograd(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  const Schedule &schedule = spec.schedule;
  const int stride = spec.strideY, vector = target.vectorWidth, channels = spec.inputs[0].channels;
  const Tiling tiling = {spec.factor, stride == 1 ? 3 : 2};
  const int outputs = tiling.outputs, points = tiling.points();
  const std::vector<Phase> phases = phasesOf(stride, tiling);
  const int inputLanes = roundUp(channels, vector), lanes = roundUp(spec.output.channels, vector);
  const int tile = schedule.vectors * vector, channelTiles = ceilDiv(lanes, tile);
  const int across = spec.width / outputs;
  const Expr down = strip.rows / outputs;
  // Of the longest band, in whole register tiles: scratch is as large as the strip needs.
  const Expr bandTiles = (across * min(down, schedule.rows) + (schedule.pixels - 1)) / schedule.pixels * schedule.pixels;
  ImageParam input = pictureParam("input", spec.inputs[0], inputLanes, (spec.width - 1) * stride + 3, (spec.height - 1) * stride + 3);
  ImageParam weights = denseWeights("weights", {tile, channels, channelTiles, phases.back().firstProduct + phases.back().products()});
  ImageParam bias = denseWeights("bias", {channelTiles * tile});
  ImageParam residual = pictureParam("residual", spec.residual, lanes, spec.width, spec.height);

  // Algorithm. t counts tiles row by row; f = points * i + j counts points, g those of a phase.
  Var c("c"), t("t"), f("f"), g("g"), i("i"), j("j"), x("x"), y("y"), v("v");
  Func accumulators("accumulators"), products("products"), halfOutput("halfOutput"), result("result");
  std::vector<Func> halfInputs, inputs, reads;
  Expr source = min(t, across * down - 1); // the last group of tiles may be longer than the picture
  accumulators(c, t, f) = 0.0f;
  for (const Phase &phase : phases) {
    Func half = halfInputs.emplace_back("halfInput"), whole = inputs.emplace_back("inputs");
    half(c, j, i, t) = transformed(transformInput, tiling, phase.rowPoints, i, [&](int k) {
      return input(c, stride * (source % across * outputs + j) + phase.column, stride * (source / across * outputs + k) + phase.row);
    });
    whole(c, t, g) = transformed(transformInput, tiling, phase.columnPoints, g % phase.columnPoints,
                                 [&](int k) { return half(c, k, g / phase.columnPoints, t); });
    RDom r(0, channels, "r");
    Expr point = f;
    if (phase.row || phase.column) { // the point may be one that the phase lacks; keep the index inside all the same
      // Both differences are negative. Said so because Halide would draw conclusions about f from two comparisons, and no longer see
      // that a tile of accumulators reads one point.
      r.where(((f / points - phase.rowPoints) & (f % points - phase.columnPoints)) < 0);
      point = min(f / points, phase.rowPoints - 1) * phase.columnPoints + min(f % points, phase.columnPoints - 1);
    }
    Func read = reads.emplace_back("read");
    read(c, t, f) = whole(c, t, point);
    accumulators(c, t, f) += weights(c % tile, r, c / tile, phase.firstProduct + point) * read(r, t, f);
  }
  products(c, t, f) = accumulators(c, t, f);
  halfOutput(c, j, v, x, y) = transformed(transformOutput, tiling, points, v,
                                          [&](int k) { return products(c, y * across + x, k * points + j); });
  Expr value = transformed(transformOutput, tiling, points, x % outputs,
                           [&](int k) { return halfOutput(c, k, y % outputs, x / outputs, y / outputs); });
  value = activate(spec.activation, spec.slope, value + bias(c), target);
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
      .bound_storage(t, bandTiles)
      .split(t, to, ti, schedule.pixels)
      .split(c, co, ci, tile)
      .reorder(ci, ti, to, co, f)
      .vectorize(ci, vector)
      .unroll(ci)
      .unroll(ti);
  accumulators.compute_at(products, to);
  scheduleTile(accumulators, c, t, target);
  for (size_t p = 0; p < phases.size(); ++p) {
    inputs[p]
        .compute_at(result, band)
        .bound_extent(c, inputLanes)
        .bound_storage(t, bandTiles)
        .split(g, i, j, phases[p].columnPoints)
        .split(c, co, ci, vector)
        .reorder(ci, j, i, co, t)
        .vectorize(ci)
        .unroll(j);
    Reduction reduction = {accumulators, static_cast<int>(p), c, t, {accumulators.rvars(p)[0]}, channels, schedule.unroll};
    if (fetchesWeightsAhead(spec, target))
      reduction.fetchedAhead = weights;
    scheduleReduction(reduction, reads[p], target);
    halfInputs[p].compute_at(inputs[p], co).store_in(MemoryType::Stack).reorder(c, i, j, t).vectorize(c).unroll(i);
    if (multipliesByElement(target)) { // registers hold half of it or all; elsewhere a loop is as fast, and less code
      inputs[p].unroll(i);
      halfInputs[p].unroll(j);
    }
  }

  // One copy of each loop for all tiles, those at a strip's end too: two copies may contract multiply-adds in two ways, and results
  // would depend on the strips.
  for (std::vector<Func> stages : {halfInputs, inputs, {products, halfOutput, result}})
    for (Func stage : stages)
      stage.never_partition_all();

  Kernel kernel{{{input, toStrip(strip, spec.inputs[0], stride)}, weights, bias}, {{result, toStrip(strip, spec.output)}}, outputs};
  if (spec.hasResidual)
    kernel.operands.push_back({residual, toStrip(strip, spec.residual)});
  return kernel;
}

} // namespace mnv3::codegen
