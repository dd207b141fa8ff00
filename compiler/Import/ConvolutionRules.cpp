// Single convolutions, batch norm, and what is one convolution in the end.
#include "compiler/Import/ModuleRules.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

using namespace mlir;

namespace mnv3::import {

void checkGroups(RowContext &row, int64_t groups, int64_t in, int64_t out) {
  if (in % groups || out % groups)
    row.fail(fmt::format("{} groups do not divide {} input and {} output channels", groups, in, out));
}

// Conv with kernel and stride as its second and third argument; `padding` is the position of that argument, 0 if there is none.
static Value convolution(RowContext &row, size_t padding, int64_t groups, int64_t dilation, Attribute activation) {
  int64_t out = row.outputChannels();
  auto kernel = row.pair(1, "kernel", 1, 64, 1), strides = row.pair(2, "stride", 1, 64, 1);
  SmallVector<int64_t, 2> pads = {(dilation * (kernel[0] - 1) + 1) / 2, (dilation * (kernel[1] - 1) + 1) / 2};
  if (padding && row.has(padding))
    pads = row.pair(padding, "padding", 0, 64, 0);
  checkGroups(row, groups, row.inputChannels(), out);
  auto type = row.image(out, row.extent(row.inputHeight(), 2 * pads[0], kernel[0], strides[0], dilation),
                        row.extent(row.inputWidth(), 2 * pads[1], kernel[1], strides[1], dilation));
  return make<yolo::ConvOp>(row, type, list(row, kernel), list(row, strides), list(row, pads), number(row, groups),
                              number(row, dilation), act(activation));
}

Value buildConv(RowContext &row) { // [c_out, k, s, p, g, d, act]
  int64_t groups = row.integer(4, "groups", 1, 65536, 1), dilation = row.integer(5, "dilation", 1, 64, 1);
  return convolution(row, 3, groups, dilation, row.activation(6));
}

Value buildConvBnHswish(RowContext &row) { // [c_out, s]
  int64_t stride = row.integer(1, "stride", 1, 64);
  auto type = row.image(row.outputChannels(), row.extent(row.inputHeight(), 2, 3, stride), row.extent(row.inputWidth(), 2, 3, stride));
  return make<yolo::ConvBnHswishOp>(row, type, number(row, stride));
}

Value buildDWConv(RowContext &row) { // [c_out, k, s, d, act]; as many groups as divide both widths
  int64_t groups = std::gcd(row.inputChannels(), row.outputChannels());
  return convolution(row, 0, groups, row.integer(3, "dilation", 1, 64, 1), row.activation(4));
}

Value buildConv2d(RowContext &row) { // [c_in, c_out, k, s, p, d, g, bias], nothing scaled
  int64_t in = row.integer(0, "input channels", 1, 65536), out = row.integer(1, "output channels", 1, 65536);
  int64_t dilation = row.integer(5, "dilation", 1, 64, 1), groups = row.integer(6, "groups", 1, 65536, 1);
  auto kernel = row.pair(2, "kernel", 1, 64, 1), strides = row.pair(3, "stride", 1, 64, 1), pads = row.pair(4, "padding", 0, 64, 0);
  if (in != row.inputChannels())
    row.fail(fmt::format("is made for {} channels, its input has {}", in, row.inputChannels()));
  if (out != in)
    row.fail(fmt::format("makes {} channels of {}: YOLOv5 counts on nn.Conv2d to keep them, and builds later rows for {}", out, in, in));
  checkGroups(row, groups, in, out);
  auto type = row.image(out, row.extent(row.inputHeight(), 2 * pads[0], kernel[0], strides[0], dilation),
                        row.extent(row.inputWidth(), 2 * pads[1], kernel[1], strides[1], dilation));
  return make<yolo::Conv2dOp>(row, type, list(row, kernel), list(row, strides), list(row, pads), number(row, dilation),
                              number(row, groups), truth(row, row.truth(7, "bias", true)));
}

// What the two transposed convolutions have in common: each input pixel reaches `kernel` pixels, `stride` apart.
static Value transposed(RowContext &row, int64_t groups, bool bias, int64_t dilation) {
  int64_t out = row.outputChannels();
  auto kernel = row.pair(1, "kernel", 1, 64, 1), strides = row.pair(2, "stride", 1, 64, 1), pads = row.pair(3, "padding", 0, 64, 0),
       more = row.pair(4, "output padding", 0, 63, 0);
  checkGroups(row, groups, row.inputChannels(), out);
  SmallVector<int64_t, 2> extents = {row.inputHeight(), row.inputWidth()};
  for (int axis : {0, 1}) {
    if (more[axis] >= std::max(strides[axis], dilation))
      row.fail(fmt::format("output padding {} is not below stride {} or dilation {}", more[axis], strides[axis], dilation));
    extents[axis] = (extents[axis] - 1) * strides[axis] - 2 * pads[axis] + dilation * (kernel[axis] - 1) + more[axis] + 1;
    if (extents[axis] < 1)
      row.fail(fmt::format("padding {} leaves nothing of {} pixels", pads[axis], extents[axis] + 2 * pads[axis]));
  }
  return make<yolo::ConvTransposeOp>(row, row.image(out, extents[0], extents[1]), list(row, kernel), list(row, strides), list(row, pads),
                                     number(row, groups), number(row, dilation), truth(row, bias));
}

Value buildConvTranspose2d(RowContext &row) { // [c_out, k, s, p, output padding, g, bias, d]
  int64_t groups = row.integer(5, "groups", 1, 65536, 1);
  bool bias = row.truth(6, "bias", true);
  return transposed(row, groups, bias, row.integer(7, "dilation", 1, 64, 1));
}

Value buildDWConvTranspose2d(RowContext &row) { // [c_out, k, s, p, output padding]
  return transposed(row, std::gcd(row.inputChannels(), row.outputChannels()), true, 1);
}

Value buildBatchNorm2d(RowContext &row) { // any arguments: YOLOv5 replaces them
  return make<yolo::BatchNormOp>(row, row.image(row.inputChannels(), row.inputHeight(), row.inputWidth()));
}

Value buildFocus(RowContext &row) { // [c_out, k, s, p, g, act]
  int64_t kernel = row.integer(1, "kernel", 1, 32, 1), stride = row.integer(2, "stride", 1, 32, 1);
  int64_t pad = row.has(3) ? row.integer(3, "padding", 0, 32) : kernel / 2;
  if (row.integer(4, "groups", 1, 65536, 1) != 1)
    row.fail("has groups, which is not supported");
  if (row.inputHeight() % 2 || row.inputWidth() % 2)
    row.fail(fmt::format("halves {} x {} pixels: both should be even", row.inputHeight(), row.inputWidth()));
  auto type = row.image(row.outputChannels(), row.extent(row.inputHeight() / 2, 2 * pad, kernel, stride),
                        row.extent(row.inputWidth() / 2, 2 * pad, kernel, stride));
  return make<yolo::FocusOp>(row, type, number(row, kernel), number(row, stride), number(row, pad), act(row.activation(5)));
}

// How many of `out` channels each kernel makes: equally many (channel j is kernel floor(j (n - 1e-6) / (out - 1))'s, in
// float as YOLOv5 computes it), or such that each kernel has equally many weights.
static SmallVector<int64_t> shares(ArrayRef<int64_t> kernels, int64_t out, bool equal) {
  SmallVector<int64_t> result(kernels.size(), 0);
  double last = static_cast<double>(kernels.size()) - 1e-6, total = 0;
  for (int64_t j = 0; equal && j < out; ++j)
    ++result[static_cast<int64_t>(static_cast<float>(out > 1 ? last / static_cast<double>(out - 1) * static_cast<double>(j) : 0.0))];
  for (int64_t kernel : kernels)
    total += 1.0 / static_cast<double>(kernel * kernel);
  for (size_t i = 0; !equal && i < kernels.size(); ++i)
    result[i] = std::llrint(static_cast<double>(out) / static_cast<double>(kernels[i] * kernels[i]) / total);
  return result;
}

Value buildMixConv2d(RowContext &row) { // [c_out, [k ...], s, equal_ch]
  int64_t out = row.outputChannels(), stride = row.integer(2, "stride", 1, 64, 1);
  SmallVector<int64_t> kernels = oddKernels(row, 1, {1, 3});
  SmallVector<int64_t> parts = shares(kernels, out, row.truth(3, "equal channels", true));
  if (llvm::is_contained(parts, 0) || std::accumulate(parts.begin(), parts.end(), int64_t(0)) != out)
    row.fail(fmt::format("{} channels do not divide among {} kernels", out, kernels.size()));
  auto type = row.image(out, row.extent(row.inputHeight(), 0, 1, stride), row.extent(row.inputWidth(), 0, 1, stride));
  return make<yolo::MixConvOp>(row, type, list(row, kernels), list(row, parts), number(row, stride));
}

} // namespace mnv3::import
