// Small blocks of convolutions.
#include "compiler/Import/ModuleRules.h"

#include <fmt/format.h>

using namespace mlir;

namespace mnv3::import {

int64_t hiddenChannels(RowContext &row, size_t position, double fallback, int64_t out) {
  int64_t hidden = static_cast<int64_t>(static_cast<double>(out) * row.real(position, "expansion", 1e-3, 16, fallback));
  if (hidden < 1)
    row.fail(fmt::format("expansion leaves nothing of {} channels", out));
  return hidden;
}

static void checkOdd(RowContext &row, int64_t kernel) {
  if (kernel % 2 == 0)
    row.fail(fmt::format("kernel {} is even: what it makes would not fit its input", kernel));
}

SmallVector<int64_t> oddKernels(RowContext &row, size_t position, std::initializer_list<int64_t> fallback) {
  SmallVector<int64_t> kernels = row.integers(position, "kernels", 1, 63, fallback);
  for (int64_t kernel : kernels)
    checkOdd(row, kernel);
  return kernels;
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
  return make<yolo::MobileNetV3Op>(row, type, number(row, hidden), number(row, kernel),
                                     number(row, stride), truth(row, squeezes), truth(row, hardSwish),
                                     number(row, hidden / 4), truth(row, true), truth(row, hidden != row.inputChannels()));
}

Value buildSELayer(RowContext &row) { // [c, reduction], c unscaled
  int64_t channels = row.integer(0, "channels", 1, 65536), reduction = row.integer(1, "reduction", 1, 65536, 4);
  if (channels != row.inputChannels())
    row.fail(fmt::format("is made for {} channels, its input has {}", channels, row.inputChannels()));
  if (channels / reduction < 1)
    row.fail(fmt::format("reduction {} leaves nothing of {} channels", reduction, channels));
  return make<yolo::SELayerOp>(row, row.image(channels, row.inputHeight(), row.inputWidth()), number(row, channels / reduction),
                                truth(row, true));
}

Value buildStemBlock(RowContext &row) { // [c_out, k, s, p, g, act]
  int64_t out = row.outputChannels(), kernel = row.integer(1, "kernel", 1, 64, 3), stride = row.integer(2, "stride", 1, 64, 2);
  int64_t pad = row.has(3) ? row.integer(3, "padding", 0, 64) : kernel / 2, groups = row.integer(4, "groups", 1, 65536, 1);
  checkGroups(row, groups, row.inputChannels(), out);
  if (out < 2)
    row.fail("needs at least 2 output channels");
  auto halved = [&](int64_t in) { return (row.extent(in, 2 * pad, kernel, stride) + 1) / 2; };
  auto type = row.image(out, halved(row.inputHeight()), halved(row.inputWidth()));
  return make<yolo::StemBlockOp>(row, type, number(row, kernel), number(row, stride),
                                   number(row, pad), number(row, groups), act(row.activation(5)), act(row.defaultActivation()));
}

Value buildBottleneck(RowContext &row) { // [c_out, shortcut, g, e]
  int64_t out = row.outputChannels(), groups = row.integer(2, "groups", 1, 65536, 1);
  bool shortcut = row.truth(1, "shortcut", true);
  int64_t hidden = hiddenChannels(row, 3, 0.5, out);
  checkGroups(row, groups, hidden, out);
  return make<yolo::BottleneckOp>(row, row.image(out, row.inputHeight(), row.inputWidth()), truth(row, shortcut), number(row, groups),
                                  number(row, hidden), act(row.defaultActivation()));
}

Value buildCrossConv(RowContext &row) { // [c_out, k, s, g, e, shortcut]
  int64_t out = row.outputChannels(), kernel = row.integer(1, "kernel", 1, 63, 3), stride = row.integer(2, "stride", 1, 64, 1);
  int64_t groups = row.integer(3, "groups", 1, 65536, 1), hidden = hiddenChannels(row, 4, 1.0, out), pads = 2 * (kernel / 2);
  bool shortcut = row.truth(5, "shortcut", false);
  checkGroups(row, groups, hidden, out);
  auto type = row.image(out, row.extent(row.inputHeight(), pads, kernel, stride), row.extent(row.inputWidth(), pads, kernel, stride));
  if (shortcut && out == row.inputChannels() && type != row.inputs[0].getType())
    row.fail("adds its input, which has another size than its result");
  return make<yolo::CrossConvOp>(row, type, number(row, kernel), number(row, stride), number(row, groups), number(row, hidden),
                                 truth(row, shortcut), act(row.defaultActivation()));
}

Value buildGhostConv(RowContext &row) { // [c_out, k, s, g, act]
  int64_t out = row.outputChannels(), kernel = row.integer(1, "kernel", 1, 64, 1), stride = row.integer(2, "stride", 1, 64, 1);
  int64_t groups = row.integer(3, "groups", 1, 65536, 1), pads = 2 * (kernel / 2);
  if (out % 2)
    row.fail(fmt::format("{} output channels cannot be halved", out));
  checkGroups(row, groups, row.inputChannels(), out / 2);
  auto type = row.image(out, row.extent(row.inputHeight(), pads, kernel, stride), row.extent(row.inputWidth(), pads, kernel, stride));
  return make<yolo::GhostConvOp>(row, type, number(row, kernel), number(row, stride), number(row, groups), act(row.activation(4)));
}

Value buildGhostBottleneck(RowContext &row) { // [c_out, k, s]
  int64_t out = row.outputChannels(), kernel = row.integer(1, "kernel", 1, 63, 3), stride = row.integer(2, "stride", 1, 2, 1);
  if (out % 4)
    row.fail(fmt::format("{} output channels cannot be halved twice", out));
  if (stride == 1 && out != row.inputChannels())
    row.fail(fmt::format("adds its input of {} channels to {}: with stride 1 they should be as many", row.inputChannels(), out));
  int64_t pads = stride == 2 ? 2 * (kernel / 2) : 0, reach = stride == 2 ? kernel : 1;
  auto type = row.image(out, row.extent(row.inputHeight(), pads, reach, stride), row.extent(row.inputWidth(), pads, reach, stride));
  return make<yolo::GhostBottleneckOp>(row, type, number(row, kernel), number(row, stride), act(row.defaultActivation()));
}

Value buildSPP(RowContext &row) { // [c_out, [k ...]]
  SmallVector<int64_t> kernels = oddKernels(row, 1, {5, 9, 13});
  if (row.inputChannels() < 2)
    row.fail("needs at least 2 input channels");
  return make<yolo::SPPOp>(row, row.image(row.outputChannels(), row.inputHeight(), row.inputWidth()), list(row, kernels),
                           act(row.defaultActivation()));
}

Value buildSPPF(RowContext &row) { // [c_out, k]
  int64_t kernel = row.integer(1, "kernel", 1, 63, 5);
  checkOdd(row, kernel);
  if (row.inputChannels() < 2)
    row.fail("needs at least 2 input channels");
  return make<yolo::SPPFOp>(row, row.image(row.outputChannels(), row.inputHeight(), row.inputWidth()), number(row, kernel),
                            act(row.defaultActivation()));
}

Value buildCBRM(RowContext &row) { // [c_out]
  auto halved = [&](int64_t in) { return row.extent(row.extent(in, 2, 3, 2), 2, 3, 2); };
  return make<yolo::CBRMOp>(row, row.image(row.outputChannels(), halved(row.inputHeight()), halved(row.inputWidth())));
}

Value buildShuffleBlock(RowContext &row) { // [c_out, s]
  int64_t out = row.outputChannels(), stride = row.integer(1, "stride", 1, 2);
  if (out % 2)
    row.fail(fmt::format("{} output channels cannot be halved", out));
  if (stride == 1 && out != row.inputChannels())
    row.fail(fmt::format("makes {} channels of {}: with stride 1 they should be as many", out, row.inputChannels()));
  auto type = row.image(out, row.extent(row.inputHeight(), 2, 3, stride), row.extent(row.inputWidth(), 2, 3, stride));
  return make<yolo::ShuffleBlockOp>(row, type, number(row, stride));
}

} // namespace mnv3::import
