// The keys of a state_dict below each module's prefix, and their shapes.
#include "dialects/Yolo/Yolo.h"

#include <array>
#include <numeric>

using namespace mlir;
using namespace mnv3;
using namespace mnv3::yolo;

namespace {

using Parameters = SmallVector<Parameter>;

int64_t channelsOf(Value image) { return cast<RankedTensorType>(image.getType()).getDimSize(1); }

void addBatchNorm(Parameters &all, const std::string &key, int64_t channels) {
  for (const char *name : {"weight", "bias", "running_mean", "running_var"})
    all.push_back({key + "." + name, {channels}});
}

// IR from outside may say anything; the verifier, which asks for these shapes, must live through it.
int64_t perGroup(int64_t channels, int64_t groups) { return groups > 0 ? channels / groups : 0; }
int64_t extentOf(ArrayRef<int64_t> extents, size_t axis) { return axis < extents.size() ? extents[axis] : 0; }

// A convolution without bias, and its batch norm.
void addConv(Parameters &all, const std::string &conv, const std::string &norm, int64_t in, int64_t out, int64_t kernelH,
             int64_t kernelW, int64_t groups = 1) {
  all.push_back({conv + ".weight", {out, perGroup(in, groups), kernelH, kernelW}});
  addBatchNorm(all, norm, out);
}

// The same as a child named `name` with children conv and bn.
void addUnit(Parameters &all, const std::string &name, int64_t in, int64_t out, int64_t kernel, int64_t groups = 1) {
  addConv(all, name + ".conv", name + ".bn", in, out, kernel, kernel, groups);
}

void addLinear(Parameters &all, const std::string &key, int64_t in, int64_t out) {
  all.push_back({key + ".weight", {out, in}});
  all.push_back({key + ".bias", {out}});
}

void addSqueezeExcite(Parameters &all, const std::string &fc, int64_t channels, int64_t reduction) {
  addLinear(all, fc + ".0", channels, perGroup(channels, reduction));
  addLinear(all, fc + ".2", perGroup(channels, reduction), channels);
}

// Bottleneck and CrossConv: two Convs, the second one grouped.
void addPair(Parameters &all, const std::string &name, int64_t in, int64_t hidden, int64_t out, std::array<int64_t, 4> kernels,
             int64_t groups) {
  addConv(all, name + "cv1.conv", name + "cv1.bn", in, hidden, kernels[0], kernels[1]);
  addConv(all, name + "cv2.conv", name + "cv2.bn", hidden, out, kernels[2], kernels[3], groups);
}

void addGhost(Parameters &all, const std::string &name, int64_t in, int64_t out, int64_t kernel, int64_t groups = 1) {
  addUnit(all, name + "cv1", in, out / 2, kernel, groups);
  addUnit(all, name + "cv2", out / 2, out / 2, 5, out / 2);
}

void addGhostBottleneck(Parameters &all, const std::string &name, int64_t in, int64_t out, int64_t kernel, int64_t stride) {
  addGhost(all, name + "conv.0.", in, out / 2, 1);
  if (stride == 2)
    addUnit(all, name + "conv.1", out / 2, out / 2, kernel, out / 2);
  addGhost(all, name + "conv.2.", out / 2, out, 1);
  if (stride == 2) {
    addUnit(all, name + "shortcut.0", in, in, kernel, in);
    addUnit(all, name + "shortcut.1", in, out, 1);
  }
}

void addPyramid(Parameters &all, const std::string &name, int64_t in, int64_t out, int64_t pools) {
  addUnit(all, name + "cv1", in, in / 2, 1);
  addUnit(all, name + "cv2", in / 2 * (pools + 1), out, 1);
}

// What the C3 family has around its inner modules.
void addC3(Parameters &all, int64_t in, int64_t hidden, int64_t out) {
  addUnit(all, "cv1", in, hidden, 1);
  addUnit(all, "cv2", in, hidden, 1);
  addUnit(all, "cv3", 2 * hidden, out, 1);
}

std::string inner(int64_t i) { return "m." + std::to_string(i) + "."; }

} // namespace

Parameters ConvOp::getParameters() {
  Parameters all;
  addConv(all, "conv", "bn", channelsOf(getInput()), channelsOf(getResult()), extentOf(getKernel(), 0),
          extentOf(getKernel(), 1), getGroups());
  return all;
}

Parameters ConvBnHswishOp::getParameters() {
  Parameters all;
  addConv(all, "conv", "bn", channelsOf(getInput()), channelsOf(getResult()), 3, 3);
  return all;
}

