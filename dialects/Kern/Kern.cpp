#include "dialects/Kern/Kern.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mnv3;
using namespace mnv3::kern;

#include "dialects/Kern/KernDialect.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Kern/KernTypes.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Kern/KernAttributes.cpp.inc"
#include "dialects/Kern/KernInterfaces.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Kern/KernOps.cpp.inc"

void KernDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Kern/KernTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Kern/KernAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Kern/KernOps.cpp.inc"
      >();
}

// ---------------------------------------------------------------- the buffer type

void BufferType::print(AsmPrinter &printer) const {
  printer << '<' << getHeight() << 'x' << getWidth() << 'x' << getChannels();
  if (getStride())
    printer << ", stride " << getStride();
  if (getHaloRows() || getHaloColumns())
    printer << ", halo " << getHaloRows() << 'x' << getHaloColumns();
  printer << '>';
}

Type BufferType::parse(AsmParser &parser) {
  SmallVector<int64_t, 3> extents;
  SmallVector<int64_t, 2> halo = {0, 0};
  int64_t stride = 0;
  llvm::SMLoc place = parser.getCurrentLocation();
  if (parser.parseLess() || parser.parseDimensionList(extents, /*allowDynamic=*/false, /*withTrailingX=*/false))
    return {};
  if (extents.size() != 3)
    return parser.emitError(place, "a buffer is height x width x channels"), Type();
  while (succeeded(parser.parseOptionalComma())) {
    if (succeeded(parser.parseOptionalKeyword("stride"))) {
      if (parser.parseInteger(stride))
        return {};
      continue;
    }
    halo.clear();
    if (parser.parseKeyword("halo") || parser.parseDimensionList(halo, false, false))
      return {};
    if (halo.size() != 2)
      return parser.emitError(place, "a halo is rows x columns"), Type();
  }
  if (parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(place); }, parser.getContext(), extents[0], extents[1], extents[2], stride,
                    halo[0], halo[1]);
}

LogicalResult BufferType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t height, int64_t width, int64_t channels,
                                 int64_t stride, int64_t haloRows, int64_t haloColumns) {
  if (height < 1 || width < 1 || channels < 1)
    return emitError() << "a buffer needs a pixel and a channel";
  if (stride < 0 || haloRows < 0 || haloColumns < 0)
    return emitError() << "stride and halo cannot be negative";
  if (std::max({height, width, haloRows, haloColumns}) > nn::mostValues ||
      !nn::areWithin({height + 2 * haloRows + 1, width + haloColumns, std::max(channels, stride)}, nn::mostValues))
    return emitError() << "a buffer has at most " << nn::mostValues << " floats";
  return success();
}

// ---------------------------------------------------------------- attributes

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t pixels, int64_t vectors, int64_t unroll,
                                   int64_t rows, bool) {
  for (int64_t number : {pixels, vectors, unroll, rows})
    if (number < 0 || number > 65536)
      return emitError() << "a schedule's numbers are 0 to 65536, not " << number;
  if (vectors > 64) // registers hold them
    return emitError() << "a schedule has at most 64 vectors, not " << vectors;
  return success();
}

LogicalResult TargetAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef, int64_t vectorWidth, int64_t vectorRegisters, StringAttr) {
  if (vectorWidth != 1 && vectorWidth != 2 && vectorWidth != 4 && vectorWidth != 8 && vectorWidth != 16)
    return emitError() << "a vector register holds 1, 2, 4, 8 or 16 floats, not " << vectorWidth;
  if (vectorRegisters < 1 || vectorRegisters > 64)
    return emitError() << "there are 1 to 64 vector registers, not " << vectorRegisters;
  return success();
}

// ---------------------------------------------------------------- verifiers and folders

LogicalResult AllocOp::verify() {
  if (getAt() && (static_cast<int64_t>(*getAt()) < 0 || *getAt() % 64))
    return emitOpError() << "lies at " << *getAt() << ", not a multiple of 64 (C1)";
  return success();
}

LogicalResult kern::SliceOp::verify() {
  BufferType whole = getBuffer().getType(), part = getType();
  if (static_cast<int64_t>(getFirst()) < 0 || static_cast<int64_t>(getFirst()) > whole.getChannels() - part.getChannels())
    return emitOpError() << "channels " << getFirst() << " to " << getFirst() + part.getChannels() << " are not inside "
                         << whole.getChannels() << " (C1)";
  if (BufferType::get(getContext(), whole.getHeight(), whole.getWidth(), part.getChannels(), whole.getStride(),
                      whole.getHaloRows(), whole.getHaloColumns()) != part)
    return emitOpError() << part << " is laid out unlike " << whole << " (C1)";
  return success();
}

