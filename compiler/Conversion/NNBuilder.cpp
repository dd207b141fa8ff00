#include "compiler/Conversion/NNBuilder.h"

#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace mnv3 {

ElementsAttr NNBuilder::weight(const std::string &key) const { return cast<ElementsAttr>(weights.get(key)); }

Value NNBuilder::constant(const std::string &key) {
  ElementsAttr value = weight(key);
  return nn::ConstantOp::create(builder, loc, value.getShapedType(), value);
}

std::vector<float> NNBuilder::values(const std::string &key) const {
  SmallVector<float> storage;
  ArrayRef<float> values = *nn::valuesOf(weight(key), storage); // there are: the pass has looked
  return values.vec();
}

Value NNBuilder::constant(const std::string &key, ArrayRef<int64_t> shape, ArrayRef<float> values) {
  auto resource = dyn_cast<DenseResourceElementsAttr>(weight(key));
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return nn::ConstantOp::create(builder, loc, type, nn::weightsAttr(type, values, resource ? resource.getRawHandle().getKey().str() : key));
}

Value NNBuilder::filter(const std::string &key) {
  std::vector<float> stored = values(key), moved(stored.size());
  ArrayRef<int64_t> extents = shape(key); // O I H W
  int64_t outputs = extents[0], inputs = extents[1], taps = extents[2] * extents[3];
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t i = 0; i < inputs; ++i)
      for (int64_t tap = 0; tap < taps; ++tap)
        moved[(o * taps + tap) * inputs + i] = stored[(o * inputs + i) * taps + tap];
  return constant(key, {outputs, extents[2], extents[3], inputs}, moved);
}

Value NNBuilder::convolve(Value input, Value filter, Value bias, const Window &window) {
  auto shape = cast<RankedTensorType>(filter.getType()).getShape();
  ArrayRef<int64_t> before = window.pads, behind = window.padsBehind.empty() ? window.pads : window.padsBehind;
  auto extent = [&](int64_t in, int axis) {
    return (in + before[axis] + behind[axis] - window.dilation * (shape[axis + 1] - 1) - 1) / window.strides[axis] + 1;
  };
  auto type = image(extent(nn::height(input), 0), extent(nn::width(input), 1), shape[0]);
  SmallVector<int64_t> pads = {before[0], behind[0], before[1], behind[1]};
  return nn::Conv2DOp::create(builder, loc, type, input, filter, bias, Value(), Value(), Value(), window.strides, pads,
                              window.dilation, window.groups, nullptr, nullptr);
}

Value NNBuilder::batchNorm(Value input, const std::string &norm, int64_t first) {
  int64_t count = nn::channels(input);
  auto part = [&](const char *name) {
    std::string key = norm + name;
    return count == shape(key)[0] ? constant(key) : constant(key, {count}, ArrayRef<float>(values(key)).slice(first, count));
  };
  return nn::BatchNormOp::create(builder, loc, input.getType(), input, part("weight"), part("bias"), part("running_mean"),
                                 part("running_var"), builder.getF64FloatAttr(epsilon));
}

Value NNBuilder::conv(Value input, const std::string &conv, const std::string &norm, const Window &window) {
  return batchNorm(convolve(input, filter(conv + ".weight"), Value(), window), norm + ".");
}

Value NNBuilder::pointwise(Value input, const std::string &weights, const std::string &bias, int64_t first, int64_t outputs) {
  int64_t inputs = nn::channels(input);
  Value filter = constant(weights, {outputs, 1, 1, inputs}, ArrayRef<float>(values(weights)).slice(first * inputs, outputs * inputs));
  Value offset = bias.empty() ? Value() : constant(bias, {outputs}, ArrayRef<float>(values(bias)).slice(first, outputs));
  return convolve(input, filter, offset, {});
}

Value NNBuilder::unit(Value input, const std::string &name, const Window &window, std::optional<nn::ActivationAttr> act) {
  std::string prefix = name.empty() ? "" : name + ".";
  return activate(conv(input, prefix + "conv", prefix + "bn", window), act);
}

