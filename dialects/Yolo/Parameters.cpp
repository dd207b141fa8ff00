// The keys of a state_dict below each module's prefix, their shapes, and the settings of the convolutions among them.
#include "dialects/Yolo/Yolo.h"

#include <numeric>

using namespace mlir;
using namespace mnv3;
using namespace mnv3::yolo;

namespace {

using Parameters = SmallVector<Parameter>;
using Act = std::optional<nn::ActivationAttr>;

int64_t channelsOf(Value image) { return cast<RankedTensorType>(image.getType()).getDimSize(1); }

// IR from outside may say anything; the verifier, which asks for these shapes, must live through it.
int64_t perGroup(int64_t channels, int64_t groups) { return groups > 0 ? channels / groups : 0; }
std::array<int64_t, 2> pairOf(ArrayRef<int64_t> values) {
  return {!values.empty() ? values[0] : -1, values.size() > 1 ? values[1] : -1};
}

void addBatchNorm(Parameters &all, const std::string &key, int64_t channels) {
  for (const char *name : {"weight", "bias", "running_mean", "running_var"})
    all.push_back({key + "." + name, {channels}});
}

// A convolution without bias, and its batch norm. Padding keeps the extents, but for strides.
void addConv(Parameters &all, const std::string &conv, const std::string &norm, int64_t in, int64_t out,
             std::array<int64_t, 2> kernel, ConvSettings settings) {
  all.push_back({conv + ".weight", {out, perGroup(in, settings.groups), kernel[0], kernel[1]}, settings});
  addBatchNorm(all, norm, out);
}

ConvSettings square(int64_t kernel, int64_t stride = 1, int64_t groups = 1) {
  return {.strides = {stride, stride}, .pads = {kernel / 2, kernel / 2}, .groups = groups};
}

// Of an op that says all of them itself.
template <typename Op>
ConvSettings settingsOf(Op op) {
  return {.strides = pairOf(op.getStrides()), .pads = pairOf(op.getPads()), .dilation = static_cast<int64_t>(op.getDilation()),
          .groups = static_cast<int64_t>(op.getGroups())};
}

// A child named `name` with children conv, bn and act.
void addUnit(Parameters &all, const std::string &name, int64_t in, int64_t out, std::array<int64_t, 2> kernel, ConvSettings settings,
             Act act) {
  settings.actKey = name + "act";
  settings.act = act.value_or(nullptr);
  addConv(all, name + "conv", name + "bn", in, out, kernel, settings);
}
void addUnit(Parameters &all, const std::string &name, int64_t in, int64_t out, Act act) {
  addUnit(all, name, in, out, {1, 1}, {}, act);
}

void addLinear(Parameters &all, const std::string &key, int64_t in, int64_t out, bool bias = true) {
  all.push_back({key + ".weight", {out, in}});
  if (bias)
    all.push_back({key + ".bias", {out}});
}

void addSqueezeExcite(Parameters &all, const std::string &fc, int64_t channels, int64_t squeezed, bool bias) {
  addLinear(all, fc + ".0", channels, squeezed, bias);
  addLinear(all, fc + ".2", squeezed, channels, bias);
}

// Bottleneck and CrossConv: two Convs, the first strided across, the second down and grouped; the input added or not.
void addPair(Parameters &all, const std::string &name, int64_t in, int64_t hidden, int64_t out, std::array<int64_t, 2> first,
             std::array<int64_t, 2> second, int64_t stride, int64_t groups, bool shortcut, Act act) {
  addUnit(all, name + "cv1.", in, hidden, first, {.strides = {1, stride}, .pads = {first[0] / 2, first[1] / 2}}, act);
  addUnit(all, name + "cv2.", hidden, out, second,
          {.strides = {stride, 1}, .pads = {second[0] / 2, second[1] / 2}, .groups = groups, .addsKey = name + "add",
           .adds = shortcut && in == out},
          act);
}

void addBottleneck(Parameters &all, const std::string &name, int64_t in, int64_t hidden, int64_t out, int64_t groups, bool shortcut,
                   Act act) {
  addPair(all, name, in, hidden, out, {1, 1}, {3, 3}, 1, groups, shortcut, act);
}

void addGhost(Parameters &all, const std::string &name, int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t groups, Act act) {
  addUnit(all, name + "cv1.", in, out / 2, {kernel, kernel}, square(kernel, stride, groups), act);
  addUnit(all, name + "cv2.", out / 2, out / 2, {5, 5}, square(5, 1, out / 2), act);
}

void addGhostBottleneck(Parameters &all, const std::string &name, int64_t in, int64_t out, int64_t kernel, int64_t stride, Act act) {
  addGhost(all, name + "conv.0.", in, out / 2, 1, 1, 1, act);
  if (stride == 2)
    addUnit(all, name + "conv.1.", out / 2, out / 2, {kernel, kernel}, square(kernel, 2, out / 2), std::nullopt);
  addGhost(all, name + "conv.2.", out / 2, out, 1, 1, 1, std::nullopt);
  if (stride == 2) {
    addUnit(all, name + "shortcut.0.", in, in, {kernel, kernel}, square(kernel, 2, in), std::nullopt);
    addUnit(all, name + "shortcut.1.", in, out, std::nullopt);
  }
}

void addPyramid(Parameters &all, const std::string &name, int64_t in, int64_t out, int64_t pools, Act act) {
  addUnit(all, name + "cv1.", in, in / 2, act);
  addUnit(all, name + "cv2.", in / 2 * (pools + 1), out, act);
}

// What the C3 family has around its inner modules.
void addC3(Parameters &all, int64_t in, int64_t hidden, int64_t out, Act act) {
  addUnit(all, "cv1.", in, hidden, act);
  addUnit(all, "cv2.", in, hidden, act);
  addUnit(all, "cv3.", 2 * hidden, out, act);
}

std::string inner(int64_t i) { return "m." + std::to_string(i) + "."; }

} // namespace

