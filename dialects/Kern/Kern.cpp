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
  return success();
}

// ---------------------------------------------------------------- attributes

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t pixels, int64_t vectors, int64_t unroll,
                                   int64_t rows, bool) {
  for (int64_t number : {pixels, vectors, unroll, rows})
    if (number < 0 || number > 65536)
      return emitError() << "a schedule's numbers are 0 to 65536, not " << number;
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
  if (static_cast<int64_t>(getFirst()) < 0 || static_cast<int64_t>(getFirst()) + part.getChannels() > whole.getChannels())
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
  if (first < -halo || first + part.getHeight() > whole.getHeight() + halo)
    return emitOpError() << "rows " << first << " to " << first + part.getHeight() << " are not inside " << whole << " (C1)";
  if (BufferType::get(getContext(), part.getHeight(), whole.getWidth(), whole.getChannels(), whole.getStride(), halo,
                      whole.getHaloColumns()) != part)
    return emitOpError() << part << " is laid out unlike " << whole << " (C1)";
  return success();
}

OpFoldResult WeightsOp::fold(FoldAdaptor) { return getValue(); }

static bool isWindow(ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads) {
  auto pair = [](ArrayRef<int64_t> values, int64_t least) { return values.size() == 2 && values[0] >= least && values[1] >= least; };
  return pair(kernel, 1) && pair(strides, 1) && pair(pads, 0);
}

LogicalResult kern::DepthwiseOp::verify() {
  if (!isWindow(getKernel(), getStrides(), getPads()))
    return emitOpError("needs two kernel extents and strides of at least 1 and two pads of at least 0 (C1)");
  return success();
}

LogicalResult kern::Conv2DOp::verify() {
  if (getInputs().empty() || getInputs().size() != getWeights().size())
    return emitOpError() << "has " << getInputs().size() << " inputs and " << getWeights().size() << " weights (C1)";
  if (getGate() && getInputs().size() != 1)
    return emitOpError("has a gate and several inputs (C1)");
  if (!isWindow(getKernel(), getStrides(), getPads()) || static_cast<int64_t>(getDilation()) < 1)
    return emitOpError("needs two kernel extents and strides of at least 1 and two pads of at least 0 (C2)");
  BufferType out = getOutput().getType();
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
