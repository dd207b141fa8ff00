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
// steps before the next, so that `transformed` and `products` (scratch) stay in the second-level cache. Threads share each step of a
// band: the first by tiles, the second by f and channels, so that each reads a part of the weights only, and the last by rows.
#include "codegen/Kernels/Activations.h"
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"
#include "codegen/Kernels/RegisterTile.h"
#include "codegen/Kernels/WinogradTransforms.h"
#include "codegen/Schedules/Schedules.h"

#include <algorithm>
#include <numeric>

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

// Transform the input, multiply, transform the products back.
constexpr int steps = 3;

using Transform = std::vector<Expr> (*)(const Tiling &, const std::vector<Expr> &);

// The element `index` of what `transform` makes of at(0) .. at(count - 1).
template <typename At>
Expr transformed(Transform transform, const Tiling &tiling, int count, Expr index, At &&at) {
  std::vector<Expr> values;
  for (int point = 0; point < count; ++point)
    values.push_back(at(point));
  return mux(index, transform(tiling, values));
}

// shareOf the products of all points, each of which is summed for so many tiles of channels: `productsOf` says how many products that is
// for each.
Share shareOfProducts(const std::vector<int> &productsOf, int channelTiles, int step, const Strip &strip) {
  const auto [least, most] = std::minmax_element(productsOf.begin(), productsOf.end());
  if (*least == *most)
    return shareOf(static_cast<int>(productsOf.size()) * channelTiles, step, strip);
  const Share products = shareOf(std::accumulate(productsOf.begin(), productsOf.end(), 0) * channelTiles, step, strip);
  auto tilesIn = [&](Expr products) {
    Expr tiles = 0;
    int before = 0;
    for (int ofPoint : productsOf) {
      tiles += clamp((products - before) / ofPoint, 0, channelTiles);
      before += ofPoint * channelTiles;
    }
    return tiles;
  };
  const Expr first = tilesIn(products.first);
  return {first, tilesIn(products.first + products.count) - first};
}

