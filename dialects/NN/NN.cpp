#include "dialects/NN/NN.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

#include "dialects/NN/NNDialect.cpp.inc"
#include "dialects/NN/NNEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/NN/NNAttributes.cpp.inc"
#include "dialects/NN/NNInterfaces.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/NN/NNOps.cpp.inc"

void NNDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/NN/NNAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/NN/NNOps.cpp.inc"
      >();
}

// ---------------------------------------------------------------- activations

void ActivationAttr::print(AsmPrinter &printer) const {
  printer << '<' << stringifyActivationKind(getKind());
  if (getKind() == ActivationKind::LeakyRelu)
    printer << ", " << getSlope();
  printer << '>';
}

Attribute ActivationAttr::parse(AsmParser &parser, Type) {
  StringRef word;
  llvm::SMLoc place = parser.getCurrentLocation();
  if (parser.parseLess() || parser.parseKeyword(&word))
    return {};
  std::optional<ActivationKind> kind = symbolizeActivationKind(word);
  if (!kind)
    return parser.emitError(place) << "unknown activation '" << word << "'", Attribute();
  double slope = 0;
  if (*kind == ActivationKind::LeakyRelu && (parser.parseComma() || parser.parseFloat(slope)))
    return {};
  if (parser.parseGreater())
    return {};
  return get(parser.getContext(), *kind, llvm::APFloat(static_cast<float>(slope)));
}

// ---------------------------------------------------------------- helpers of NN.h

bool nn::isPointwise(Conv2DOp conv) {
  auto filter = cast<RankedTensorType>(conv.getFilter().getType()).getShape();
  auto isOne = [](int64_t number) { return number == 1; };
  auto isZero = [](int64_t number) { return number == 0; };
  return isOne(filter[1]) && isOne(filter[2]) && isOne(conv.getGroups()) && llvm::all_of(conv.getStrides(), isOne) &&
         llvm::all_of(conv.getPads(), isZero);
}

SmallVector<OpOperand *> nn::readers(Value value) {
  SmallVector<OpOperand *> found;
  for (OpOperand &use : value.getUses())
    if (!isa<KeepOp>(use.getOwner()))
      found.push_back(&use);
  return found;
}

bool nn::hasOneReader(Value value) { return readers(value).size() == 1; }

std::optional<ArrayRef<float>> nn::constantValues(Value value, SmallVectorImpl<float> &storage) {
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant ? valuesOf(constant.getValue(), storage) : std::nullopt;
}

std::optional<ArrayRef<float>> nn::valuesOf(ElementsAttr elements, SmallVectorImpl<float> &storage) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    const AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || blob->getData().size() != elements.getNumElements() * sizeof(float) || blob->getDataAlignment() < alignof(float))
      return std::nullopt;
    return blob->getDataAs<float>();
  }
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (!dense)
    return std::nullopt;
  storage.assign(dense.getValues<float>().begin(), dense.getValues<float>().end());
  return ArrayRef<float>(storage);
}

ElementsAttr nn::weightsAttr(RankedTensorType type, ArrayRef<float> values, StringRef name) {
  assert(type.getNumElements() == static_cast<int64_t>(values.size()));
  if (values.size() <= 64)
    return DenseElementsAttr::get(type, values);
  AsmResourceBlob blob = HeapAsmResourceBlob::allocateAndCopyInferAlign(values);
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}

// ---------------------------------------------------------------- LayerOp

bool Conv2DOp::isPlain() { return !getResidual() && !getStart(); }
bool DepthwiseConv2DOp::channelIsLast() { return true; }
OpOperand &FullyConnectedOp::getWeightsOperand() { return getWeightsMutable(); }

// ---------------------------------------------------------------- verifiers

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

// One spatial extent of a sliding window.
static int64_t windowed(int64_t in, int64_t pads, int64_t window, int64_t stride) {
  int64_t room = in + pads - window;
  return room < 0 ? 0 : room / stride + 1;
}

static LogicalResult checkWindow(Operation *op, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads, StringRef label) {
  if (strides.size() != 2 || pads.size() != 4)
    return op->emitOpError() << "needs 2 strides and 4 pads (" << label << ")";
  if (llvm::any_of(strides, [](int64_t s) { return s < 1; }))
    return op->emitOpError() << "stride " << strides << " is below 1 (" << label << ")";
  if (llvm::any_of(pads, [](int64_t p) { return p < 0; }))
    return op->emitOpError() << "pad " << pads << " is negative (" << label << ")";
  if (llvm::any_of(llvm::concat<const int64_t>(strides, pads), [](int64_t number) { return number > mostValues; }))
    return op->emitOpError() << "stride " << strides << " or pad " << pads << " is above " << mostValues << " (" << label << ")";
  return success();
}

