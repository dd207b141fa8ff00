// Blocks of a few convolutions.
#include "compiler/Conversion/Lowerings.h"

using namespace mlir;

namespace mnv3 {

using Window = NNBuilder::Window;

// Children of `conv`: 0 expand, 1 norm, 2 activation, unless the input is as wide as hidden; then depthwise, norm, gate and
// activation in one order or the other, project, norm. In the paper's order for wide inputs the gate sees the activation's
// result; in YOLOv5's forks, with expansion, the linear one.
Value lower(yolo::MobileNetV3Op op, Value x, NNBuilder &nn) {
  auto act = op.getHardSwish() ? nn::ActivationKind::HardSwish : nn::ActivationKind::Relu;
  int64_t hidden = op.getHidden(), pad = (static_cast<int64_t>(op.getKernel()) - 1) / 2, stride = op.getStride(), child = -1;
  auto next = [&] { return "conv." + std::to_string(++child); };
  Value y = x;
  if (nn::channels(x) != hidden) {
    std::string conv = next(), norm = next();
    y = nn.activate(nn.conv(y, conv, norm, {}), act);
    next();
  }
  std::string conv = next(), norm = next(), first = next(), second = next();
  y = nn.conv(y, conv, norm, {{stride, stride}, {pad, pad}, 1, hidden});
  if (!op.getGateFirst())
    y = nn.activate(y, act);
  if (op.getSqueezeExcite())
    y = nn.squeezeExcite(y, (op.getGateFirst() ? first : second) + ".fc", op.getGateBias());
  if (op.getGateFirst())
    y = nn.activate(y, act);
  conv = next(), norm = next();
  y = nn.conv(y, conv, norm, {});
  return stride == 1 && y.getType() == x.getType() ? nn.add(x, y) : y;
}

Value lower(yolo::SELayerOp op, Value x, NNBuilder &nn) { return nn.squeezeExcite(x, "fc", op.getGateBias()); }

Value lower(yolo::StemBlockOp op, Value x, NNBuilder &nn) {
  int64_t stride = op.getStride(), pad = op.getPad();
  Window first{{stride, stride}, {pad, pad}, 1, static_cast<int64_t>(op.getGroups())};
  Value a = nn.unit(x, "stem_1", first, op.getStemAct());
  Value b = nn.unit(nn.unit(a, "stem_2a", {}, op.getAct()), "stem_2b", square(3, 2), op.getAct());
  return nn.unit(nn.concat({b, nn.maxPool(a, 2, 2, 0, /*ceil=*/true)}), "stem_3", {}, op.getAct());
}

Value bottleneck(Value x, const std::string &name, bool shortcut, int64_t groups, Act act, NNBuilder &nn) {
  Value y = nn.unit(nn.unit(x, name + "cv1", {}, act), name + "cv2", square(3, 1, groups), act);
  return shortcut && y.getType() == x.getType() ? nn.add(x, y) : y;
}

Value lower(yolo::BottleneckOp op, Value x, NNBuilder &nn) {
  return bottleneck(x, "", op.getShortcut(), op.getGroups(), op.getAct(), nn);
}

Value crossConv(Value x, const std::string &name, int64_t kernel, int64_t stride, bool shortcut, int64_t groups, Act act, NNBuilder &nn) {
  Window across{{1, stride}, {0, kernel / 2}}, down{{stride, 1}, {kernel / 2, 0}, 1, groups};
  Value y = nn.unit(nn.unit(x, name + "cv1", across, act), name + "cv2", down, act);
  return shortcut && nn::channels(y) == nn::channels(x) ? nn.add(x, y) : y;
}

Value lower(yolo::CrossConvOp op, Value x, NNBuilder &nn) {
  return crossConv(x, "", op.getKernel(), op.getStride(), op.getShortcut(), op.getGroups(), op.getAct(), nn);
}

static Value ghostConv(Value x, const std::string &name, int64_t kernel, int64_t stride, int64_t groups, Act act, NNBuilder &nn) {
  Value half = nn.unit(x, name + "cv1", square(kernel, stride, groups), act);
  return nn.concat({half, nn.unit(half, name + "cv2", square(5, 1, nn::channels(half)), act)});
}

Value lower(yolo::GhostConvOp op, Value x, NNBuilder &nn) {
  return ghostConv(x, "", op.getKernel(), op.getStride(), op.getGroups(), op.getAct(), nn);
}

Value ghostBottleneck(Value x, const std::string &name, int64_t kernel, int64_t stride, Act act, NNBuilder &nn) {
  Value y = ghostConv(x, name + "conv.0.", 1, 1, 1, act, nn), side = x;
  if (stride == 2) {
    y = nn.unit(y, name + "conv.1", square(kernel, stride, nn::channels(y)), std::nullopt);
    side = nn.unit(x, name + "shortcut.0", square(kernel, stride, nn::channels(x)), std::nullopt);
    side = nn.unit(side, name + "shortcut.1", {}, std::nullopt);
  }
  return nn.add(ghostConv(y, name + "conv.2.", 1, 1, 1, std::nullopt, nn), side);
}

Value lower(yolo::GhostBottleneckOp op, Value x, NNBuilder &nn) {
  return ghostBottleneck(x, "", op.getKernel(), op.getStride(), op.getAct(), nn);
}

// A maximum over a window is one over windows in it: a pool of 9 is a pool of 5 of a pool of 5.
Value spp(Value x, const std::string &name, ArrayRef<int64_t> kernels, Act act, NNBuilder &nn) {
  Value in = nn.unit(x, name + "cv1", {}, act), last = in;
  SmallVector<Value> parts = {in};
  int64_t reached = 1;
  for (int64_t kernel : kernels) {
    if (kernel < reached) {
      last = in;
      reached = 1;
    }
    if (int64_t step = kernel - reached + 1; step > 1)
      last = nn.maxPool(last, step, 1, step / 2, /*ceil=*/false);
    reached = kernel;
    parts.push_back(last);
  }
  return nn.unit(nn.concat(parts), name + "cv2", {}, act);
}

Value lower(yolo::SPPOp op, Value x, NNBuilder &nn) { return spp(x, "", op.getKernels(), op.getAct(), nn); }

Value lower(yolo::SPPFOp op, Value x, NNBuilder &nn) { // the same pool three times
  int64_t more = op.getKernel() - 1;
  return spp(x, "", {more + 1, 2 * more + 1, 3 * more + 1}, op.getAct(), nn);
}

Value lower(yolo::CBRMOp, Value x, NNBuilder &nn) {
  Value y = nn.activate(nn.conv(x, "conv.0", "conv.1", square(3, 2)), nn::ActivationKind::Relu);
  return nn.maxPool(y, 3, 2, 1, /*ceil=*/false);
}

Value lower(yolo::ShuffleBlockOp op, Value x, NNBuilder &nn) {
  int64_t stride = op.getStride(), half = nn::channels(x) / 2;
  auto relu = nn::ActivationKind::Relu;
  Value a, b;
  if (stride == 2) {
    b = x;
    a = nn.conv(x, "branch1.0", "branch1.1", square(3, 2, nn::channels(x)));
    a = nn.activate(nn.conv(a, "branch1.2", "branch1.3", {}), relu);
  } else {
    a = nn.slice(x, 0, half);
    b = nn.slice(x, half, half);
  }
  b = nn.activate(nn.conv(b, "branch2.0", "branch2.1", {}), relu);
  b = nn.conv(b, "branch2.3", "branch2.4", square(3, stride, nn::channels(b)));
  b = nn.activate(nn.conv(b, "branch2.5", "branch2.6", {}), relu);
  Type type = nn.image(nn::height(b), nn::width(b), 2 * nn::channels(b));
  return nn::InterleaveOp::create(nn.builder, nn.loc, type, ValueRange{a, b});
}

} // namespace mnv3
