#include "dialects/Yolo/Yolo.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace mnv3;
using namespace mnv3::yolo;

#include "dialects/Yolo/YoloDialect.cpp.inc"
#include "dialects/Yolo/YoloInterfaces.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Yolo/YoloOps.cpp.inc"

void YoloDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Yolo/YoloOps.cpp.inc"
      >();
}

// ---------------------------------------------------------------- what each module's weights are

namespace {

using Parameters = SmallVector<Parameter>;

int64_t channelsOf(Value image) { return cast<RankedTensorType>(image.getType()).getDimSize(1); }

void addBatchNorm(Parameters &all, const std::string &key, int64_t channels) {
  for (const char *name : {"weight", "bias", "running_mean", "running_var"})
    all.push_back({key + "." + name, {channels}});
}

// A convolution without bias, and its batch norm.
void addConv(Parameters &all, const std::string &conv, const std::string &norm, int64_t in, int64_t out, int64_t kernelH,
             int64_t kernelW, int64_t groups = 1) {
  all.push_back({conv + ".weight", {out, in / groups, kernelH, kernelW}});
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
  addLinear(all, fc + ".0", channels, channels / reduction);
  addLinear(all, fc + ".2", channels / reduction, channels);
}

} // namespace

Parameters ConvOp::getParameters() {
  Parameters all;
  addConv(all, "conv", "bn", channelsOf(getInput()), channelsOf(getResult()), getKernel()[0], getKernel()[1], getGroups());
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
  addUnit(all, "cv1", channelsOf(getInput()), getHidden(), 1);
  addUnit(all, "cv2", getHidden(), channelsOf(getResult()), 3, getGroups());
  return all;
}

Parameters C3Op::getParameters() {
  Parameters all;
  int64_t in = channelsOf(getInput()), hidden = getHidden();
  addUnit(all, "cv1", in, hidden, 1);
  addUnit(all, "cv2", in, hidden, 1);
  addUnit(all, "cv3", 2 * hidden, channelsOf(getResult()), 1);
  for (int64_t i = 0; i < static_cast<int64_t>(getRepeats()); ++i) {
    std::string child = "m." + std::to_string(i);
    addUnit(all, child + ".cv1", hidden, hidden, 1);
    addUnit(all, child + ".cv2", hidden, hidden, 3, getGroups());
  }
  return all;
}

Parameters SPPFOp::getParameters() {
  Parameters all;
  int64_t in = channelsOf(getInput()), hidden = in / 2;
  addUnit(all, "cv1", in, hidden, 1);
  addUnit(all, "cv2", 4 * hidden, channelsOf(getResult()), 1);
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

// ---------------------------------------------------------------- verifiers

static LogicalResult verifyWeights(ModuleOpInterface op, DictionaryAttr weights) {
  Parameters parameters = op.getParameters();
  for (const Parameter &parameter : parameters) {
    auto value = dyn_cast_or_null<ElementsAttr>(weights.get(parameter.key));
    if (!value)
      return op->emitOpError() << "lacks weights '" << parameter.key << "' (C1)";
    if (!value.getElementType().isF32() || value.getShapedType().getShape() != ArrayRef<int64_t>(parameter.shape))
      return op->emitOpError() << "weights '" << parameter.key << "' have type " << value.getShapedType() << " (C1)";
  }
  if (weights.size() != parameters.size())
    return op->emitOpError() << "has " << weights.size() << " weights, should have " << parameters.size() << " (C1)";
  return success();
}

#define MODULE_VERIFIER(Op)                                                                                            \
  LogicalResult Op::verify() { return verifyWeights(*this, getWeights()); }
MODULE_VERIFIER(ConvOp)
MODULE_VERIFIER(ConvBnHswishOp)
MODULE_VERIFIER(MobileNetV3Op)
MODULE_VERIFIER(SELayerOp)
MODULE_VERIFIER(StemBlockOp)
MODULE_VERIFIER(BottleneckOp)
MODULE_VERIFIER(C3Op)
MODULE_VERIFIER(SPPFOp)
#undef MODULE_VERIFIER

LogicalResult ConcatOp::verify() {
  auto result = cast<RankedTensorType>(getResult().getType()).getShape();
  int64_t sum = 0;
  for (Value input : getInputs()) {
    auto shape = cast<RankedTensorType>(input.getType()).getShape();
    if (shape[2] != result[2] || shape[3] != result[3])
      return emitOpError() << "input " << input.getType() << " has not the height and width of the result (C1)";
    sum += shape[1];
  }
  if (sum != result[1])
    return emitOpError() << "inputs have " << sum << " channels, result has " << result[1] << " (C1)";
  return success();
}

LogicalResult UpsampleOp::verify() {
  auto in = cast<RankedTensorType>(getInput().getType()).getShape(), out = cast<RankedTensorType>(getResult().getType()).getShape();
  int64_t factor = getFactor();
  if (out != ArrayRef<int64_t>{1, in[1], factor * in[2], factor * in[3]})
    return emitOpError() << "result is " << getResult().getType() << ", not " << factor << " times the input (C1)";
  return success();
}

LogicalResult DetectOp::verify() {
  size_t levels = getInputs().size();
  if (!levels || getHeads().size() != levels || getStrides().size() != levels || getAnchors().empty() ||
      getAnchors().size() % (2 * levels))
    return emitOpError() << "has " << levels << " inputs, " << getHeads().size() << " results, " << getStrides().size()
                         << " strides and " << getAnchors().size() << " anchor numbers (C2)";
  return verifyWeights(*this, getWeights());
}
