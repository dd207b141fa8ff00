// Layers: single convolutions, norms, pools, and what moves pixels.
#include "compiler/Conversion/Lowerings.h"

using namespace mlir;

namespace mnv3 {

using Window = NNBuilder::Window;

Window square(int64_t kernel, int64_t stride, int64_t groups) {
  return {{stride, stride}, {kernel / 2, kernel / 2}, 1, groups};
}

// Of an op that says all of it itself.
template <typename Op>
static Window windowOf(Op op) {
  return {llvm::to_vector<2>(op.getStrides()), llvm::to_vector<2>(op.getPads()), static_cast<int64_t>(op.getDilation()),
          static_cast<int64_t>(op.getGroups())};
}

Value lower(yolo::ConvOp op, Value x, NNBuilder &nn) { return nn.unit(x, "", windowOf(op), op.getAct()); }

Value lower(yolo::ConvBnHswishOp op, Value x, NNBuilder &nn) {
  return nn.activate(nn.conv(x, "conv", "bn", square(3, op.getStride())), nn::ActivationKind::HardSwish);
}

Value lower(yolo::Conv2dOp op, Value x, NNBuilder &nn) {
  return nn.convolve(x, nn.filter("weight"), op.getHasBias() ? nn.constant("bias") : Value(), windowOf(op));
}

Value lower(yolo::BatchNormOp, Value x, NNBuilder &nn) { return nn.batchNorm(x, ""); }

namespace {

// One axis of a transposed convolution as a convolution that makes, for each input pixel, the `stride` pixels around it
// (one a phase), which depth_to_space then puts beside each other.
//
// Input pixel i adds filter tap t to pixel i * stride - pad + t * dilation =: o. With o + pad = q * stride + phase, pixel o
// is the sum over j of input q - j times the tap at t * dilation = j * stride + phase, if there is such a tap.
struct TransposedAxis {
  int64_t stride, pad, dilation, kernel, inputExtent, resultExtent;

  int64_t taps() const { return (dilation * (kernel - 1)) / stride + 1; } // j = 0 .. taps - 1, backwards in the convolution
  int64_t padBefore() const { return taps() - 1; }
  int64_t padBehind() const { return std::max<int64_t>((resultExtent - 1 + pad) / stride + 1 - inputExtent, 0); }
  std::optional<int64_t> tap(int64_t phase, int64_t j) const {
    int64_t at = j * stride + phase;
    return at % dilation == 0 && at / dilation < kernel ? std::optional(at / dilation) : std::nullopt;
  }
};

} // namespace

Value lower(yolo::ConvTransposeOp op, Value x, NNBuilder &nn) {
  auto shape = cast<RankedTensorType>(op.getResult().getType()).getShape();
  int64_t inputs = nn::channels(x), outputs = shape[1], groups = op.getGroups(), dilation = op.getDilation();
  TransposedAxis rows{op.getStrides()[0], op.getPads()[0], dilation, op.getKernel()[0], nn::height(x), shape[2]};
  TransposedAxis columns{op.getStrides()[1], op.getPads()[1], dilation, op.getKernel()[1], nn::width(x), shape[3]};
  int64_t phases = rows.stride * columns.stride, outputsOfGroup = outputs / groups, inputsOfGroup = inputs / groups;
  bool depthwise = groups == inputs && groups == outputs;
  int64_t width = depthwise ? 1 : inputs; // a filter's input channels: others than its group's meet zeros
  std::vector<float> weights = nn.values("weight"); // input, output of its group, row, column
  std::vector<float> bias = op.getHasBias() ? nn.values("bias") : std::vector<float>(outputs);
  SmallVector<int64_t, 4> filterShape = {outputs, rows.taps(), columns.taps(), width};
  if (!nn::areWithin({phases, outputs, rows.taps(), columns.taps(), width}, nn::mostMade))
    return op.emitOpError("needs a filter that is too large"), Value();
  int64_t phaseSize = outputs * rows.taps() * columns.taps() * width;
  std::vector<float> filter(phases * phaseSize), biases;
  for (int64_t phase = 0; phase < phases; ++phase) {
    biases.insert(biases.end(), bias.begin(), bias.end());
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t j = 0; j < rows.taps(); ++j)
        for (int64_t k = 0; k < columns.taps(); ++k) {
          auto row = rows.tap(phase / columns.stride, j), column = columns.tap(phase % columns.stride, k);
          if (!row || !column)
            continue;
          int64_t group = o / outputsOfGroup;
          for (int64_t i = group * inputsOfGroup; i < (group + 1) * inputsOfGroup; ++i) {
            int64_t from = ((i * outputsOfGroup + o % outputsOfGroup) * op.getKernel()[0] + *row) * op.getKernel()[1] + *column;
            int64_t place = (o * rows.taps() + rows.taps() - 1 - j) * columns.taps() + columns.taps() - 1 - k;
            filter[phase * phaseSize + place * width + (depthwise ? 0 : i)] = weights[from];
          }
        }
  }
  Window window{{1, 1}, {rows.padBefore(), columns.padBefore()}, 1, depthwise ? groups : 1, {rows.padBehind(), columns.padBehind()}};
  Value made;
  if (depthwise) { // a convolution a phase, so that each stays one channel to one
    SmallVector<Value> parts;
    for (int64_t phase = 0; phase < phases; ++phase) {
      Value part = nn.constant("weight", filterShape, ArrayRef<float>(filter).slice(phase * phaseSize, phaseSize));
      parts.push_back(nn.convolve(x, part, nn.constant("weight", {outputs}, bias), window));
    }
    made = nn.concat(parts);
  } else {
    filterShape[0] *= phases;
    made = nn.convolve(x, nn.constant("weight", filterShape, filter), nn.constant("weight", {outputs * phases}, biases), window);
  }
  if (phases == 1 && made.getType() == nn.image(shape[2], shape[3], outputs) && !rows.pad && !columns.pad)
    return made;
  return nn::DepthToSpaceOp::create(nn.builder, nn.loc, nn.image(shape[2], shape[3], outputs), made,
                                    ArrayRef<int64_t>{rows.stride, columns.stride}, ArrayRef<int64_t>{rows.pad, columns.pad});
}

