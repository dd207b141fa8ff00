#include "compiler/Import/Import.h"

#include "compiler/Import/WeightMatching.h"
#include "compiler/Import/Yaml.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace mnv3::import {
namespace {

void note(std::vector<Diagnostic> &diagnostics, const Location &where, std::string message) {
  diagnostics.push_back({Diagnostic::Severity::note, where, std::move(message), {}});
}

std::string fileName(const std::string &path) { return llvm::sys::path::filename(path).str(); }

std::string sha256Of(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    throw ImportError({path, 0, 0, ""}, "cannot read the file: " + buffer.getError().message());
  return llvm::toHex(llvm::SHA256::hash(llvm::arrayRefFromStringRef((*buffer)->getBuffer())), /*LowerCase=*/true);
}

// The sum over a level's anchors of width * height: small anchors belong to small strides.
double areaOf(const std::vector<float> &level) {
  double area = 0;
  for (size_t i = 0; i + 1 < level.size(); i += 2)
    area += static_cast<double>(level[i]) * level[i + 1];
  return area;
}

class Importer {
public:
  Importer(MLIRContext &context, const ImportOptions &options, std::vector<Diagnostic> &diagnostics)
      : context(context), options(options), diagnostics(diagnostics) {}

  OwningOpRef<ModuleOp> run() {
    readFiles();
    std::vector<float> strides = findStrides(context, description);
    orderAnchors(strides);
    if (weights)
      takeFromWeights(strides);
    checkSize(strides);
    BuiltModel built = buildRows(context, description, options.height, options.width, strides);
    llvm::append_range(diagnostics, built.warnings);
    if (weights) {
      attachWeights(built, description, *weights);
    } else {
      diagnostics.push_back({Diagnostic::Severity::warning, {options.input, 0, 0, ""},
                             "no weights given: the model gets made-up ones and will detect nothing (--weights FILE)", {}});
      attachSeededWeights(built);
    }
    setFacts(*built.module);
    return std::move(built.module);
  }

private:
  void readFiles() {
    bool isCheckpoint = looksLikeWeightFile(options.input);
    std::string weightPath = options.weights.empty() && isCheckpoint ? options.input : options.weights;
    if (!weightPath.empty())
      weights = readWeightFile(weightPath);
    if (!isCheckpoint) {
      description = readDescription(readYamlFile(options.input));
      source = fileName(options.input);
    } else {
      std::optional<CheckpointModel> model = options.weights.empty() ? weights->model : readWeightFile(options.input).model;
      if (!model)
        throw ImportError({options.input, 0, 0, ""}, "holds weights but no model description: give the yaml first and this file with --weights");
      description = readDescription(model->yaml);
      for (Row &row : description.rows) // a checkpoint has rows, but no lines
        row.location = row.moduleLocation = {options.input, 0, 0, fmt::format("row {}", row.index)};
    }
    if (!weightPath.empty())
      source += fmt::format("{}{} (sha256 {})", source.empty() ? "" : " + ", fileName(weightPath), sha256Of(weightPath));
  }

  // YOLOv5 reverses the levels of anchors whose sizes fall where the strides rise.
  void orderAnchors(const std::vector<float> &strides) {
    double growth = areaOf(description.anchors.back()) - areaOf(description.anchors.front());
    if (growth != 0 && (growth > 0) != (strides.back() > strides.front()) && strides.back() != strides.front())
      std::reverse(description.anchors.begin(), description.anchors.end());
  }