LogicalResult RowsOp::verify() {
  BufferType whole = getBuffer().getType(), part = getType();
  const int64_t first = getFirst(), halo = whole.getHaloRows();
  if (first < -halo || first > whole.getHeight() + halo - part.getHeight())
    return emitOpError() << "rows " << first << " to " << first + part.getHeight() << " are not inside " << whole << " (C1)";
  if (BufferType::get(getContext(), part.getHeight(), whole.getWidth(), whole.getChannels(), whole.getStride(), halo,
                      whole.getHaloColumns()) != part)
    return emitOpError() << part << " is laid out unlike " << whole << " (C1)";
  return success();
}

OpFoldResult WeightsOp::fold(FoldAdaptor) { return getValue(); }

bool kern::isMemory(Type type, int64_t rank) {
  auto memory = dyn_cast<MemRefType>(type);
  return memory && memory.getElementType().isF32() && memory.getRank() == rank && memory.getLayout().isIdentity() &&
         memory.hasStaticShape() && nn::areWithin(memory.getShape(), nn::mostValues);
}

LogicalResult kern::verifyNumbers(Operation *kernel) {
  for (auto [name, least, most] : {std::tuple("strips", int64_t(1), int64_t(64)), {"whole_rows", 1, nn::mostValues},
                                   {"first_row", 0, nn::mostValues}})
    if (Attribute attribute = kernel->getAttr(name)) {
      auto number = dyn_cast<IntegerAttr>(attribute);
      if (!number || !number.getType().isInteger(64) || number.getInt() < least || number.getInt() > most)
        return kernel->emitOpError() << name << " is " << attribute << ", not between " << least << " and " << most;
    }
  if (Attribute attribute = kernel->getAttr("scratch_bytes")) {
    const int64_t most = 4 * nn::mostValues;
    auto bytes = dyn_cast<DenseI64ArrayAttr>(attribute);
    if (!bytes || bytes.empty() || !llvm::all_of(bytes.asArrayRef(), [&](int64_t one) { return one >= 0 && one <= most; }))
      return kernel->emitOpError() << "scratch_bytes is " << attribute << ", not an array of numbers between 0 and " << most;
  }
  return success();
}

static bool arePair(ArrayRef<int64_t> values, int64_t least, int64_t most) {
  return values.size() == 2 && llvm::all_of(values, [&](int64_t value) { return value >= least && value <= most; });
}

template <typename Op>
static LogicalResult verifyWindow(Op op, StringRef label, int64_t dilation = 1) {
  constexpr int64_t most = 4096;
  if (!arePair(op.getKernel(), 1, most) || !arePair(op.getStrides(), 1, most) || !arePair(op.getPads(), 0, most) || dilation < 1 ||
      dilation > most)
    return op.emitOpError() << "needs two kernel extents and strides of 1 to " << most << " and two pads of 0 to " << most << " ("
                            << label << ")";
  return success();
}

static BufferType typeOf(Value buffer) { return cast<BufferType>(buffer.getType()); }

// As nn has them, or packed: then how many there are follows from the schedule.
static LogicalResult verifyWeights(Operation *op, Value weights, ArrayRef<int64_t> extents, StringRef label) {
  auto type = cast<RankedTensorType>(weights.getType());
  if (!nn::areWithin(extents, nn::mostValues) || (type.getRank() != 1 && type.getShape() != extents))
    return op->emitOpError() << "has weights " << type << ", which fit neither kernel nor channels (" << label << ")";
  return success();
}

LogicalResult kern::DepthwiseOp::verify() {
  if (failed(verifyWindow(*this, "C1")))
    return failure();
  return verifyWeights(*this, getWeights(), {getKernel()[0], getKernel()[1], getOutput().getType().getChannels()}, "C2");
}

LogicalResult StemOp::verify() {
  if (failed(verifyWindow(*this, "C1")))
    return failure();
  const int64_t planes = cast<MemRefType>(getInput().getType()).getDimSize(0);
  return verifyWeights(*this, getWeights(), {getOutput().getType().getChannels(), getKernel()[0], getKernel()[1], planes}, "C2");
}

LogicalResult kern::FullyConnectedOp::verify() {
  return verifyWeights(*this, getWeights(), {getOutput().getType().getChannels(), getInput().getType().getChannels()}, "C1");
}

LogicalResult kern::MaxPoolOp::verify() { return verifyWindow(*this, "C1"); }

LogicalResult kern::UpsampleOp::verify() {
  if (getFactor() < 1 || getFactor() > 64)
    return emitOpError() << "factor is " << getFactor() << ", not 1 to 64 (C1)";
  return success();
}

LogicalResult kern::SpaceToDepthOp::verify() {
  if (getBlock() < 1 || getBlock() > 64)
    return emitOpError() << "block is " << getBlock() << ", not 1 to 64 (C1)";
  return success();
}

LogicalResult kern::DepthToSpaceOp::verify() {
  if (!arePair(getBlocks(), 1, 64) || !arePair(getCrop(), 0, 64))
    return emitOpError("needs two blocks from 1 to 64 and two crops from 0 to 64 (C1)");
  return success();
}