static LogicalResult checkExtents(Operation *op, RankedTensorType result, int64_t height, int64_t width,
                                  int64_t channels, StringRef label) {
  if (height < 1 || width < 1)
    return op->emitOpError() << "window is larger than the padded input (" << label << ")";
  if (result.getShape() != ArrayRef<int64_t>{1, height, width, channels})
    return op->emitOpError() << "result is " << result << ", should be 1x" << height << "x" << width << "x" << channels
                             << " (" << label << ")";
  return success();
}

static LogicalResult checkVector(Operation *op, Value vector, int64_t channels, StringRef what, StringRef label) {
  if (vector && typeOf(vector).getDimSize(0) != channels)
    return op->emitOpError() << what << " has " << typeOf(vector).getDimSize(0) << " values, should have " << channels
                             << " (" << label << ")";
  return success();
}

LogicalResult nn::verifyInFunction(Operation *op) {
  if (!isa_and_nonnull<func::FuncOp>(op->getParentOp()) || !op->getParentRegion()->hasOneBlock())
    return op->emitOpError("does not stand in a function of one block");
  return success();
}

bool nn::areWithin(ArrayRef<int64_t> extents, int64_t most) {
  int64_t values = 1;
  for (int64_t extent : extents)
    if (extent < 1 || extent > most / values)
      return false;
    else
      values *= extent;
  return true;
}

bool nn::isTensor(Type type, std::optional<int64_t> rank) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getElementType().isF32() && (!rank || tensor.getRank() == *rank) && tensor.hasStaticShape() &&
         areWithin(tensor.getShape(), mostValues);
}

bool nn::isImage(Type type) { return isTensor(type, 4) && cast<RankedTensorType>(type).getDimSize(0) == 1; }

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

LogicalResult ConstantOp::verify() {
  if (repeatsTooOften(getValue()))
    return emitOpError() << "repeats one value more than " << mostRepeats << " times (C1)";
  return success();
}

static LogicalResult verifyBinary(Operation *op, Value lhs, Value rhs, Value result) {
  for (auto [l, r] : llvm::zip_equal(typeOf(lhs).getShape(), typeOf(rhs).getShape()))
    if (r != l && r != 1)
      return op->emitOpError() << "cannot repeat " << typeOf(rhs) << " to " << typeOf(lhs) << " (C1)";
  if (result.getType() != lhs.getType())
    return op->emitOpError() << "result is " << result.getType() << ", lhs " << lhs.getType() << " (C2)";
  return success();
}
LogicalResult AddOp::verify() { return verifyBinary(*this, getLhs(), getRhs(), getResult()); }
LogicalResult MulOp::verify() { return verifyBinary(*this, getLhs(), getRhs(), getResult()); }

LogicalResult BatchNormOp::verify() {
  int64_t c = channels(getInput());
  for (auto [value, what] :
       {std::pair(getScale(), "scale"), {getOffset(), "offset"}, {getMean(), "mean"}, {getVariance(), "variance"}})
    if (failed(checkVector(*this, value, c, what, "C1")))
      return failure();
  if (!(getEpsilon().convertToDouble() > 0))
    return emitOpError("epsilon is not above 0 (C2)");
  return success();
}