Parameters ConvOp::getParameters() {
  Parameters all;
  addUnit(all, "", channelsOf(getInput()), channelsOf(getResult()), pairOf(getKernel()), settingsOf(*this), getAct());
  return all;
}

Parameters ConvBnHswishOp::getParameters() {
  Parameters all;
  addConv(all, "conv", "bn", channelsOf(getInput()), channelsOf(getResult()), {3, 3}, square(3, getStride()));
  return all;
}

Parameters MobileNetV3Op::getParameters() {
  Parameters all;
  int64_t in = channelsOf(getInput()), out = channelsOf(getResult()), hidden = getHidden(), kernel = getKernel(), stride = getStride(),
          pad = (kernel - 1) / 2, child = -1;
  auto next = [&] { return "conv." + std::to_string(++child); };
  auto act = nn::ActivationAttr::get(getContext(), getHardSwish() ? nn::ActivationKind::HardSwish : nn::ActivationKind::Relu);
  if (in != hidden) { // 0 expand, 1 norm, 2 activation; without expansion the numbers begin with the depthwise convolution
    std::string conv = next(), norm = next();
    addConv(all, conv, norm, in, hidden, {1, 1}, {.actKey = next(), .act = act});
  }
  std::string conv = next(), norm = next(), gate = next(), behind = next();
  if (!getGateFirst())
    std::swap(gate, behind);
  addConv(all, conv, norm, hidden, hidden, {kernel, kernel},
          {.strides = {stride, stride}, .pads = {pad, pad}, .groups = hidden, .actKey = behind, .act = act});
  if (getSqueezeExcite())
    addSqueezeExcite(all, gate + ".fc", hidden, getSqueezed(), getGateBias());
  conv = next(), norm = next();
  addConv(all, conv, norm, hidden, out, {1, 1}, {.addsKey = "identity", .adds = stride == 1 && in == out});
  return all;
}

Parameters SELayerOp::getParameters() {
  Parameters all;
  addSqueezeExcite(all, "fc", channelsOf(getInput()), getSqueezed(), getGateBias());
  return all;
}

Parameters StemBlockOp::getParameters() {
  Parameters all;
  int64_t out = channelsOf(getResult()), kernel = getKernel(), stride = getStride(), pad = getPad();
  addUnit(all, "stem_1.", channelsOf(getInput()), out, {kernel, kernel},
          {.strides = {stride, stride}, .pads = {pad, pad}, .groups = static_cast<int64_t>(getGroups())}, getStemAct());
  addUnit(all, "stem_2a.", out, out / 2, getAct());
  addUnit(all, "stem_2b.", out / 2, out, {3, 3}, square(3, 2), getAct());
  addUnit(all, "stem_3.", 2 * out, out, getAct());
  return all;
}

