#include "compiler/tools/WriteCode.h"

#include "compiler/tools/OutputFiles.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/Cloning.h"

namespace mnv3 {
namespace {

codegen::ManifestFacts::File describeFile(llvm::StringRef path, llvm::StringRef bytes) {
  return {llvm::sys::path::filename(path).str(), static_cast<int64_t>(bytes.size()), codegen::sha256Of(bytes)};
}

bool addInput(codegen::ManifestFacts &manifest, const std::string &path, std::string &error) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file) {
    error = "cannot read '" + path + "': " + file.getError().message();
    return false;
  }
  manifest.inputs.push_back(describeFile(path, (*file)->getBuffer()));
  return true;
}

// Arena and stack of the model for another size of the network's input; nothing, and no word, if there is none.
std::optional<int64_t> ramAtSize(mlir::MLIRContext &context, const CommandLine &line, int64_t height, int64_t width) {
  mlir::ScopedDiagnosticHandler quiet(&context, [](mlir::Diagnostic &) {});
  import::ImportOptions model = line.model;
  model.height = static_cast<int>(height);
  model.width = static_cast<int>(width);
  std::vector<import::Diagnostic> diagnostics;
  codegen::KernelCode kernels;
  mlir::OwningOpRef<mlir::ModuleOp> module = import::importModel(context, model, diagnostics);
  if (!module || mlir::failed(lowerTo(Output::object, *module, line.target, kernels)))
    return std::nullopt;
  auto function = *module->getOps<mlir::func::FuncOp>().begin();
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> code = codegen::emitModule(function, kernels, line.target, line.code, llvmContext);
  std::string bytes, error;
  codegen::ObjectFacts facts;
  if (!code || !codegen::emitObject(*code, line.target, line.code.name, bytes, facts, error))
    return std::nullopt;
  return ramOf(function, facts);
}

// An object, assembly or LLVM IR. False after a word.
bool makeCode(const CommandLine &line, mlir::func::FuncOp function, codegen::KernelCode &kernels, std::string &bytes,
              std::optional<codegen::ObjectFacts> &facts) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code = codegen::emitModule(function, kernels, line.target, line.code, context);
  if (!code)
    return false;
  const bool isObject = line.emit == Output::object;
  std::string error;
  // What code takes is known of an object only: text that nobody wants facts about is spared one.
  if (isObject || !line.output.empty() || line.budgets.ram || line.budgets.flash) {
    std::unique_ptr<llvm::Module> copy = isObject ? nullptr : llvm::CloneModule(*code); // emitting changes a module
    if (!codegen::emitObject(copy ? *copy : *code, line.target, line.code.name, bytes, facts.emplace(), error)) {
      fail(error);
      return false;
    }
    auto ramAt = [&](int64_t height, int64_t width) { return ramAtSize(*function.getContext(), line, height, width); };
    const bool external = line.code.weights == codegen::WeightsIn::caller;
    if (mlir::failed(checkBudgets(function, *facts, external, line.budgets, ramAt)))
      return false;
  }
  const auto kind = line.emit == Output::assembly ? codegen::TextKind::assembly : codegen::TextKind::llvm;
  if (!isObject && !codegen::emitText(*code, line.target, kind, bytes, error)) {
    fail(error);
    return false;
  }
  return true;
}

} // namespace

int writeText(const CommandLine &line, const std::string &text) {
  if (line.output.empty()) {
    llvm::outs() << text;
    return 0;
  }
  std::string error;
  return writeFiles({{line.output, text}}, error) ? 0 : fail(error);
}

int writeCode(const CommandLine &line, mlir::ModuleOp module, codegen::KernelCode &kernels) {
  auto function = *module.getOps<mlir::func::FuncOp>().begin();
  auto source = module->getAttrOfType<mlir::StringAttr>("yolo.source");
  const codegen::HeaderFacts header{llvm::sys::path::stem(line.output).str(), source ? source.getValue().str() : "", line.target.name,
                                    MNV3_VERSION};
  std::string bytes, error;
  std::optional<codegen::ObjectFacts> facts; // of an object, if anybody asks
  if (line.emit == Output::cpp) {
    const std::vector<std::string> *pieces = kernels.pieces(error);
    if (!pieces)
      return fail(error);
    bytes = codegen::emitCpp(function, *pieces, line.target, line.code, header);
  } else if (!makeCode(line, function, kernels, bytes, facts))
    return 1;
  if (line.output.empty())
    return writeText(line, bytes);
  std::vector<std::pair<std::string, std::string>> files = {{line.output, std::move(bytes)}};
  if (line.code.weights != codegen::WeightsIn::code)
    files.push_back({beside(line.output, "weights"), codegen::emitWeightsFile(function)});
  files.push_back({beside(line.output, "h"), codegen::emitHeader(function, line.code, header, facts ? &*facts : nullptr)});
  if (line.emit == Output::object || line.emit == Output::cpp) {
    codegen::ManifestFacts manifest{MNV3_VERSION, line.target, {}, {}};
    for (const std::string &file : {line.model.input, line.model.weights})
      if (!file.empty() && !addInput(manifest, file, error))
        return fail(error);
    for (const auto &[file, content] : files)
      manifest.outputs.push_back(describeFile(file, content));
    files.push_back({beside(line.output, "json"), codegen::emitManifest(function, line.code, manifest, facts ? &*facts : nullptr)});
  }
  return writeFiles(files, error) ? 0 : fail(error);
}

} // namespace mnv3