LogicalResult Conv2DOp::verify() {
  auto filter = typeOf(getFilter()).getShape();
  int64_t in = channels(getInput()), out = filter[0], groups = getGroups();
  if (groups < 1 || in % groups || out % groups || filter[3] != in / groups)
    return emitOpError() << "filter takes " << filter[3] << " channels and makes " << out << ", input has " << in
                         << " in " << groups << " group(s) (C1)";
  if (failed(checkWindow(*this, getStrides(), getPads(), "C2")))
    return failure();
  int64_t dilation = getDilation();
  if (dilation < 1 || dilation > mostValues)
    return emitOpError() << "dilation " << dilation << " is not between 1 and " << mostValues << " (C2)";
  auto reach = [&](int64_t k) { return dilation * (k - 1) + 1; };
  int64_t h = windowed(height(getInput()), getPads()[0] + getPads()[1], reach(filter[1]), getStrides()[0]);
  int64_t w = windowed(width(getInput()), getPads()[2] + getPads()[3], reach(filter[2]), getStrides()[1]);
  if (failed(checkExtents(*this, getType(), h, w, out, "C3")) ||
      failed(checkVector(*this, getBias(), out, "bias", "C4")))
    return failure();
  if (getGate() && typeOf(getGate()).getShape() != ArrayRef<int64_t>{1, 1, 1, in})
    return emitOpError() << "gate is " << typeOf(getGate()) << ", should be 1x1x1x" << in << " (C4)";
  if (getResidual() && getResidual().getType() != getType())
    return emitOpError() << "residual is " << getResidual().getType() << ", result " << getType() << " (C5)";
  if (getStart() && (h % 2 || w % 2 || typeOf(getStart()).getShape() != ArrayRef<int64_t>{1, h / 2, w / 2, out}))
    return emitOpError() << "start is " << typeOf(getStart()) << ", should be half of " << getType() << " (C5)";
  if (getGateAct() && !getGate())
    return emitOpError("has gate_act without gate (C6)");
  return success();
}

LogicalResult DepthwiseConv2DOp::verify() {
  auto filter = typeOf(getFilter()).getShape();
  int64_t c = channels(getInput());
  if (filter[2] != c)
    return emitOpError() << "filter has " << filter[2] << " channels, input has " << c << " (C1)";
  if (failed(checkWindow(*this, getStrides(), getPads(), "C2")))
    return failure();
  int64_t h = windowed(height(getInput()), getPads()[0] + getPads()[1], filter[0], getStrides()[0]);
  int64_t w = windowed(width(getInput()), getPads()[2] + getPads()[3], filter[1], getStrides()[1]);
  if (failed(checkExtents(*this, getType(), h, w, c, "C3")))
    return failure();
  return checkVector(*this, getBias(), c, "bias", "C4");
}

LogicalResult GlobalAvgPoolOp::verify() { return checkExtents(*this, getType(), 1, 1, channels(getInput()), "C1"); }

LogicalResult FullyConnectedOp::verify() {
  auto weights = typeOf(getWeights()).getShape();
  if (typeOf(getInput()).getShape() != ArrayRef<int64_t>{1, 1, 1, weights[1]})
    return emitOpError() << "input is " << typeOf(getInput()) << ", should be 1x1x1x" << weights[1] << " (C1)";
  if (failed(checkExtents(*this, getType(), 1, 1, weights[0], "C1")))
    return failure();
  return checkVector(*this, getBias(), weights[0], "bias", "C2");
}

LogicalResult MaxPoolOp::verify() {
  if (failed(checkWindow(*this, getStrides(), getPads(), "C1")))
    return failure();
  if (getWindow().size() != 2 || llvm::any_of(getWindow(), [](int64_t extent) { return extent < 1 || extent > mostValues; }))
    return emitOpError() << "window " << getWindow() << " needs two extents from 1 to " << mostValues << " (C1)";
  auto in = typeOf(getInput()).getShape(), out = getType().getShape();
  if (in[3] != out[3])
    return emitOpError() << "result has " << out[3] << " channels, input has " << in[3] << " (C2)";
  for (int axis : {0, 1}) {
    int64_t before = getPads()[2 * axis], after = getPads()[2 * axis + 1], window = getWindow()[axis],
            stride = getStrides()[axis];
    int64_t least = windowed(in[axis + 1], before + after, window, stride);
    int64_t most = windowed(in[axis + 1], before + after + stride - 1, window, stride);
    if (out[axis + 1] < std::max<int64_t>(least, 1) || out[axis + 1] > most)
      return emitOpError() << "result extent " << out[axis + 1] << " is not between " << least << " and " << most
                           << " (C2)";
    if (before >= window || (out[axis + 1] - 1) * stride - before >= in[axis + 1])
      return emitOpError() << "a window lies outside the image (C2)";
  }
  return success();
}

LogicalResult UpsampleOp::verify() {
  if (getFactor() < 1 || static_cast<int64_t>(getFactor()) > 64)
    return emitOpError() << "factor " << getFactor() << " is not between 1 and 64 (C1)";
  int64_t f = getFactor();
  return checkExtents(*this, getType(), f * height(getInput()), f * width(getInput()), channels(getInput()), "C1");
}