Parameters MobileNetV3Op::getParameters() {
  Parameters all;
  int64_t in = channelsOf(getInput()), hidden = getHidden(), child = -1;
  auto next = [&](int64_t step) { return "conv." + std::to_string(child += step); };
  bool expands = in != hidden;
  if (expands) { // 0 expand, 1 norm, 2 activation, 3 depthwise, 4 norm, 5 gate, 6 activation, 7 project, 8 norm
    std::string conv = next(1), norm = next(1);
    addConv(all, conv, norm, in, hidden, 1, 1);
    next(1);
  } // otherwise: 0 depthwise, 1 norm, 2 activation, 3 gate, 4 project, 5 norm
  std::string conv = next(1), norm = next(1);
  addConv(all, conv, norm, hidden, hidden, getKernel(), getKernel(), hidden);
  std::string gate = next(expands ? 1 : 2);
  if (getSqueezeExcite())
    addSqueezeExcite(all, gate + ".fc", hidden, 4);
  conv = next(expands ? 2 : 1);
  norm = next(1);
  addConv(all, conv, norm, hidden, channelsOf(getResult()), 1, 1);
  return all;
}

Parameters SELayerOp::getParameters() {
  Parameters all;
  addSqueezeExcite(all, "fc", channelsOf(getInput()), getReduction());
  return all;
}

Parameters StemBlockOp::getParameters() {
  Parameters all;
  int64_t out = channelsOf(getResult());
  addUnit(all, "stem_1", channelsOf(getInput()), out, getKernel(), getGroups());
  addUnit(all, "stem_2a", out, out / 2, 1);
  addUnit(all, "stem_2b", out / 2, out, 3);
  addUnit(all, "stem_3", 2 * out, out, 1);
  return all;
}

Parameters BottleneckOp::getParameters() {
  Parameters all;
  addPair(all, "", channelsOf(getInput()), getHidden(), channelsOf(getResult()), {1, 1, 3, 3}, getGroups());
  return all;
}

Parameters C3Op::getParameters() {
  Parameters all;
  int64_t hidden = getHidden();
  addC3(all, channelsOf(getInput()), hidden, channelsOf(getResult()));
  for (int64_t i = 0; i < static_cast<int64_t>(getRepeats()); ++i)
    addPair(all, inner(i), hidden, hidden, hidden, {1, 1, 3, 3}, getGroups());
  return all;
}

Parameters C3xOp::getParameters() {
  Parameters all;
  int64_t hidden = getHidden();
  addC3(all, channelsOf(getInput()), hidden, channelsOf(getResult()));
  for (int64_t i = 0; i < static_cast<int64_t>(getRepeats()); ++i)
    addPair(all, inner(i), hidden, hidden, hidden, {1, 3, 3, 1}, getGroups());
  return all;
}

Parameters C3GhostOp::getParameters() {
  Parameters all;
  addC3(all, channelsOf(getInput()), getHidden(), channelsOf(getResult()));
  for (int64_t i = 0; i < static_cast<int64_t>(getRepeats()); ++i)
    addGhostBottleneck(all, inner(i), getHidden(), getHidden(), 3, 1);
  return all;
}

Parameters C3SPPOp::getParameters() {
  Parameters all;
  addC3(all, channelsOf(getInput()), getHidden(), channelsOf(getResult()));
  addPyramid(all, "m.", getHidden(), getHidden(), getKernels().size());
  return all;
}

Parameters C3TROp::getParameters() {
  Parameters all;
  int64_t hidden = getHidden();
  addC3(all, channelsOf(getInput()), hidden, channelsOf(getResult()));
  addLinear(all, "m.linear", hidden, hidden);
  for (int64_t i = 0; i < static_cast<int64_t>(getRepeats()); ++i) {
    std::string layer = "m.tr." + std::to_string(i) + ".";
    for (const char *name : {"q", "k", "v"})
      all.push_back({layer + name + ".weight", {hidden, hidden}});
    all.push_back({layer + "ma.in_proj_weight", {3 * hidden, hidden}});
    all.push_back({layer + "ma.in_proj_bias", {3 * hidden}});
    addLinear(all, layer + "ma.out_proj", hidden, hidden);
    for (const char *name : {"fc1", "fc2"})
      all.push_back({layer + name + ".weight", {hidden, hidden}});
  }
  return all;
}

