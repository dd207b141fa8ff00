#include "compiler/Import/Modules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace mlir;

namespace mnv3::import {
namespace {

DictionaryAttr noWeights(RowContext &row) { return row.builder.getDictionaryAttr({}); }
IntegerAttr number(RowContext &row, int64_t value) { return row.builder.getI64IntegerAttr(value); }
FloatAttr epsilon(RowContext &row) { return row.builder.getF64FloatAttr(1e-3); } // YOLOv5 sets it in every batch norm
nn::ActivationAttr act(Attribute attribute) { return llvm::cast_or_null<nn::ActivationAttr>(attribute); }

// Arguments common to all module ops, in their order.
#define COMMON(row) number(row, row.row.index), row.builder.getStringAttr(row.prefix), noWeights(row), epsilon(row)

Value buildConv(RowContext &row) { // [c_out, k, s, p, g, d, act]
  int64_t out = row.outputChannels(), groups = row.integer(4, "groups", 1, 65536, 1), dilation = row.integer(5, "dilation", 1, 64, 1);
  auto kernel = row.pair(1, "kernel", 1, 64, 1), strides = row.pair(2, "stride", 1, 64, 1);
  SmallVector<int64_t, 2> pads = {(dilation * (kernel[0] - 1) + 1) / 2, (dilation * (kernel[1] - 1) + 1) / 2};
  if (row.has(3))
    pads = row.pair(3, "padding", 0, 64, 0);
  if (row.inputChannels() % groups || out % groups)
    row.fail(fmt::format("{} groups do not divide {} input and {} output channels", groups, row.inputChannels(), out));
  auto type = row.image(out, row.extent(row.inputHeight(), 2 * pads[0], kernel[0], strides[0], dilation),
                        row.extent(row.inputWidth(), 2 * pads[1], kernel[1], strides[1], dilation));
  auto list = [&](ArrayRef<int64_t> values) { return row.builder.getDenseI64ArrayAttr(values); };
  return yolo::ConvOp::create(row.builder, row.loc, type, row.inputs[0], list(kernel), list(strides), list(pads), number(row, groups),
                              number(row, dilation), act(row.activation(6)), COMMON(row));
}

Value buildConvBnHswish(RowContext &row) { // [c_out, s]
  int64_t stride = row.integer(1, "stride", 1, 64);
  auto type = row.image(row.outputChannels(), row.extent(row.inputHeight(), 2, 3, stride), row.extent(row.inputWidth(), 2, 3, stride));
  return yolo::ConvBnHswishOp::create(row.builder, row.loc, type, row.inputs[0], number(row, stride), COMMON(row));
}

Value buildMobileNetV3(RowContext &row) { // [c_out, hidden, k, s, se, hs]; only c_out is scaled
  int64_t hidden = row.integer(1, "hidden channels", 1, 65536), kernel = row.integer(2, "kernel", 1, 63),
          stride = row.integer(3, "stride", 1, 2);
  bool squeezes = row.truth(4, "squeeze-excite"), hardSwish = row.truth(5, "hard-swish");
  if (squeezes && hidden < 4)
    row.fail(fmt::format("squeeze-excite needs at least 4 hidden channels, not {}", hidden));
  int64_t pads = 2 * ((kernel - 1) / 2);
  auto type = row.image(row.outputChannels(), row.extent(row.inputHeight(), pads, kernel, stride),
                        row.extent(row.inputWidth(), pads, kernel, stride));
  return yolo::MobileNetV3Op::create(row.builder, row.loc, type, row.inputs[0], number(row, hidden), number(row, kernel),
                                     number(row, stride), row.builder.getBoolAttr(squeezes), row.builder.getBoolAttr(hardSwish),
                                     COMMON(row));
}

Value buildSELayer(RowContext &row) { // [c, reduction], c unscaled
  int64_t channels = row.integer(0, "channels", 1, 65536), reduction = row.integer(1, "reduction", 1, 65536, 4);
  if (channels != row.inputChannels())
    row.fail(fmt::format("is made for {} channels, its input has {}", channels, row.inputChannels()));
  if (channels / reduction < 1)
    row.fail(fmt::format("reduction {} leaves nothing of {} channels", reduction, channels));
  return yolo::SELayerOp::create(row.builder, row.loc, row.inputs[0].getType(), row.inputs[0], number(row, reduction), COMMON(row));
}

Value buildStemBlock(RowContext &row) { // [c_out, k, s, p, g, act]
  int64_t out = row.outputChannels(), kernel = row.integer(1, "kernel", 1, 64, 3), stride = row.integer(2, "stride", 1, 64, 2);
  int64_t pad = row.has(3) ? row.integer(3, "padding", 0, 64) : kernel / 2, groups = row.integer(4, "groups", 1, 65536, 1);
  if (row.inputChannels() % groups || out % groups || out < 2)
    row.fail(fmt::format("{} groups do not divide {} input and {} output channels", groups, row.inputChannels(), out));
  auto halved = [&](int64_t in) { return (row.extent(in, 2 * pad, kernel, stride) + 1) / 2; };
  auto type = row.image(out, halved(row.inputHeight()), halved(row.inputWidth()));
  return yolo::StemBlockOp::create(row.builder, row.loc, type, row.inputs[0], number(row, kernel), number(row, stride),
                                   number(row, pad), number(row, groups), act(row.activation(5)), act(row.defaultActivation()),
                                   COMMON(row));
}

Value buildBottleneck(RowContext &row) { // [c_out, shortcut, g, e]
  int64_t out = row.outputChannels(), groups = row.integer(2, "groups", 1, 65536, 1);
  bool shortcut = row.truth(1, "shortcut", true);
  int64_t hidden = static_cast<int64_t>(out * row.real(3, "expansion", 1e-3, 16, 0.5));
  if (hidden < 1 || hidden % groups || out % groups)
    row.fail(fmt::format("{} groups do not divide {} hidden and {} output channels", groups, hidden, out));
  return yolo::BottleneckOp::create(row.builder, row.loc, row.image(out, row.inputHeight(), row.inputWidth()), row.inputs[0],
                                    row.builder.getBoolAttr(shortcut), number(row, groups), number(row, hidden),
                                    act(row.defaultActivation()), COMMON(row));
}

Value buildC3(RowContext &row) { // [c_out, shortcut, g, e], the row's number inside
  int64_t out = row.outputChannels(), groups = row.integer(2, "groups", 1, 65536, 1);
  bool shortcut = row.truth(1, "shortcut", true);
  int64_t hidden = static_cast<int64_t>(out * row.real(3, "expansion", 1e-3, 16, 0.5));
  if (hidden < 1 || hidden % groups)
    row.fail(fmt::format("{} groups do not divide {} hidden channels", groups, hidden));
  return yolo::C3Op::create(row.builder, row.loc, row.image(out, row.inputHeight(), row.inputWidth()), row.inputs[0],
                            number(row, row.repeats), row.builder.getBoolAttr(shortcut), number(row, groups), number(row, hidden),
                            act(row.defaultActivation()), COMMON(row));
}

Value buildSPPF(RowContext &row) { // [c_out, k]
  int64_t kernel = row.integer(1, "kernel", 1, 63, 5);
  if (kernel % 2 == 0)
    row.fail(fmt::format("kernel {} is even: the pooled images would not fit their input", kernel));
  if (row.inputChannels() < 2)
    row.fail("needs at least 2 input channels");
  return yolo::SPPFOp::create(row.builder, row.loc, row.image(row.outputChannels(), row.inputHeight(), row.inputWidth()),
                              row.inputs[0], number(row, kernel), act(row.defaultActivation()), COMMON(row));
}

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

// Lower case without underscores, so that spellings of one name meet.
std::string folded(const std::string &name) {
  std::string text;
  for (unsigned char c : name)
    if (c != '_')
      text += static_cast<char>(std::tolower(c));
  return text;
}

size_t editDistance(const std::string &a, const std::string &b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0]++;
    for (size_t j = 0; j < b.size(); ++j)
      diagonal = std::exchange(row[j + 1], std::min({row[j + 1] + 1, row[j] + 1, diagonal + (a[i] != b[j])}));
  }
  return row.back();
}

} // namespace

