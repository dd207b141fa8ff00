// det.json: what went in, what came out, and what each yaml row costs.
#include "codegen/Emit/Emit.h"

#include "codegen/Emit/Driver.h"
#include "codegen/Emit/KernelSpecOf.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;

namespace mnv3::codegen {

std::vector<RowCost> rowCosts(func::FuncOp function, const ObjectFacts &facts) {
  llvm::MapVector<StringRef, RowCost> rows; // in the order in which they run first
  llvm::StringSet<> counted;                // a kernel, and packed weights, belong to the first row that uses them
  llvm::SmallPtrSet<Operation *, 32> countedWeights;
  std::vector<std::string> names = kernelNames(function);
  size_t next = 0;
  function.walk([&](kern::KernelOpInterface kernel) {
    auto [rowName, kernelName] = StringRef(names[next++]).split(": ");
    RowCost &row = rows[rowName];
    row.name = rowName.str();
    row.location = kernel->getLoc();
    row.kernels.push_back(kernelName.str());
    StringRef symbol = kernel->getAttrOfType<StringAttr>("symbol").getValue();
    if (counted.insert(symbol).second)
      row.code += facts.sizes.lookup(symbol);
    for (const KernelOperand &operand : kernelOperandsOf(kernel))
      if (auto weights = operand.value.getDefiningOp<kern::WeightsOp>(); weights && countedWeights.insert(weights).second)
        row.weights += llvm::alignTo(weights.getType().getNumElements() * 4, 64);
    row.arena = std::max(row.arena, kernel->getAttrOfType<IntegerAttr>("live_bytes").getInt());
  });
  std::vector<RowCost> costs;
  for (auto &[name, row] : rows)
    costs.push_back(std::move(row));
  return costs;
}

std::string sha256Of(StringRef bytes) {
  return llvm::toHex(llvm::SHA256::hash(llvm::arrayRefFromStringRef(bytes)), /*LowerCase=*/true);
}

std::string emitManifest(func::FuncOp function, const EmitOptions &options, const ManifestFacts &manifest, const ObjectFacts *object) {
  auto arena = function->getAttrOfType<DictionaryAttr>("kern.arena");
  auto image = cast<MemRefType>(function.getArgument(0).getType());
  const std::vector<RowCost> rows = rowCosts(function, object ? *object : ObjectFacts());
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream json(stream, 1);
  auto known = [&](int64_t bytes) { return object ? llvm::json::Value(bytes) : llvm::json::Value(nullptr); };
  auto files = [&](const char *key, const std::vector<ManifestFacts::File> &list) {
    json.attributeArray(key, [&] {
      for (const ManifestFacts::File &file : list)
        json.object([&] {
          json.attribute("name", llvm::json::fixUTF8(file.name));
          json.attribute("bytes", file.bytes);
          json.attribute("sha256", file.sha256);
        });
    });
  };
  json.object([&] {
    json.attribute("mnv3c", manifest.version);
    json.attributeObject("target", [&] {
      json.attribute("name", manifest.target.name);
      json.attribute("triple", manifest.target.triple);
      json.attribute("cpu", manifest.target.cpu);
      json.attribute("features", manifest.target.features);
    });
    json.attributeObject("network", [&] {
      json.attribute("width", image.getDimSize(2));
      json.attribute("height", image.getDimSize(1));
      json.attribute("classes", static_cast<int64_t>(classNamesOf(function).size()));
    });
    files("inputs", manifest.inputs);
    files("outputs", manifest.outputs);
    json.attributeObject("bytes", [&] {
      json.attribute("arena", arena.getAs<IntegerAttr>("bytes").getInt());
      json.attribute("arena_lower_bound", arena.getAs<IntegerAttr>("lower_bound").getInt());
      json.attribute("stack", known(object ? object->deepest() : 0));
      json.attribute("code", known(object ? object->code : 0));
      json.attribute("weights", weightsBytes(function, options));
    });
    if (object) {
      json.attributeObject("stack", [&] {
        for (const auto &[entry, bytes] : object->stack)
          json.attribute(entry, bytes);
      });
      json.attributeArray("symbols", [&] {
        for (const std::string &symbol : object->symbols)
          json.value(symbol);
      });
    } else {
      json.attribute("stack", nullptr);
      json.attribute("symbols", nullptr);
    }
    json.attributeArray("rows", [&] {
      for (const RowCost &row : rows)
        json.object([&] {
          json.attribute("row", llvm::json::fixUTF8(row.name));
          json.attributeArray("kernels", [&] {
            for (const std::string &kernel : row.kernels)
              json.value(llvm::json::fixUTF8(kernel));
          });
          json.attribute("code", known(row.code));
          json.attribute("weights", row.weights);
          json.attribute("arena", row.arena);
        });
    });
  });
  return text + "\n";
}

} // namespace mnv3::codegen