Value NNBuilder::activate(Value input, std::optional<nn::ActivationAttr> act) {
  if (!act)
    return input;
  if (act->getKind() == nn::ActivationKind::LeakyRelu)
    return nn::LeakyReluOp::create(builder, loc, input.getType(), input, builder.getF32FloatAttr(act->getSlope().convertToFloat()));
  return activate(input, act->getKind());
}

Value NNBuilder::activate(Value input, nn::ActivationKind kind) {
  Type type = input.getType();
  switch (kind) {
  case nn::ActivationKind::None:
    return input;
  case nn::ActivationKind::Relu:
    return nn::ReluOp::create(builder, loc, type, input);
  case nn::ActivationKind::Relu6:
    return nn::Relu6Op::create(builder, loc, type, input);
  case nn::ActivationKind::HardSigmoid:
    return nn::HardSigmoidOp::create(builder, loc, type, input);
  case nn::ActivationKind::HardSwish:
    return nn::HardSwishOp::create(builder, loc, type, input);
  case nn::ActivationKind::Silu:
    return nn::SiluOp::create(builder, loc, type, input);
  case nn::ActivationKind::LeakyRelu:
    break; // has a slope: see above
  }
  llvm_unreachable("an activation without its slope");
}

Value NNBuilder::linear(Value input, const std::string &key, bool bias) {
  Value weights = constant(key + ".weight");
  auto type = image(1, 1, cast<RankedTensorType>(weights.getType()).getDimSize(0));
  return nn::FullyConnectedOp::create(builder, loc, type, input, weights, bias ? constant(key + ".bias") : Value(), nullptr);
}

Value NNBuilder::squeezeExcite(Value input, const std::string &fc, bool bias) {
  Value mean = nn::GlobalAvgPoolOp::create(builder, loc, image(1, 1, nn::channels(input)), input);
  Value squeezed = activate(linear(mean, fc + ".0", bias), nn::ActivationKind::Relu);
  Value gate = activate(linear(squeezed, fc + ".2", bias), nn::ActivationKind::HardSigmoid);
  return nn::MulOp::create(builder, loc, input.getType(), input, gate);
}

Value NNBuilder::maxPool(Value input, int64_t window, int64_t stride, int64_t pad, bool ceil) {
  auto extent = [&](int64_t in) { return (in + 2 * pad - window + (ceil ? stride - 1 : 0)) / stride + 1; };
  auto type = image(extent(nn::height(input)), extent(nn::width(input)), nn::channels(input));
  SmallVector<int64_t> windows = {window, window}, strides = {stride, stride}, pads = {pad, pad, pad, pad};
  return nn::MaxPoolOp::create(builder, loc, type, input, windows, strides, pads);
}

Value NNBuilder::add(Value lhs, Value rhs) { return nn::AddOp::create(builder, loc, lhs.getType(), lhs, rhs); }

Value NNBuilder::concat(ValueRange inputs) {
  int64_t channels = 0;
  for (Value input : inputs)
    channels += nn::channels(input);
  return nn::ConcatOp::create(builder, loc, image(nn::height(inputs[0]), nn::width(inputs[0]), channels), inputs, /*view=*/false);
}

Value NNBuilder::slice(Value input, int64_t first, int64_t count) {
  return nn::SliceOp::create(builder, loc, image(nn::height(input), nn::width(input), count), input, first, /*view=*/false);
}

Value NNBuilder::detect(Value input, const std::string &key, double stride, ArrayRef<float> anchors, int64_t fields) {
  auto type = RankedTensorType::get({static_cast<int64_t>(anchors.size()) / 2, nn::height(input), nn::width(input), fields},
                                    builder.getF32Type());
  Value weights = filter(key + ".weight");
  return nn::DetectOp::create(builder, loc, type, input, weights, constant(key + ".bias"),
                              builder.getF32FloatAttr(static_cast<float>(stride)), builder.getDenseF32ArrayAttr(anchors));
}

} // namespace mnv3