const std::vector<ModuleRule> &moduleRules() {
  static const std::vector<ModuleRule> rules = {
      {"Conv", {}, 1, 7, false, false, buildConv},
      {"Conv_bn_hswish", {"Conv_BN_HSwish", "ConvBNHswish"}, 2, 2, false, false, buildConvBnHswish},
      {"MobileNetV3", {"MobileNetV3_InvertedResidual", "mobilev3_bneck", "MobileNet_Block", "MobileNetV3_Block"}, 6, 6, false, false, buildMobileNetV3},
      {"SELayer", {}, 1, 2, false, false, buildSELayer},
      {"StemBlock", {}, 1, 6, false, false, buildStemBlock},
      {"Bottleneck", {}, 1, 4, false, false, buildBottleneck},
      {"C3", {}, 1, 4, true, false, buildC3},
      {"SPPF", {}, 1, 2, false, false, buildSPPF},
      {"Concat", {}, 0, 1, false, true, buildConcat},
      {"nn.Upsample", {}, 2, 3, false, false, buildUpsample},
      {"Detect", {}, 2, 2, false, true, nullptr},
  };
  return rules;
}

const ModuleRule *findModule(const std::string &spelling) {
  for (const ModuleRule &rule : moduleRules()) {
    if (folded(rule.name) == folded(spelling))
      return &rule;
    for (const char *alias : rule.aliases)
      if (folded(alias) == folded(spelling))
        return &rule;
  }
  return nullptr;
}

std::string nearestModule(const std::string &spelling) {
  std::string nearest;
  size_t best = std::max<size_t>(2, spelling.size() / 3) + 1;
  for (const ModuleRule &rule : moduleRules())
    if (size_t distance = editDistance(folded(rule.name), folded(spelling)); distance < best) {
      best = distance;
      nearest = rule.name;
    }
  return nearest;
}

} // namespace mnv3::import
