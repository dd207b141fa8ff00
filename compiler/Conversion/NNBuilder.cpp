#include "compiler/Conversion/YoloToNN.h"

#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace mnv3 {

ElementsAttr NNBuilder::weight(const std::string &key) const { return cast<ElementsAttr>(weights.get(key)); }

Value NNBuilder::constant(const std::string &key) {
  ElementsAttr value = weight(key);
  return nn::ConstantOp::create(builder, loc, value.getShapedType(), value);
}

Value NNBuilder::filter(const std::string &key) {
  Value stored = constant(key);
  SmallVector<float> storage;
  ArrayRef<float> values = *nn::constantValues(stored, storage);
  auto shape = cast<RankedTensorType>(stored.getType()).getShape(); // O I H W
  int64_t outputs = shape[0], inputs = shape[1], taps = shape[2] * shape[3];
  std::vector<float> moved(values.size());
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t i = 0; i < inputs; ++i)
      for (int64_t tap = 0; tap < taps; ++tap)
        moved[(o * taps + tap) * inputs + i] = values[(o * inputs + i) * taps + tap];
  auto type = RankedTensorType::get({outputs, shape[2], shape[3], inputs}, builder.getF32Type());
  auto resource = dyn_cast<DenseResourceElementsAttr>(weight(key));
  std::string name = resource ? resource.getRawHandle().getKey().str() : key;
  stored.getDefiningOp()->erase();
  return nn::ConstantOp::create(builder, loc, type, nn::weightsAttr(type, moved, name));
}

Value NNBuilder::conv(Value input, const std::string &conv, const std::string &norm, const Window &window) {
  Value weights = filter(conv + ".weight");
  auto shape = cast<RankedTensorType>(weights.getType()).getShape();
  auto extent = [&](int64_t in, int axis) {
    return (in + 2 * window.pads[axis] - window.dilation * (shape[axis + 1] - 1) - 1) / window.strides[axis] + 1;
  };
  auto type = image(extent(nn::height(input), 0), extent(nn::width(input), 1), shape[0]);
  SmallVector<int64_t> pads = {window.pads[0], window.pads[0], window.pads[1], window.pads[1]};
  Value result = nn::Conv2DOp::create(builder, loc, type, input, weights, Value(), Value(), Value(), Value(), window.strides, pads,
                                      window.dilation, window.groups, nullptr, nullptr);
  return nn::BatchNormOp::create(builder, loc, type, result, constant(norm + ".weight"), constant(norm + ".bias"),
                                 constant(norm + ".running_mean"), constant(norm + ".running_var"),
                                 builder.getF64FloatAttr(epsilon));
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

Value NNBuilder::linear(Value input, const std::string &key) {
  Value weights = constant(key + ".weight");
  auto type = image(1, 1, cast<RankedTensorType>(weights.getType()).getDimSize(0));
  return nn::FullyConnectedOp::create(builder, loc, type, input, weights, constant(key + ".bias"), nullptr);
}

Value NNBuilder::squeezeExcite(Value input, const std::string &fc) {
  Value mean = nn::GlobalAvgPoolOp::create(builder, loc, image(1, 1, nn::channels(input)), input);
  Value squeezed = activate(linear(mean, fc + ".0"), nn::ActivationKind::Relu);
  Value gate = activate(linear(squeezed, fc + ".2"), nn::ActivationKind::HardSigmoid);
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

Value NNBuilder::detect(Value input, const std::string &key, double stride, ArrayRef<float> anchors, int64_t fields) {
  auto type = RankedTensorType::get({static_cast<int64_t>(anchors.size()) / 2, nn::height(input), nn::width(input), fields},
                                    builder.getF32Type());
  Value weights = filter(key + ".weight");
  return nn::DetectOp::create(builder, loc, type, input, weights, constant(key + ".bias"),
                              builder.getF32FloatAttr(static_cast<float>(stride)), builder.getDenseF32ArrayAttr(anchors));
}

} // namespace mnv3
