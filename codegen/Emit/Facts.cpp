// What the emitters ask of a planned kern function, gathered once here.
#include "codegen/Emit/Driver.h"
#include "codegen/Emit/Emit.h"
#include "codegen/Emit/KernelSpecOf.h"
#include "codegen/Schedules/Schedules.h"

#include <fmt/format.h>

using namespace mlir;

namespace mnv3::codegen {

std::vector<Head> headsOf(func::FuncOp function) {
  std::vector<Head> heads;
  auto rows = function->getAttrOfType<DenseI64ArrayAttr>("kern.head_rows");
  for (auto [index, argument] : llvm::enumerate(function.getArguments().drop_front())) {
    Head head;
    auto shape = cast<MemRefType>(argument.getType()).getShape();
    head.shape.assign(shape.begin(), shape.end());
    if (rows && static_cast<int64_t>(index) < rows.size())
      head.row = rows[index];
    for (Operation *user : argument.getUsers())
      if (auto detect = dyn_cast<kern::DetectOp>(user)) {
        head.stride = detect.getStride().convertToFloat();
        head.anchors.assign(detect.getAnchors().begin(), detect.getAnchors().end());
      }
    heads.push_back(std::move(head));
  }
  return heads;
}

std::vector<Level> levelsOf(func::FuncOp function, const WeightBlob &weights) {
  const KernelTarget target = kernelTargetOf(kern::targetOf(function->getParentOfType<ModuleOp>()));
  std::vector<Level> levels;
  for (Value head : function.getArguments().drop_front())
    for (Operation *user : head.getUsers()) {
      auto detect = dyn_cast<kern::DetectOp>(user);
      if (!detect)
        continue;
      const KernelSpec spec = kernelSpecOf(detect);
      const Picture &input = spec.inputs[0];
      const auto operands = kernelOperandsOf(detect);
      levels.push_back({placeOf(operands[0], weights).bytes, placeOf(operands[1], weights).bytes, placeOf(operands[2], weights).bytes,
                        input.channels, input.pixelStride, input.rowStride, spec.schedule.vectors * target.vectorWidth,
                        spec.anchors * spec.output.channels - dottedOutputs(spec, target)});
    }
  return levels;
}

static std::vector<std::string> stringsOf(func::FuncOp function, StringRef attribute) {
  std::vector<std::string> strings;
  if (auto list = function->getParentOfType<ModuleOp>()->getAttrOfType<ArrayAttr>(attribute))
    for (Attribute string : list)
      strings.push_back(cast<StringAttr>(string).getValue().str());
  return strings;
}

std::vector<std::string> classNamesOf(func::FuncOp function) { return stringsOf(function, "yolo.classes"); }

std::vector<std::string> rowNamesOf(func::FuncOp function) { return stringsOf(function, "yolo.rows"); }

// "row 19" of a location NameLoc("row 19", ...), wherever it is nested.
static std::string rowOf(Location loc) {
  std::string row;
  loc->walk([&](Location part) {
    if (auto name = dyn_cast<NameLoc>(part))
      row = name.getName().str();
    return row.empty() ? WalkResult::advance() : WalkResult::interrupt();
  });
  return row.empty() ? "row ?" : row;
}

std::vector<std::string> kernelNames(func::FuncOp function) {
  std::vector<std::string> names;
  function.walk([&](kern::KernelOpInterface kernel) {
    KernelSpec spec = kernelSpecOf(kernel);
    spec.height = rowsOf(kernel);
    int channels = 0;
    for (const Picture &input : spec.inputs)
      channels += input.channels;
    std::string window = spec.kernelH * spec.kernelW > 1 ? fmt::format(" {}x{} stride {}", spec.kernelH, spec.kernelW, spec.strideY) : "";
    names.push_back(fmt::format("{}: {}{}{}, {} -> {}x{}x{}", rowOf(kernel->getLoc()),
                                kernel->getName().stripDialect().str(), window,
                                spec.family == Family::winograd ? " winograd" : "", channels, spec.height, spec.width,
                                spec.output.channels * std::max(spec.anchors, 1)));
  });
  return names;
}

int64_t winogradBytes(func::FuncOp function) {
  int64_t bytes = 0;
  llvm::DenseSet<Value> seen; // strips of a layer share its weights
  function.walk([&](kern::Conv2DOp op) {
    std::optional<int64_t> outputs = op.getWinograd();
    if (!outputs || !seen.insert(op.getWeights()[0]).second)
      return;
    const int64_t products = winogradProducts(static_cast<int>(op.getStrides()[0]), static_cast<int>(*outputs));
    const int64_t weights = cast<RankedTensorType>(op.getWeights()[0].getType()).getNumElements();
    bytes += weights / products * (products - 9) * static_cast<int64_t>(sizeof(float));
  });
  return bytes;
}

} // namespace mnv3::codegen