  // What training has fixed wins over what the yaml says.
  void takeFromWeights(const std::vector<float> &strides) {
    if (weights->model) {
      const CheckpointModel &model = *weights->model;
      if (static_cast<int64_t>(model.names.size()) != description.classes && !model.names.empty())
        throw ImportError({description.file, 0, 0, ""}, fmt::format("nc is {}, {} was trained for {} classes", description.classes,
                                                                    weights->weights.file, model.names.size()));
      if (!description.names.empty() && !model.names.empty() && description.names != model.names)
        note(diagnostics, {description.file, 0, 0, ""}, fmt::format("names are those of {}: {}", weights->weights.file, fmt::join(model.names, ", ")));
      if (!model.names.empty())
        description.names = model.names;
      takeAnchors(flatten(model.anchors));
      return;
    }
    std::string key = fmt::format("model.{}.anchors", description.rows.size() - 1);
    const Tensor *stored = weights->weights.find(key);
    if (!stored)
      return;
    std::vector<std::vector<float>> anchors; // in cells
    size_t levels = strides.size(), each = levels ? stored->values.size() / levels : 0;
    if (stored->shape != std::vector<int64_t>{static_cast<int64_t>(levels), static_cast<int64_t>(each / 2), 2})
      throw ImportError({weights->weights.file, 0, 0, ""}, fmt::format("'{}' has shape {}, should be levels x anchors x 2", key, fmt::join(stored->shape, "x")));
    for (size_t level = 0; level < levels; ++level) {
      auto &pixels = anchors.emplace_back();
      for (size_t i = 0; i < each; ++i)
        pixels.push_back(stored->values[level * each + i] * strides[level]);
    }
    takeAnchors(anchors);
  }

  static std::vector<std::vector<float>> flatten(const std::vector<std::vector<std::pair<float, float>>> &levels) {
    std::vector<std::vector<float>> flat;
    for (const auto &level : levels) {
      auto &numbers = flat.emplace_back();
      for (auto [width, height] : level) {
        numbers.push_back(width);
        numbers.push_back(height);
      }
    }
    return flat;
  }

  void takeAnchors(const std::vector<std::vector<float>> &trained) {
    if (trained.size() != description.anchors.size() || trained[0].size() != description.anchors[0].size())
      throw ImportError({description.file, 0, 0, ""}, fmt::format("has {} levels of {} anchors, {} was trained with {} of {}",
                                                                  description.anchors.size(), description.anchors[0].size() / 2,
                                                                  weights->weights.file, trained.size(), trained[0].size() / 2));
    bool differ = false;
    for (size_t level = 0; level < trained.size(); ++level)
      for (size_t i = 0; i < trained[level].size(); ++i) // fp16 keeps 11 bits
        differ |= std::abs(trained[level][i] - description.anchors[level][i]) > 2e-3f * std::abs(trained[level][i]);
    if (differ)
      note(diagnostics, {description.file, 0, 0, ""}, fmt::format("anchors are those of {}, which differ", weights->weights.file));
    description.anchors = trained;
  }

  void checkSize(const std::vector<float> &strides) {
    int stride = static_cast<int>(*std::max_element(strides.begin(), strides.end()));
    for (auto [what, size] : {std::pair("height", options.height), {"width", options.width}})
      if (stride > 0 && size % stride) {
        int below = size / stride * stride;
        std::string near = below ? fmt::format("{} or {}", below, below + stride) : std::to_string(stride);
        throw ImportError({description.file, 0, 0, ""}, fmt::format("--imgsz: {} {} is not a multiple of the largest stride, {}; near are {}",
                                                                    what, size, stride, near));
      }
  }

  void setFacts(ModuleOp module) {
    OpBuilder builder(&context);
    SmallVector<StringRef> names;
    while (static_cast<int64_t>(description.names.size()) < description.classes)
      description.names.push_back(fmt::format("class{}", description.names.size()));
    for (const std::string &name : description.names)
      names.push_back(name);
    module->setAttr(yolo::classesAttrName, builder.getStrArrayAttr(names));
    module->setAttr(yolo::sourceAttrName, builder.getStringAttr(source));
    if (options.keepRows)
      module->setAttr(yolo::keepRowsAttrName, builder.getUnitAttr());
  }

  MLIRContext &context;
  const ImportOptions &options;
  std::vector<Diagnostic> &diagnostics;
  Description description;
  std::optional<WeightFile> weights;
  std::string source; // "small.yaml + best.pt (sha256 ...)"
};

} // namespace

OwningOpRef<ModuleOp> importModel(MLIRContext &context, const ImportOptions &options, std::vector<Diagnostic> &diagnostics) {
  try {
    return Importer(context, options, diagnostics).run();
  } catch (const ImportError &error) {
    diagnostics.push_back(error.diagnostic);
  } catch (const std::bad_alloc &) {
    diagnostics.push_back({Diagnostic::Severity::error, {options.input, 0, 0, ""}, "the model does not fit into memory", {}});
  }
  return nullptr;
}

} // namespace mnv3::import