// A convolution of the 2x2 phases as channels is one of the picture itself: tap t of phase r is tap 2 t + r.
Value lower(yolo::FocusOp op, Value x, NNBuilder &nn) {
  int64_t kernel = op.getKernel(), channels = nn::channels(x), outputs = nn.shape("conv.conv.weight")[0];
  std::vector<float> stored = nn.values("conv.conv.weight"), filter(stored.size()); // O, phase * C + c, row, column
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t y = 0; y < 2 * kernel; ++y)
      for (int64_t x = 0; x < 2 * kernel; ++x)
        for (int64_t c = 0; c < channels; ++c) {
          int64_t phase = x % 2 * 2 + y % 2; // 00 10 01 11
          filter[((o * 2 * kernel + y) * 2 * kernel + x) * channels + c] =
              stored[((o * 4 * channels + phase * channels + c) * kernel + y / 2) * kernel + x / 2];
        }
  int64_t stride = 2 * op.getStride(), pad = 2 * op.getPad();
  Value weights = nn.constant("conv.conv.weight", {outputs, 2 * kernel, 2 * kernel, channels}, filter);
  return nn.activate(nn.batchNorm(nn.convolve(x, weights, Value(), {{stride, stride}, {pad, pad}}), "conv.bn."), op.getAct());
}

// The batch norm after the concat is one of each part.
Value lower(yolo::MixConvOp op, Value x, NNBuilder &nn) {
  SmallVector<Value> parts;
  int64_t first = 0;
  for (auto [i, kernel, share] : llvm::enumerate(op.getKernels(), op.getShares())) {
    Value filter = nn.filter("m." + std::to_string(i) + ".weight");
    int64_t groups = nn::channels(x) / nn::channels(filter);
    Value part = nn.convolve(x, filter, Value(), square(kernel, op.getStride(), groups));
    parts.push_back(nn.activate(nn.batchNorm(part, "bn.", first), nn::ActivationKind::Silu));
    first += share;
  }
  return nn.concat(parts);
}

Value lower(yolo::MaxPoolOp op, Value x, NNBuilder &nn) {
  auto shape = cast<RankedTensorType>(op.getResult().getType()).getShape();
  return nn::MaxPoolOp::create(nn.builder, nn.loc, nn.image(shape[2], shape[3], shape[1]), x, op.getKernel(), op.getStrides(), op.getPads());
}

// A depthwise convolution whose taps are all `tap`.
static Value uniform(Value result, Value x, ArrayRef<int64_t> kernel, float tap, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                     NNBuilder &nn) {
  auto shape = cast<RankedTensorType>(result.getType()).getShape();
  auto type = RankedTensorType::get({kernel[0], kernel[1], shape[1]}, nn.builder.getF32Type());
  Value filter = nn::ConstantOp::create(nn.builder, nn.loc, type, DenseElementsAttr::get(type, tap));
  return nn::DepthwiseConv2DOp::create(nn.builder, nn.loc, nn.image(shape[2], shape[3], shape[1]), x, filter, Value(), strides, pads, nullptr);
}

Value lower(yolo::AvgPoolOp op, Value x, NNBuilder &nn) {
  ArrayRef<int64_t> kernel = op.getKernel(), pads = op.getPads();
  return uniform(op.getResult(), x, kernel, 1.0f / static_cast<float>(kernel[0] * kernel[1]), op.getStrides(),
                 {pads[0], pads[0], pads[1], pads[1]}, nn);
}

// Zeros around an image are what a convolution by 1 with pads makes.
Value lower(yolo::ZeroPadOp op, Value x, NNBuilder &nn) {
  ArrayRef<int64_t> pads = op.getPads(); // left, right, top, bottom
  return uniform(op.getResult(), x, {1, 1}, 1.0f, {1, 1}, {pads[2], pads[3], pads[0], pads[1]}, nn);
}

Value lower(yolo::UpsampleOp op, Value x, NNBuilder &nn) {
  int64_t factor = op.getFactor();
  return nn::UpsampleOp::create(nn.builder, nn.loc, nn.image(factor * nn::height(x), factor * nn::width(x), nn::channels(x)), x, factor,
                                /*view=*/false);
}

Value lower(yolo::ActivationOp op, Value x, NNBuilder &nn) { return nn.activate(x, op.getAct()); }

Value lower(yolo::ContractOp op, Value x, NNBuilder &nn) {
  int64_t gain = op.getGain();
  Type type = nn.image(nn::height(x) / gain, nn::width(x) / gain, nn::channels(x) * gain * gain);
  return nn::SpaceToDepthOp::create(nn.builder, nn.loc, type, x, gain);
}

Value lower(yolo::ExpandOp op, Value x, NNBuilder &nn) {
  int64_t gain = op.getGain();
  Type type = nn.image(nn::height(x) * gain, nn::width(x) * gain, nn::channels(x) / (gain * gain));
  return nn::DepthToSpaceOp::create(nn.builder, nn.loc, type, x, ArrayRef<int64_t>{gain, gain}, ArrayRef<int64_t>{0, 0});
}

} // namespace mnv3