LogicalResult kern::AttentionOp::verify() {
  if (getHeads() < 1 || getQuery().getType().getChannels() % getHeads())
    return emitOpError() << getHeads() << " heads do not divide " << getQuery().getType().getChannels() << " channels (C1)";
  return success();
}

LogicalResult kern::InterleaveOp::verify() {
  if (getInputs().empty())
    return emitOpError("needs an input (C1)");
  return success();
}

LogicalResult ElementwiseOp::verify() {
  auto extents = [](Value buffer) {
    BufferType type = typeOf(buffer);
    return std::tuple(type.getHeight(), type.getWidth(), type.getChannels());
  };
  for (Value picture : {Value(getInput()), Value(getResidual())})
    if (picture && extents(picture) != extents(getOutput()))
      return emitOpError() << "reads " << picture.getType() << ", output is " << getOutput().getType() << " (C1)";
  if (getGate() && extents(getGate()) != std::tuple(int64_t(1), int64_t(1), getOutput().getType().getChannels()))
    return emitOpError() << "gate is " << getGate().getType() << ", output " << getOutput().getType() << " (C1)";
  return success();
}

LogicalResult kern::DetectOp::verify() {
  auto head = cast<MemRefType>(getOutput().getType()).getShape();
  if (head[3] < 5)
    return emitOpError() << "makes " << head[3] << " fields, should be a box, objectness and classes (C2)";
  return verifyWeights(*this, getWeights(), {head[0] * head[3], 1, 1, getInput().getType().getChannels()}, "C1");
}

LogicalResult kern::Conv2DOp::verify() {
  if (getInputs().empty() || getInputs().size() != getWeights().size())
    return emitOpError() << "has " << getInputs().size() << " inputs and " << getWeights().size() << " weights (C1)";
  if (getGate() && getInputs().size() != 1)
    return emitOpError("has a gate and several inputs (C1)");
  if (failed(verifyWindow(*this, "C2", getDilation())))
    return failure();
  BufferType out = getOutput().getType();
  for (auto [input, weights] : llvm::zip_equal(getInputs(), getWeights()))
    if (failed(verifyWeights(*this, weights, {out.getChannels(), getKernel()[0], getKernel()[1], typeOf(input).getChannels()}, "C5")))
      return failure();
  auto sized = [&](Value value, int64_t divisor) {
    auto type = cast<BufferType>(value.getType());
    return type.getHeight() * divisor == out.getHeight() && type.getWidth() * divisor == out.getWidth() &&
           type.getChannels() == out.getChannels();
  };
  if (getResidual() && !sized(getResidual(), 1))
    return emitOpError() << "residual is " << getResidual().getType() << ", output " << out << " (C3)";
  if (getStart() && (!sized(getStart(), 2) || getBias()))
    return emitOpError() << "start is " << getStart().getType() << ", output " << out << ", or there is a bias as well (C3)";
  if (std::optional<int64_t> tile = getWinograd()) {
    const ArrayRef<int64_t> kernel = getKernel(), strides = getStrides();
    const bool divides = (*tile == 2 || *tile == 4) && out.getHeight() % *tile == 0 && out.getWidth() % *tile == 0;
    const bool window = kernel[0] == 3 && kernel[1] == 3 && strides[0] == strides[1] && strides[0] <= 2 && getDilation() == 1;
    if (!divides || !window || getInputs().size() != 1 || getGate() || getStart())
      return emitOpError() << "cannot be computed by winograd on tiles of " << *tile << " (C4)";
  }
  return success();
}

// ---------------------------------------------------------------- functions of Kern.h

std::pair<AllocOp, int64_t> kern::allocOf(Value buffer) {
  int64_t first = 0;
  for (;;) {
    if (auto slice = buffer.getDefiningOp<kern::SliceOp>()) {
      first += slice.getFirst();
      buffer = slice.getBuffer();
    } else if (auto rows = buffer.getDefiningOp<RowsOp>()) {
      first += static_cast<int64_t>(rows.getFirst()) * rows.getType().getPitch() * rows.getType().getStride();
      buffer = rows.getBuffer();
    } else {
      break;
    }
  }
  return {buffer.getDefiningOp<AllocOp>(), first};
}

SmallVector<Value> kern::readPlaces(KernelOpInterface kernel) {
  SmallVector<Value> places;
  for (Value operand : kernel->getOperands())
    if (operand != kernel.getOutput() && isa<BufferType, MemRefType>(operand.getType()))
      places.push_back(operand);
  return places;
}

TargetAttr kern::targetOf(Operation *op) {
  auto module = isa<ModuleOp>(op) ? cast<ModuleOp>(op) : op->getParentOfType<ModuleOp>();
  return module->getAttrOfType<TargetAttr>(targetAttrName);
}
