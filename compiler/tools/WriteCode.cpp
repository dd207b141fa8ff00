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
  std::vector<std::string> kernels;
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

codegen::CodeKind kindOf(Output emit) {
  return emit == Output::object     ? codegen::CodeKind::object
         : emit == Output::assembly ? codegen::CodeKind::assembly
                                    : codegen::CodeKind::llvm;
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

int writeCode(const CommandLine &line, mlir::ModuleOp module, const std::vector<std::string> &kernels) {
  auto function = *module.getOps<mlir::func::FuncOp>().begin();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code = codegen::emitModule(function, kernels, line.target, line.code, context);
  if (!code)
    return 1;
  const codegen::CodeKind kind = kindOf(line.emit);
  std::string bytes, error;
  codegen::ObjectFacts facts;
  // What code takes is known of an object only: text that nobody wants facts about is spared one.
  if (kind == codegen::CodeKind::object || !line.output.empty() || line.budgets.ram || line.budgets.flash) {
    std::unique_ptr<llvm::Module> copy = kind == codegen::CodeKind::object ? nullptr : llvm::CloneModule(*code); // emitting changes a module
    if (!codegen::emitObject(copy ? *copy : *code, line.target, line.code.name, bytes, facts, error))
      return fail(error);
    auto ramAt = [&](int64_t height, int64_t width) { return ramAtSize(*module.getContext(), line, height, width); };
    if (mlir::failed(checkBudgets(function, facts, line.code.externalWeights, line.budgets, ramAt)))
      return 1;
  }
  if (kind != codegen::CodeKind::object && !codegen::emitCode(*code, line.target, kind, bytes, error))
    return fail(error);
  if (line.output.empty())
    return writeText(line, bytes);
  auto source = module->getAttrOfType<mlir::StringAttr>("yolo.source");
  codegen::HeaderFacts header{line.code.name, source ? source.getValue().str() : "", line.target.name, MNV3_VERSION, line.code.profile,
                              line.code.externalWeights};
  std::vector<std::pair<std::string, std::string>> files = {{line.output, bytes}};
  if (line.code.externalWeights) {
    files.push_back({beside(line.output, "weights"), codegen::emitWeightsFile(function)});
    facts.weights = static_cast<int64_t>(files.back().second.size());
  }
  files.push_back({beside(line.output, "h"), codegen::emitHeader(function, header, facts)});
  if (kind == codegen::CodeKind::object) {
    codegen::ManifestFacts manifest{MNV3_VERSION, line.target, {}, {}};
    for (const std::string &file : {line.model.input, line.model.weights})
      if (!file.empty() && !addInput(manifest, file, error))
        return fail(error);
    for (const auto &[file, content] : files)
      manifest.outputs.push_back(describeFile(file, content));
    files.push_back({beside(line.output, "json"), codegen::emitManifest(function, manifest, facts)});
  }
  return writeFiles(files, error) ? 0 : fail(error);
}

} // namespace mnv3
