#include "codegen/KernelSpec.h"

#include <cstring>

namespace mnv3::codegen {
namespace {

const char *nameOf(Family family) {
  switch (family) {
  case Family::conv2d:
    return "conv2d";
  case Family::winograd:
    return "winograd";
  case Family::depthwise:
    return "depthwise";
  case Family::stem:
    return "stem";
  case Family::globalPool:
    return "pool";
  case Family::fullyConnected:
    return "fc";
  case Family::maxPool:
    return "maxpool";
  case Family::upsample:
    return "upsample";
  case Family::copy:
    return "copy";
  case Family::interleave:
    return "interleave";
  case Family::spaceToDepth:
    return "space_to_depth";
  case Family::depthToSpace:
    return "depth_to_space";
  case Family::attention:
    return "attention";
  case Family::elementwise:
    return "elementwise";
  case Family::detect:
    return "detect";
  }
  return "unknown";
}

// FNV-1a, 64 bits.
const char *nameOf(Activation activation) {
  switch (activation) {
  case Activation::none:
    return "";
  case Activation::relu:
    return "relu";
  case Activation::relu6:
    return "relu6";
  case Activation::leakyRelu:
    return "leaky relu";
  case Activation::hardSigmoid:
    return "hard-sigmoid";
  case Activation::hardSwish:
    return "hard-swish";
  case Activation::silu:
    return "silu";
  }
  return "?";
}

class Hash {
public:
  void add(int64_t number) {
    for (int byte = 0; byte < 8; ++byte) {
      state ^= static_cast<uint64_t>(number) >> (8 * byte) & 0xff;
      state *= 0x100000001b3;
    }
  }
  void add(float number) {
    uint32_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    add(static_cast<int64_t>(bits));
  }
  void add(const Picture &picture) {
    for (int number : {picture.channels, picture.pixelStride, picture.rowStride, picture.alignment})
      add(static_cast<int64_t>(number));
  }
  std::string hex() const {
    std::string text;
    for (int digit = 60; digit >= 0; digit -= 4)
      text += "0123456789abcdef"[state >> digit & 15];
    return text;
  }

private:
  uint64_t state = 0xcbf29ce484222325;
};

} // namespace

std::string kernelSymbol(const KernelSpec &spec) {
  Hash hash;
  const Schedule &schedule = spec.schedule;
  for (int64_t number :
       {int64_t(spec.family), int64_t(spec.height), int64_t(spec.width), int64_t(spec.inputHeight),
        int64_t(spec.inputWidth), int64_t(spec.kernelH), int64_t(spec.kernelW), int64_t(spec.strideY),
        int64_t(spec.strideX), int64_t(spec.dilation), int64_t(spec.padTop), int64_t(spec.padLeft), int64_t(spec.factor),
        int64_t(spec.anchors), int64_t(spec.activation), int64_t(spec.hasBias), int64_t(spec.hasGate),
        int64_t(spec.gateActivation), int64_t(spec.hasResidual), int64_t(spec.hasStart),
        int64_t(schedule.pixels), int64_t(schedule.vectors), int64_t(schedule.unroll), int64_t(schedule.rows),
        int64_t(schedule.channelsOutermost), int64_t(spec.inputs.size())})
    hash.add(number);
  hash.add(spec.slope);
  for (const Picture &input : spec.inputs)
    hash.add(input);
  for (const Picture &picture : {spec.output, spec.residual, spec.start})
    hash.add(picture);

  auto times = [](int a, int b) { return std::to_string(a) + "x" + std::to_string(b); };
  std::string name = "mnv3_" + std::string(nameOf(spec.family)) + "_" +
                     times(spec.height, spec.width) + "x" + std::to_string(spec.output.channels);
  if (spec.kernelH > 1 || spec.kernelW > 1)
    name += "_k" + times(spec.kernelH, spec.kernelW);
  if (spec.strideY > 1 || spec.strideX > 1)
    name += "_s" + times(spec.strideY, spec.strideX);
  return name + "_" + hash.hex();
}

std::string kernelSummary(const KernelSpec &spec) {
  auto times = [](int a, int b) { return std::to_string(a) + "x" + std::to_string(b); };
  std::string text = nameOf(spec.family);
  if (spec.kernelH > 1 || spec.kernelW > 1)
    text += " " + times(spec.kernelH, spec.kernelW);
  if (spec.strideY > 1 || spec.strideX > 1)
    text += " stride " + (spec.strideY == spec.strideX ? std::to_string(spec.strideY) : times(spec.strideY, spec.strideX));
  std::string channels;
  for (const Picture &input : spec.inputs)
    channels += (channels.empty() ? "" : " + ") + std::to_string(input.channels);
  text += ", " + channels + " -> " + (spec.anchors > 1 ? std::to_string(spec.anchors) + "x" : "") + times(spec.height, spec.width) + "x" +
          std::to_string(spec.output.channels);
  if (spec.hasGate)
    text += ", input * gate";
  if (spec.gateActivation != Activation::none)
    text += std::string(", ") + nameOf(spec.gateActivation) + " of that";
  if (spec.hasStart)
    text += ", + what was summed before";
  if (spec.activation != Activation::none)
    text += std::string(", ") + nameOf(spec.activation);
  if (spec.hasResidual)
    text += ", + residual";
  return text;
}

} // namespace mnv3::codegen