Parameters BottleneckOp::getParameters() {
  Parameters all;
  addBottleneck(all, "", channelsOf(getInput()), getHidden(), channelsOf(getResult()), getGroups(), getShortcut(), getAct());
  return all;
}

Parameters C3Op::getParameters() {
  Parameters all;
  int64_t hidden = getHidden();
  addC3(all, channelsOf(getInput()), hidden, channelsOf(getResult()), getAct());
  for (int64_t i = 0; i < static_cast<int64_t>(getRepeats()); ++i)
    addBottleneck(all, inner(i), hidden, hidden, hidden, getGroups(), getShortcut(), getAct());
  return all;
}

Parameters C3xOp::getParameters() {
  Parameters all;
  int64_t hidden = getHidden();
  addC3(all, channelsOf(getInput()), hidden, channelsOf(getResult()), getAct());
  for (int64_t i = 0; i < static_cast<int64_t>(getRepeats()); ++i)
    addPair(all, inner(i), hidden, hidden, hidden, {1, 3}, {3, 1}, 1, getGroups(), getShortcut(), getAct());
  return all;
}

Parameters C3GhostOp::getParameters() {
  Parameters all;
  addC3(all, channelsOf(getInput()), getHidden(), channelsOf(getResult()), getAct());
  for (int64_t i = 0; i < static_cast<int64_t>(getRepeats()); ++i)
    addGhostBottleneck(all, inner(i), getHidden(), getHidden(), 3, 1, getAct());
  return all;
}

Parameters C3SPPOp::getParameters() {
  Parameters all;
  addC3(all, channelsOf(getInput()), getHidden(), channelsOf(getResult()), getAct());
  addPyramid(all, "m.", getHidden(), getHidden(), getKernels().size(), getAct());
  return all;
}

Parameters C3TROp::getParameters() {
  Parameters all;
  int64_t hidden = getHidden();
  addC3(all, channelsOf(getInput()), hidden, channelsOf(getResult()), getAct());
  addLinear(all, "m.linear", hidden, hidden);
  for (int64_t i = 0; i < static_cast<int64_t>(getRepeats()); ++i) {
    std::string layer = "m.tr." + std::to_string(i) + ".";
    for (const char *name : {"q", "k", "v"})
      addLinear(all, layer + name, hidden, hidden, /*bias=*/false);
    all.push_back({layer + "ma.in_proj_weight", {3 * hidden, hidden}});
    all.push_back({layer + "ma.in_proj_bias", {3 * hidden}});
    addLinear(all, layer + "ma.out_proj", hidden, hidden);
    for (const char *name : {"fc1", "fc2"})
      addLinear(all, layer + name, hidden, hidden, /*bias=*/false);
  }
  return all;
}

Parameters BottleneckCSPOp::getParameters() {
  Parameters all;
  int64_t in = channelsOf(getInput()), hidden = getHidden();
  addUnit(all, "cv1.", in, hidden, getAct());
  all.push_back({"cv2.weight", {hidden, in, 1, 1}, ConvSettings()});
  all.push_back({"cv3.weight", {hidden, hidden, 1, 1}, ConvSettings()});
  addUnit(all, "cv4.", 2 * hidden, channelsOf(getResult()), getAct());
  addBatchNorm(all, "bn", 2 * hidden);
  for (int64_t i = 0; i < static_cast<int64_t>(getRepeats()); ++i)
    addBottleneck(all, inner(i), hidden, hidden, hidden, getGroups(), getShortcut(), getAct());
  return all;
}

Parameters SPPFOp::getParameters() {
  Parameters all;
  addPyramid(all, "", channelsOf(getInput()), channelsOf(getResult()), 3, getAct());
  return all;
}

Parameters SPPOp::getParameters() {
  Parameters all;
  addPyramid(all, "", channelsOf(getInput()), channelsOf(getResult()), getKernels().size(), getAct());
  return all;
}

// A convolution that is the row itself, `shape` its weights'.
static Parameters single(SmallVector<int64_t, 4> shape, const ConvSettings &settings, bool bias, int64_t out) {
  Parameters all = {{"weight", std::move(shape), settings}};
  if (bias)
    all.push_back({"bias", {out}});
  return all;
}

