// mnv3c: flags in (CommandLine.h), files out (WriteCode.h). What happens between stands in compiler/Pipeline.
#include "compiler/Import/PrintDiagnostics.h"
#include "compiler/tools/CommandLine.h"
#include "compiler/tools/WriteCode.h"
#include "dialects/Kern/Kern.h"
#include "dialects/Yolo/Yolo.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/raw_ostream.h"

using namespace mnv3;

namespace {

std::string moduleText(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  mlir::OpPrintingFlags flags;
  flags.elideLargeElementsAttrs(16).elideLargeResourceString(0);
  module.print(stream, flags);
  return text;
}

// What a pass says, at the yaml row that its op came from.
import::Diagnostic locate(mlir::Diagnostic &diagnostic) {
  import::Diagnostic located;
  using Severity = import::Diagnostic::Severity;
  located.severity = diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error     ? Severity::error
                     : diagnostic.getSeverity() == mlir::DiagnosticSeverity::Warning ? Severity::warning
                                                                                     : Severity::note;
  located.message = diagnostic.str();
  diagnostic.getLocation()->walk([&](mlir::Location part) {
    if (auto name = llvm::dyn_cast<mlir::NameLoc>(part))
      located.location.inside = name.getName().str();
    if (auto file = llvm::dyn_cast<mlir::FileLineColLoc>(part))
      located.location = {file.getFilename().str(), static_cast<int>(file.getLine()), static_cast<int>(file.getColumn()), located.location.inside};
    return mlir::WalkResult::advance();
  });
  if (located.location.line > 0)
    located.location.inside.clear();
  for (mlir::Diagnostic &note : diagnostic.getNotes())
    located.notes.push_back(locate(note));
  return located;
}

int run(const CommandLine &line) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::func::FuncDialect, yolo::YoloDialect, nn::NNDialect, kern::KernDialect>();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  context.printOpOnDiagnostic(false);
  mlir::ScopedDiagnosticHandler handler(&context, [](mlir::Diagnostic &diagnostic) { import::printDiagnostics({locate(diagnostic)}); });

  std::vector<import::Diagnostic> diagnostics;
  mlir::OwningOpRef<mlir::ModuleOp> module = import::importModel(context, line.model, diagnostics);
  import::printDiagnostics(diagnostics);
  if (!module)
    return 1;
  codegen::KernelCode kernels;
  if (mlir::failed(lowerTo(line.emit, *module, line.target, kernels)))
    return 1;
  if (line.emit == Output::yolo || line.emit == Output::nn || line.emit == Output::kern)
    return writeText(line, moduleText(*module));
  return writeCode(line, *module, kernels);
}

} // namespace

int main(int argc, char **argv) {
  std::optional<CommandLine> line = parseCommandLine(argc, argv);
  return line ? run(*line) : 1;
}