LogicalResult ConcatOp::verify() {
  if (getInputs().empty())
    return emitOpError("needs an input (C1)");
  int64_t sum = 0;
  for (Value input : getInputs()) {
    if (height(input) != height(getResult()) || width(input) != width(getResult()))
      return emitOpError() << "input " << input.getType() << " has not the height and width of " << getType()
                           << " (C1)";
    sum += channels(input);
  }
  if (sum != channels(getResult()))
    return emitOpError() << "inputs have " << sum << " channels, result has " << channels(getResult()) << " (C2)";
  return success();
}

LogicalResult SliceOp::verify() {
  int64_t first = getFirst(), count = channels(getResult());
  if (first < 0 || first > channels(getInput()) - count)
    return emitOpError() << count << " channels from " << first << " are not inside " << channels(getInput())
                         << " (C1)";
  return checkExtents(*this, getType(), height(getInput()), width(getInput()), channels(getResult()), "C1");
}

LogicalResult InterleaveOp::verify() {
  if (getInputs().empty() || !llvm::all_equal(getInputs().getTypes()))
    return emitOpError("needs inputs of one type (C1)");
  Value first = getInputs()[0];
  return checkExtents(*this, getType(), height(first), width(first), channels(first) * getInputs().size(), "C2");
}

LogicalResult SpaceToDepthOp::verify() {
  int64_t block = getBlock();
  if (block < 1 || block > 64 || height(getInput()) % block || width(getInput()) % block)
    return emitOpError() << "blocks of " << block << " do not divide " << getInput().getType() << " (C1)";
  return checkExtents(*this, getType(), height(getInput()) / block, width(getInput()) / block,
                      channels(getInput()) * block * block, "C1");
}

LogicalResult DepthToSpaceOp::verify() {
  ArrayRef<int64_t> blocks = getBlocks(), crop = getCrop();
  auto within = [](int64_t number, int64_t least) { return number >= least && number <= 64; };
  if (blocks.size() != 2 || crop.size() != 2 || !within(blocks[0], 1) || !within(blocks[1], 1) || !within(crop[0], 0) ||
      !within(crop[1], 0))
    return emitOpError("needs two blocks from 1 to 64 and two crops from 0 to 64 (C1)");
  if (channels(getInput()) != channels(getResult()) * blocks[0] * blocks[1])
    return emitOpError() << "input has " << channels(getInput()) << " channels, should have "
                         << channels(getResult()) * blocks[0] * blocks[1] << " (C1)";
  if (crop[0] + height(getResult()) > blocks[0] * height(getInput()) ||
      crop[1] + width(getResult()) > blocks[1] * width(getInput()))
    return emitOpError() << "result " << getType() << " reaches beyond the enlarged input (C2)";
  return success();
}

LogicalResult AttentionOp::verify() {
  if (static_cast<int64_t>(getHeads()) < 1 || channels(getQuery()) % getHeads())
    return emitOpError() << getHeads() << " heads do not divide " << channels(getQuery()) << " channels (C1)";
  return success();
}

LogicalResult ReadPlanarOp::verify() {
  auto in = typeOf(getInput()).getShape();
  return checkExtents(*this, getType(), in[2], in[3], in[1], "C1");
}

LogicalResult DetectOp::verify() {
  auto filter = typeOf(getFilter()).getShape(), out = getType().getShape();
  int64_t anchors = getAnchors().size() / 2;
  if (getAnchors().empty() || getAnchors().size() % 2 || !(getStride().convertToFloat() > 0))
    return emitOpError("needs pairs of anchors and a stride above 0 (C3)");
  if (filter[0] % anchors || filter[1] != 1 || filter[2] != 1 || filter[3] != channels(getInput()))
    return emitOpError() << "filter is " << typeOf(getFilter()) << " for " << anchors << " anchors and "
                         << channels(getInput()) << " channels (C1)";
  if (failed(checkVector(*this, getBias(), filter[0], "bias", "C1")))
    return failure();
  if (out != ArrayRef<int64_t>{anchors, height(getInput()), width(getInput()), filter[0] / anchors})
    return emitOpError() << "result is " << getType() << ", should be " << anchors << "x" << height(getInput()) << "x"
                         << width(getInput()) << "x" << filter[0] / anchors << " (C2)";
  return success();
}