Parameters Conv2dOp::getParameters() {
  int64_t out = channelsOf(getResult());
  auto [rows, columns] = pairOf(getKernel());
  return single({out, perGroup(channelsOf(getInput()), getGroups()), rows, columns}, settingsOf(*this), getHasBias(), out);
}

Parameters ConvTransposeOp::getParameters() { // input channels come first in its weights
  int64_t in = channelsOf(getInput()), out = channelsOf(getResult());
  auto [rows, columns] = pairOf(getKernel());
  return single({in, perGroup(out, getGroups()), rows, columns}, settingsOf(*this), getHasBias(), out);
}

Parameters BatchNormOp::getParameters() {
  Parameters all;
  for (const char *name : {"weight", "bias", "running_mean", "running_var"})
    all.push_back({name, {channelsOf(getInput())}});
  return all;
}

Parameters FocusOp::getParameters() {
  Parameters all;
  int64_t kernel = getKernel(), stride = getStride(), pad = getPad();
  addUnit(all, "conv.", 4 * channelsOf(getInput()), channelsOf(getResult()), {kernel, kernel},
          {.strides = {stride, stride}, .pads = {pad, pad}}, getAct());
  return all;
}

Parameters GhostConvOp::getParameters() {
  Parameters all;
  addGhost(all, "", channelsOf(getInput()), channelsOf(getResult()), getKernel(), getStride(), getGroups(), getAct());
  return all;
}

Parameters GhostBottleneckOp::getParameters() {
  Parameters all;
  addGhostBottleneck(all, "", channelsOf(getInput()), channelsOf(getResult()), getKernel(), getStride(), getAct());
  return all;
}

Parameters CrossConvOp::getParameters() {
  Parameters all;
  int64_t kernel = getKernel();
  addPair(all, "", channelsOf(getInput()), getHidden(), channelsOf(getResult()), {1, kernel}, {kernel, 1}, getStride(), getGroups(),
          getShortcut(), getAct());
  return all;
}

Parameters MixConvOp::getParameters() {
  Parameters all;
  int64_t in = channelsOf(getInput());
  for (size_t i = 0; i < std::min(getKernels().size(), getShares().size()); ++i) {
    int64_t kernel = getKernels()[i], share = getShares()[i], groups = std::gcd(in, share);
    all.push_back({inner(i) + "weight", {share, perGroup(in, groups), kernel, kernel}, square(kernel, getStride(), groups)});
  }
  addBatchNorm(all, "bn", channelsOf(getResult()));
  return all;
}

Parameters CBRMOp::getParameters() {
  Parameters all;
  ConvSettings settings = square(3, 2);
  settings.actKey = "conv.2";
  settings.act = nn::ActivationAttr::get(getContext(), nn::ActivationKind::Relu);
  addConv(all, "conv.0", "conv.1", channelsOf(getInput()), channelsOf(getResult()), {3, 3}, settings);
  return all;
}

Parameters ShuffleBlockOp::getParameters() { // activations have numbers too, and no weights
  Parameters all;
  int64_t in = channelsOf(getInput()), half = channelsOf(getResult()) / 2, stride = getStride();
  auto relu = nn::ActivationAttr::get(getContext(), nn::ActivationKind::Relu);
  if (stride == 2) {
    addConv(all, "branch1.0", "branch1.1", in, in, {3, 3}, square(3, 2, in));
    addConv(all, "branch1.2", "branch1.3", in, half, {1, 1}, {.actKey = "branch1.4", .act = relu});
  }
  addConv(all, "branch2.0", "branch2.1", stride == 2 ? in : half, half, {1, 1}, {.actKey = "branch2.2", .act = relu});
  addConv(all, "branch2.3", "branch2.4", half, half, {3, 3}, square(3, stride, half));
  addConv(all, "branch2.5", "branch2.6", half, half, {1, 1}, {.actKey = "branch2.7", .act = relu});
  return all;
}

Parameters DetectOp::getParameters() {
  Parameters all;
  int64_t outputs = getAnchors().size() / std::max<size_t>(getInputs().size(), 1) / 2 * (getClasses() + 5);
  for (auto [level, input] : llvm::enumerate(getInputs())) {
    std::string key = "m." + std::to_string(level);
    all.push_back({key + ".weight", {outputs, channelsOf(input), 1, 1}, ConvSettings()});
    all.push_back({key + ".bias", {outputs}});
  }
  return all;
}
