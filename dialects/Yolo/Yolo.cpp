#include "dialects/Yolo/Yolo.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

#include <numeric>

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

// ---------------------------------------------------------------- verifiers

static int64_t channelsOf(Value image) { return cast<RankedTensorType>(image.getType()).getDimSize(1); }

// Numbers that no row can have: checked before anything is computed with them.
static LogicalResult verifyNumbers(Operation *op) {
  auto fits = [](int64_t number) { return number >= 0 && number <= 65536; };
  for (NamedAttribute attribute : op->getAttrs()) {
    auto number = dyn_cast<IntegerAttr>(attribute.getValue());
    auto list = dyn_cast<DenseI64ArrayAttr>(attribute.getValue());
    if ((number && number.getType().isInteger(64) && !fits(number.getInt())) || (list && !llvm::all_of(list.asArrayRef(), fits)))
      return op->emitOpError() << attribute.getName() << " is not between 0 and 65536 (C2)";
  }
  return success();
}

static LogicalResult verifyConvolution(Operation *op, const Parameter &parameter) {
  const ConvSettings &conv = *parameter.conv;
  if (conv.strides[0] < 1 || conv.strides[1] < 1 || conv.pads[0] < 0 || conv.pads[1] < 0 || conv.dilation < 1 || conv.groups < 1)
    return op->emitOpError() << "stride, dilation or groups of '" << parameter.key << "' are below 1, or there is no padding (C2)";
  return success();
}

static LogicalResult verifyWeights(ModuleOpInterface op, DictionaryAttr weights) {
  if (failed(verifyNumbers(op)))
    return failure();
  if (auto repeats = op->getAttrOfType<IntegerAttr>("repeats"); repeats && repeats.getInt() > static_cast<int64_t>(weights.size()))
    return op->emitOpError() << "has " << weights.size() << " weights for " << repeats.getInt() << " repeats (C1)";
  SmallVector<Parameter> parameters = op.getParameters();
  for (const Parameter &parameter : parameters) {
    if (parameter.conv && failed(verifyConvolution(op, parameter)))
      return failure();
    auto value = dyn_cast_or_null<ElementsAttr>(weights.get(parameter.key));
    if (!value)
      return op->emitOpError() << "lacks weights '" << parameter.key << "' (C1)";
    if (!value.getElementType().isF32() || value.getShapedType().getShape() != ArrayRef<int64_t>(parameter.shape))
      return op->emitOpError() << "weights '" << parameter.key << "' have type " << value.getShapedType() << " (C1)";
    if (!nn::areWithin(parameter.shape, nn::mostValues) || nn::repeatsTooOften(value))
      return op->emitOpError() << "weights '" << parameter.key << "' are none, or too many (C1)";
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
MODULE_VERIFIER(Conv2dOp)
MODULE_VERIFIER(BatchNormOp)
MODULE_VERIFIER(FocusOp)
MODULE_VERIFIER(GhostConvOp)
MODULE_VERIFIER(GhostBottleneckOp)
MODULE_VERIFIER(CrossConvOp)
MODULE_VERIFIER(SPPOp)
MODULE_VERIFIER(C3xOp)
MODULE_VERIFIER(C3GhostOp)
MODULE_VERIFIER(C3SPPOp)
MODULE_VERIFIER(C3TROp)
MODULE_VERIFIER(BottleneckCSPOp)
MODULE_VERIFIER(CBRMOp)
MODULE_VERIFIER(ShuffleBlockOp)
#undef MODULE_VERIFIER

LogicalResult ConvTransposeOp::verify() {
  if (failed(verifyWeights(*this, getWeights())))
    return failure();
  int64_t in = channelsOf(getInput()), out = channelsOf(getResult()), groups = getGroups();
  if (in % groups || out % groups)
    return emitOpError() << groups << " groups do not divide " << in << " and " << out << " channels (C3)";
  return success();
}

LogicalResult MixConvOp::verify() {
  if (failed(verifyWeights(*this, getWeights())))
    return failure();
  int64_t sum = std::accumulate(getShares().begin(), getShares().end(), int64_t(0));
  if (getShares().size() != getKernels().size() || sum != channelsOf(getResult()))
    return emitOpError() << getKernels().size() << " kernels have " << getShares().size() << " shares of together " << sum
                         << " channels, result has " << channelsOf(getResult()) << " (C3)";
  return success();
}

template <typename Op>
static LogicalResult verifyPool(Op op, size_t pads) {
  if (failed(verifyNumbers(op)))
    return failure();
  auto isPair = [](ArrayRef<int64_t> values) { return values.size() == 2 && values[0] > 0 && values[1] > 0; };
  if (!isPair(op.getKernel()) || !isPair(op.getStrides()) || op.getPads().size() != pads)
    return op.emitOpError() << "needs two kernel extents and strides of at least 1, and " << pads << " pads (C2)";
  return success();
}
LogicalResult MaxPoolOp::verify() { return verifyPool(*this, 4); }
LogicalResult AvgPoolOp::verify() { return verifyPool(*this, 2); }

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
  if (failed(verifyNumbers(*this)))
    return failure();
  if (out != ArrayRef<int64_t>{1, in[1], factor * in[2], factor * in[3]})
    return emitOpError() << "result is " << getResult().getType() << ", not " << factor << " times the input (C1)";
  return success();
}

LogicalResult ZeroPadOp::verify() {
  ArrayRef<int64_t> pads = getPads();
  if (pads.size() != 4 || llvm::any_of(pads, [](int64_t pad) { return pad < 0; }))
    return emitOpError() << "needs four pads of at least 0 (C1)";
  if (failed(verifyNumbers(*this)))
    return failure();
  auto in = cast<RankedTensorType>(getInput().getType()).getShape(), out = cast<RankedTensorType>(getResult().getType()).getShape();
  if (out != ArrayRef<int64_t>{1, in[1], in[2] + pads[2] + pads[3], in[3] + pads[0] + pads[1]})
    return emitOpError() << "result is " << getResult().getType() << ", not the input and its pads (C1)";
  return success();
}

// `small` has the fewer pixels and the more channels.
static LogicalResult verifyPhases(Operation *op, Value large, Value small, int64_t gain) {
  auto from = cast<RankedTensorType>(large.getType()).getShape(), to = cast<RankedTensorType>(small.getType()).getShape();
  if (gain < 1 || gain > 64 || from != ArrayRef<int64_t>{1, to[1] / (gain * gain), gain * to[2], gain * to[3]} || to[1] % (gain * gain))
    return op->emitOpError() << "turns " << op->getOperand(0).getType() << " into " << op->getResult(0).getType() << ", not by gain "
                             << gain << " (C1)";
  return success();
}
LogicalResult ContractOp::verify() { return verifyPhases(*this, getInput(), getResult(), getGain()); }
LogicalResult ExpandOp::verify() { return verifyPhases(*this, getResult(), getInput(), getGain()); }

LogicalResult DetectOp::verify() {
  size_t levels = getInputs().size();
  if (!levels || getHeads().size() != levels || getStrides().size() != levels || getAnchors().empty() ||
      getAnchors().size() % (2 * levels))
    return emitOpError() << "has " << levels << " inputs, " << getHeads().size() << " results, " << getStrides().size()
                         << " strides and " << getAnchors().size() << " anchor numbers (C2)";
  return verifyWeights(*this, getWeights());
}
