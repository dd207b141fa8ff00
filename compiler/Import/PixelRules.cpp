// Modules without weights: they move, join, pool or bend pixels.
#include "compiler/Import/ModuleRules.h"

#include <fmt/format.h>

using namespace mlir;

namespace mnv3::import {

Value buildConcat(RowContext &row) { // [dimension]
  if (row.integer(0, "dimension", -3, 3, 1) != 1)
    row.fail("joins another axis than the channels (1)");
  int64_t channels = 0;
  for (size_t i = 0; i < row.inputs.size(); ++i) {
    for (auto [what, first, here] : {std::tuple("height", row.inputHeight(0), row.inputHeight(i)), {"width", row.inputWidth(0), row.inputWidth(i)}})
      if (first != here)
        row.fail(fmt::format("inputs disagree on {}: {} from row {}, {} from row {}", what, first, row.sources[0].first, here, row.sources[i].first),
                 {{Diagnostic::Severity::note, row.sources[0].second, fmt::format("row {} is made here", row.sources[0].first), {}},
                  {Diagnostic::Severity::note, row.sources[i].second, fmt::format("row {} is made here", row.sources[i].first), {}}});
    channels += row.inputChannels(i);
  }
  return yolo::ConcatOp::create(row.builder, row.loc, row.image(channels, row.inputHeight(), row.inputWidth()), row.inputs,
                                number(row, row.row.index));
}

Value buildUpsample(RowContext &row) { // [size, factor, mode]
  if (row.has(0))
    row.fail("takes a scale factor, not a size: [None, 2, 'nearest']");
  const Node *mode = row.row.arguments.size() > 2 ? &row.row.arguments[2] : nullptr;
  if (mode && (!mode->asString() || *mode->asString() != "nearest"))
    row.failAt(mode->location, fmt::format("mode {} is not supported, only 'nearest'", mode->text()));
  double scale = row.real(1, "scale factor", 1, 64, 0);
  int64_t factor = static_cast<int64_t>(scale);
  if (factor != scale)
    row.fail(fmt::format("scale factor {} is not a whole number", scale));
  return yolo::UpsampleOp::create(row.builder, row.loc,
                                  row.image(row.inputChannels(), factor * row.inputHeight(), factor * row.inputWidth()),
                                  row.inputs[0], number(row, factor), number(row, row.row.index));
}

namespace {

// [k, s, p ...]: rows and columns each; a window steps by itself unless told otherwise.
struct Pool {
  SmallVector<int64_t, 2> kernel, strides, pads;

  explicit Pool(RowContext &row)
      : kernel(row.pair(0, "kernel", 1, 63, 1)), strides(row.has(1) ? row.pair(1, "stride", 1, 64, 1) : kernel),
        pads(row.pair(2, "padding", 0, 31, 0)) {
    for (int axis : {0, 1})
      if (2 * pads[axis] > kernel[axis])
        row.fail(fmt::format("padding {} is more than half of kernel {}", pads[axis], kernel[axis]));
  }
};

} // namespace

Value buildMaxPool2d(RowContext &row) { // [k, s, p, d, indices, ceil_mode]; in ceil_mode a last window may hang over
  auto [kernel, strides, pads] = Pool(row);
  bool ceil = row.truth(5, "ceil_mode", false);
  if (row.integer(3, "dilation", 1, 64, 1) != 1)
    row.fail("has a dilation, which is not supported");
  if (row.truth(4, "return_indices", false))
    row.fail("returns indices, which no row takes");
  SmallVector<int64_t, 2> extents = {row.inputHeight(), row.inputWidth()};
  for (int axis : {0, 1}) {
    int64_t in = extents[axis];
    extents[axis] = row.extent(in, 2 * pads[axis] + (ceil ? strides[axis] - 1 : 0), kernel[axis], strides[axis]);
    if (ceil && (extents[axis] - 1) * strides[axis] >= in + pads[axis]) // it would begin in the padding behind
      --extents[axis];
  }
  return yolo::MaxPoolOp::create(row.builder, row.loc, row.image(row.inputChannels(), extents[0], extents[1]), row.inputs[0],
                                 list(row, kernel), list(row, strides), list(row, {pads[0], pads[0], pads[1], pads[1]}),
                                 number(row, row.row.index));
}

Value buildAvgPool2d(RowContext &row) { // [k, s, p, ceil_mode, count_include_pad]
  auto [kernel, strides, pads] = Pool(row);
  if (row.truth(3, "ceil_mode", false) || !row.truth(4, "count_include_pad", true))
    row.fail("divides by another number at the border, which is not supported");
  auto type = row.image(row.inputChannels(), row.extent(row.inputHeight(), 2 * pads[0], kernel[0], strides[0]),
                        row.extent(row.inputWidth(), 2 * pads[1], kernel[1], strides[1]));
  return yolo::AvgPoolOp::create(row.builder, row.loc, type, row.inputs[0], list(row, kernel), list(row, strides), list(row, pads),
                                 number(row, row.row.index));
}

Value buildZeroPad2d(RowContext &row) { // [[left, right, top, bottom]] or one number for all
  SmallVector<int64_t> pads = row.integers(0, "padding", 0, 256, {});
  if (pads.size() == 1)
    pads.assign(4, pads[0]);
  if (pads.size() != 4)
    row.fail(fmt::format("pads by {} numbers, should be one, or left, right, top, bottom", pads.size()));
  auto type = row.image(row.inputChannels(), row.inputHeight() + pads[2] + pads[3], row.inputWidth() + pads[0] + pads[1]);
  return yolo::ZeroPadOp::create(row.builder, row.loc, type, row.inputs[0], list(row, pads), number(row, row.row.index));
}

Value buildContract(RowContext &row) { // [gain]
  int64_t gain = row.integer(0, "gain", 1, 64, 2), height = row.inputHeight(), width = row.inputWidth();
  if (height % gain || width % gain)
    row.fail(fmt::format("gain {} does not divide {} x {} pixels", gain, height, width));
  auto type = row.image(row.inputChannels() * gain * gain, height / gain, width / gain);
  return yolo::ContractOp::create(row.builder, row.loc, type, row.inputs[0], number(row, gain), number(row, row.row.index));
}

Value buildExpand(RowContext &row) { // [gain]
  int64_t gain = row.integer(0, "gain", 1, 64, 2), channels = row.inputChannels();
  if (channels % (gain * gain))
    row.fail(fmt::format("gain {} does not divide {} channels by its square", gain, channels));
  auto type = row.image(channels / (gain * gain), row.inputHeight() * gain, row.inputWidth() * gain);
  return yolo::ExpandOp::create(row.builder, row.loc, type, row.inputs[0], number(row, gain), number(row, row.row.index));
}

Value buildActivation(RowContext &row) { // nn.ReLU [], nn.LeakyReLU [slope] ...; a last argument `inplace` changes nothing
  const ModuleRule &rule = *findModule(row.row.module);
  std::optional<ActivationSpec> spec = parseActivation(std::string(rule.name) + "()");
  if (spec->name == "leaky_relu")
    spec->slope = row.real(0, "slope", -1e3, 1e3, 0.01);
  auto activation = act(activationAttr(row.builder.getContext(), *spec));
  if (!activation) // nn.Identity
    activation = nn::ActivationAttr::get(row.builder.getContext(), nn::ActivationKind::None);
  auto inPlace = rule.special.inPlace ? row.builder.getUnitAttr() : UnitAttr();
  return yolo::ActivationOp::create(row.builder, row.loc, row.inputs[0].getType(), row.inputs[0], activation, inPlace,
                                    number(row, row.row.index));
}

} // namespace mnv3::import