Parameters BottleneckCSPOp::getParameters() {
  Parameters all;
  int64_t in = channelsOf(getInput()), hidden = getHidden();
  addUnit(all, "cv1", in, hidden, 1);
  all.push_back({"cv2.weight", {hidden, in, 1, 1}});
  all.push_back({"cv3.weight", {hidden, hidden, 1, 1}});
  addUnit(all, "cv4", 2 * hidden, channelsOf(getResult()), 1);
  addBatchNorm(all, "bn", 2 * hidden);
  for (int64_t i = 0; i < static_cast<int64_t>(getRepeats()); ++i)
    addPair(all, inner(i), hidden, hidden, hidden, {1, 1, 3, 3}, getGroups());
  return all;
}

Parameters SPPFOp::getParameters() {
  Parameters all;
  addPyramid(all, "", channelsOf(getInput()), channelsOf(getResult()), 3);
  return all;
}

Parameters SPPOp::getParameters() {
  Parameters all;
  addPyramid(all, "", channelsOf(getInput()), channelsOf(getResult()), getKernels().size());
  return all;
}

Parameters Conv2dOp::getParameters() {
  int64_t out = channelsOf(getResult());
  Parameters all = {{"weight", {out, perGroup(channelsOf(getInput()), getGroups()), extentOf(getKernel(), 0), extentOf(getKernel(), 1)}}};
  if (getHasBias())
    all.push_back({"bias", {out}});
  return all;
}

Parameters ConvTransposeOp::getParameters() { // input channels come first in its weights
  int64_t in = channelsOf(getInput()), out = channelsOf(getResult());
  Parameters all = {{"weight", {in, perGroup(out, getGroups()), extentOf(getKernel(), 0), extentOf(getKernel(), 1)}}};
  if (getHasBias())
    all.push_back({"bias", {out}});
  return all;
}

Parameters BatchNormOp::getParameters() {
  Parameters all;
  for (const char *name : {"weight", "bias", "running_mean", "running_var"})
    all.push_back({name, {channelsOf(getInput())}});
  return all;
}

Parameters FocusOp::getParameters() {
  Parameters all;
  addUnit(all, "conv", 4 * channelsOf(getInput()), channelsOf(getResult()), getKernel());
  return all;
}

Parameters GhostConvOp::getParameters() {
  Parameters all;
  addGhost(all, "", channelsOf(getInput()), channelsOf(getResult()), getKernel(), getGroups());
  return all;
}

Parameters GhostBottleneckOp::getParameters() {
  Parameters all;
  addGhostBottleneck(all, "", channelsOf(getInput()), channelsOf(getResult()), getKernel(), getStride());
  return all;
}

Parameters CrossConvOp::getParameters() {
  Parameters all;
  int64_t kernel = getKernel();
  addPair(all, "", channelsOf(getInput()), getHidden(), channelsOf(getResult()), {1, kernel, kernel, 1}, getGroups());
  return all;
}

Parameters MixConvOp::getParameters() {
  Parameters all;
  int64_t in = channelsOf(getInput());
  for (auto [i, kernel, share] : llvm::enumerate(getKernels(), getShares()))
    all.push_back({inner(i) + "weight", {share, perGroup(in, std::gcd(in, share)), kernel, kernel}});
  addBatchNorm(all, "bn", channelsOf(getResult()));
  return all;
}

Parameters CBRMOp::getParameters() {
  Parameters all;
  addConv(all, "conv.0", "conv.1", channelsOf(getInput()), channelsOf(getResult()), 3, 3);
  return all;
}

Parameters ShuffleBlockOp::getParameters() { // activations have numbers too, and no weights
  Parameters all;
  int64_t in = channelsOf(getInput()), half = channelsOf(getResult()) / 2;
  if (getStride() == 2) {
    addConv(all, "branch1.0", "branch1.1", in, in, 3, 3, in);
    addConv(all, "branch1.2", "branch1.3", in, half, 1, 1);
  }
  addConv(all, "branch2.0", "branch2.1", getStride() == 2 ? in : half, half, 1, 1);
  addConv(all, "branch2.3", "branch2.4", half, half, 3, 3, half);
  addConv(all, "branch2.5", "branch2.6", half, half, 1, 1);
  return all;
}

Parameters DetectOp::getParameters() {
  Parameters all;
  int64_t outputs = getAnchors().size() / std::max<size_t>(getInputs().size(), 1) / 2 * (getClasses() + 5);
  for (auto [level, input] : llvm::enumerate(getInputs())) {
    std::string key = "m." + std::to_string(level);
    all.push_back({key + ".weight", {outputs, channelsOf(input), 1, 1}});
    all.push_back({key + ".bias", {outputs}});
  }
  return all;
}