// Has the kernel write `stage`(c, t, f), of the coordinates `first` and on so many as `count`, to a place of its own in scratch, from
// which other calls may read all of it.
ImageParam throughScratch(Func stage, int lanes, Expr tiles, int planes, const Expr (&first)[3], const Expr (&count)[3], Kernel &kernel) {
  constexpr int alignment = 64, floats = alignment / sizeof(float);
  // Planes are an odd number of lines apart. A tile reads or writes all planes in turn, and their lines shall not all fall into one set of
  // the first cache, of which there are a power of two.
  const Expr lines = (lanes * tiles + (floats - 1)) / floats / 2 * 2 + 1;
  const Expr strides[] = {1, lanes, lines * floats};
  std::vector<Dimension> written;
  Expr firstFloat = kernel.scratchFloats;
  for (int dimension = 0; dimension < 3; ++dimension) {
    written.push_back({count[dimension], strides[dimension], first[dimension]});
    firstFloat += first[dimension] * strides[dimension];
    stage.bound(stage.args()[static_cast<size_t>(dimension)], first[dimension], count[dimension]);
  }
  fix(stage.output_buffer(), written, std::gcd(alignment, lanes * static_cast<int>(sizeof(float))));
  kernel.parts.push_back({stage, firstFloat, Owner::scratch});
  ImageParam whole(Float(32), 3, stage.name() + "_made");
  fix(whole, {{lanes, strides[0]}, {tiles, strides[1]}, {planes, strides[2]}}, alignment);
  kernel.operands.push_back({whole, kernel.scratchFloats, Owner::scratch});
  kernel.scratchFloats += strides[2] * planes;
  return whole;
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
  const Expr tiles = (across * down + (schedule.pixels - 1)) / schedule.pixels * schedule.pixels; // whole register tiles
  std::vector<int> productsOf(points * points); // of each point, one a phase that has it
  for (const Phase &phase : phases)
    for (int g = 0; g < phase.products(); ++g)
      ++productsOf[g / phase.columnPoints * points + g % phase.columnPoints];
  const bool shareRows = schedule.rows > 1; // the next kernel's strips are of rows, too
  const Share ownTiles = shareOf(tiles, 0, strip), ownProducts = shareOfProducts(productsOf, channelTiles, 1, strip),
              ownLast = shareOf(shareRows ? down : across, 2, strip);
  ImageParam input = pictureParam("input", spec.inputs[0], inputLanes, (spec.width - 1) * stride + 3, (spec.height - 1) * stride + 3);
  ImageParam weights = denseWeights("weights", {tile, channels, channelTiles, phases.back().firstProduct + phases.back().products()});
  ImageParam bias = denseWeights("bias", {channelTiles * tile});
  ImageParam residual = pictureParam("residual", spec.residual, lanes, spec.width, spec.height);
  Kernel kernel{{{input, toStrip(strip, spec.inputs[0], stride)}, weights, bias}, {}, outputs, steps, schedule.rows * outputs};
  if (spec.hasResidual)
    kernel.operands.push_back({residual, toStrip(strip, spec.residual)});

  // Algorithm. t counts tiles row by row; f = points * i + j counts points, g those of a phase; q counts the tiles of channels of all
  // points, point by point.
  Var c("c"), t("t"), g("g"), q("q"), i("i"), j("j"), x("x"), y("y"), v("v");
  const Expr f = q / channelTiles;
  Func accumulators("accumulators"), products("products"), halfOutput("halfOutput"), result("result");
  std::vector<Func> halfInputs, inputs, reads;
  Expr source = min(t, across * down - 1); // the last group of tiles may be longer than the picture
  accumulators(c, t, q) = 0.0f;
  for (const Phase &phase : phases) {
    Func half = halfInputs.emplace_back("halfInput"), whole = inputs.emplace_back("inputs");
    half(c, j, i, t) = transformed(transformInput, tiling, phase.rowPoints, i, [&](int k) {
      return input(c, stride * (source % across * outputs + j) + phase.column, stride * (source / across * outputs + k) + phase.row);
    });
    whole(c, t, g) = transformed(transformInput, tiling, phase.columnPoints, g % phase.columnPoints,
                                 [&](int k) { return half(c, k, g / phase.columnPoints, t); });
    const ImageParam made = throughScratch(whole, inputLanes, tiles, phase.products(), {0, ownTiles.first, 0},
                                           {inputLanes, ownTiles.count, phase.products()}, kernel);
    RDom r(0, channels, "r");
    Expr point = f;
    if (phase.row || phase.column) { // the point may be one that the phase lacks; keep the index inside all the same
      // Both differences are negative. Said so because Halide would draw conclusions about f from two comparisons, and no longer see
      // that a tile of accumulators reads one point.
      r.where(((f / points - phase.rowPoints) & (f % points - phase.columnPoints)) < 0);
      point = min(f / points, phase.rowPoints - 1) * phase.columnPoints + min(f % points, phase.columnPoints - 1);
    }
    Func read = reads.emplace_back("read");
    read(c, t, q) = made(c, t, point);
    accumulators(c, t, q) += weights(c, r, q % channelTiles, phase.firstProduct + point) * read(r, t, q);
  }
  products(c, t, q) = accumulators(c, t, q);
  const ImageParam summed = throughScratch(products, tile, tiles, points * points * channelTiles, {0, 0, ownProducts.first},
                                           {tile, tiles, ownProducts.count}, kernel);
  halfOutput(c, j, v, x, y) = transformed(transformOutput, tiling, points, v, [&](int k) {
    return summed(c % tile, y * across + x, (k * points + j) * channelTiles + c / tile);
  });
  Expr value = transformed(transformOutput, tiling, points, x % outputs,
                           [&](int k) { return halfOutput(c, k, y % outputs, x / outputs, y / outputs); });
  value = activate(spec.activation, spec.slope, value + bias(c), target);
  result(c, x, y) = spec.hasResidual ? value + residual(c, x, y) : value;
  const Share own = {ownLast.first * outputs, ownLast.count * outputs};
  const Share ownRows = shareRows ? own : Share{0, down * outputs}, ownColumns = shareRows ? Share{0, spec.width} : own;
  const int pixel = spec.output.pixelStride, row = spec.output.rowStride;
  fix(result.output_buffer(), {{lanes, 1}, {ownColumns.count, pixel, ownColumns.first}, {ownRows.count, row, ownRows.first}},
      spec.output.alignment);
  kernel.parts.push_back({result, toStrip(strip, spec.output) + ownColumns.first * pixel + ownRows.first * row});

  // Schedule.
  Var tx("tx"), ty("ty"), xi("xi"), yi("yi"), co("co"), ci("ci"), to("to"), ti("ti");
  for (size_t p = 0; p < phases.size(); ++p) {
    inputs[p]
        .split(g, i, j, phases[p].columnPoints)
        .split(c, co, ci, vector)
        .reorder(ci, j, i, co, t)
        .vectorize(ci)
        .unroll(j);
    halfInputs[p].compute_at(inputs[p], co).store_in(MemoryType::Stack).reorder(c, i, j, t).vectorize(c).unroll(i);
  }
  products.split(t, to, ti, schedule.pixels).reorder(c, ti, to, q).vectorize(c, vector).unroll(c).unroll(ti);
  accumulators.compute_at(products, to);
  scheduleTile(accumulators, c, t, target);
  for (size_t p = 0; p < phases.size(); ++p) {
    Reduction reduction = {accumulators, static_cast<int>(p), c, t, {accumulators.rvars(p)[0]}, channels, schedule.unroll};
    if (fetchesWeightsAhead(spec, target))
      reduction.fetchedAhead = weights;
    scheduleReduction(reduction, reads[p], target);
  }
  result.bound(c, 0, lanes)
      .bound(x, ownColumns.first, ownColumns.count)
      .bound(y, ownRows.first, ownRows.count)
      .split(y, ty, yi, outputs, TailStrategy::RoundUp)
      .split(x, tx, xi, outputs, TailStrategy::RoundUp)
      .split(c, co, ci, vector)
      .reorder(ci, xi, yi, co, tx, ty)
      .vectorize(ci)
      .unroll(xi);
  halfOutput.compute_at(result, co).store_in(MemoryType::Stack).reorder(c, v, j, x, y).vectorize(c).unroll(v);
  if (multipliesByElement(target)) { // registers hold half of a transform or all; elsewhere a loop is as fast, and less code
    for (size_t p = 0; p < phases.size(); ++p) {
      inputs[p].unroll(i);
      halfInputs[p].unroll(j);
    }
    result.unroll(yi);
    halfOutput.unroll(j);
  }

  // One copy of each loop for all tiles, those at a strip's end too: two copies may contract multiply-adds in two ways, and results
  // would depend on the strips.
  for (std::vector<Func> stages : {halfInputs, inputs, {products, halfOutput, result}})
    for (Func stage : stages)
      stage.never_partition_all();
  return kernel;
}

} // namespace mnv3::codegen
