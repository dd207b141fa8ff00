// mnv3c: flags in, files out. What happens between stands in compiler/Pipeline.
#include "codegen/Emit/Emit.h"
#include "compiler/Import/Import.h"
#include "compiler/Import/PrintDiagnostics.h"
#include "compiler/Pipeline/Budgets.h"
#include "compiler/Pipeline/Pipeline.h"
#include "compiler/tools/OutputFiles.h"
#include "dialects/Kern/Kern.h"
#include "dialects/Yolo/Yolo.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/Cloning.h"

#include <cctype>

namespace cl = llvm::cl;
using namespace mnv3;

#ifndef MNV3_VERSION
#error "the build defines MNV3_VERSION"
#endif

namespace {

// One a line: name, triple, CPU, floats in a vector.
void printTargetList() {
  for (const std::string &name : codegen::targetNames()) {
    std::string error;
    if (std::optional<codegen::Target> target = codegen::resolveTarget({name, "", "", ""}, error))
      llvm::outs() << llvm::formatv("{0,-12} {1}, {2}, vectors of {3}\n", name, target->triple, target->cpu, target->kernels.vectorWidth);
    else
      llvm::outs() << llvm::formatv("{0,-12} {1}\n", name, error);
  }
}

cl::OptionCategory category("mnv3c options");
cl::opt<std::string> input(cl::Positional, cl::Required, cl::desc("INPUT: a model yaml, or a checkpoint with its own"), cl::cat(category));
cl::opt<std::string> output("o", cl::desc("output file; header and manifest go beside it (det.o -> det.h, det.json)"), cl::value_desc("FILE"), cl::cat(category));
cl::opt<std::string> weights("weights", cl::desc("trained weights: .pt (checkpoint or state_dict), .safetensors, .npz"), cl::value_desc("FILE"),
                             cl::cat(category));
cl::opt<std::string> targetName("target", cl::init("host"), cl::desc("what to compile for: host (default), x86-64 (AVX2), x86-64-v4 (AVX-512), arm64, armv7 (NEON), "
                                                                         "cortex-m4, cortex-m7, cortex-m33, cortex-m55, riscv64 (vectors: --features +v), wasm32 (SIMD)"),
                                cl::value_desc("NAME"), cl::cat(category));
cl::opt<bool> printTargets("print-targets", cl::desc("list what --target accepts"), cl::cat(category), cl::callback([](const bool &) {
                             printTargetList();
                             std::exit(0);
                           }));
cl::opt<std::string> cpu("cpu", cl::desc("schedule code for this CPU and use its instructions, as in LLVM's -mcpu"), cl::value_desc("CPU"), cl::cat(category));
cl::opt<std::string> triple("triple", cl::desc("LLVM target triple, of the same machine, instead of the target's own"), cl::value_desc("TRIPLE"), cl::cat(category));
cl::opt<std::string> features("features", cl::desc("further LLVM features: +a,-b"), cl::value_desc("LIST"), cl::cat(category));
cl::opt<std::string> imageSize("imgsz", cl::init("640"), cl::desc("network input in pixels, a multiple of the largest stride; height first (default 640)"),
                               cl::value_desc("N or HxW"), cl::cat(category));
cl::opt<std::string> name("name", cl::desc("prefix of every symbol and macro; default: the output's stem"), cl::value_desc("NAME"), cl::cat(category));
cl::opt<Output> emit("emit", cl::init(Output::object), cl::desc("what to write:"),
                     cl::values(clEnumValN(Output::object, "obj", "one relocatable object and its header (default)"),
                                clEnumValN(Output::assembly, "asm", "the same as assembly text"),
                                clEnumValN(Output::llvm, "llvm", "the same as LLVM IR"),
                                clEnumValN(Output::kern, "kern", "kernel calls with their places in the arena"),
                                clEnumValN(Output::nn, "nn", "layer math, after all transforms"),
                                clEnumValN(Output::yolo, "yolo", "the yaml's rows, resolved")),
                     cl::cat(category));
cl::opt<codegen::Goal> goal("O", cl::desc("what weighs more (default: speed; size for cortex-m*):"),
                            cl::values(clEnumValN(codegen::Goal::speed, "speed", "3x3 convolutions by Winograd where that is faster: weights take 2 to 9 times "
                                                                                  "the flash, tiles some RAM (the header says how many bytes of weights)"),
                                       clEnumValN(codegen::Goal::size, "size", "weights as they are")),
                            cl::cat(category));
cl::opt<bool> keepRows("keep-rows", cl::desc("for tests: every yaml row's result becomes a further head"), cl::cat(category));
cl::opt<bool> externalWeights("external-weights", cl::desc("weights go to <stem of FILE>.weights instead of the object; the caller hands them over"),
                              cl::cat(category));
cl::opt<std::string> ram("ram", cl::desc("an error if arena and stack take more: 65536, 512K, 2M"), cl::value_desc("BYTES"), cl::cat(category));
cl::opt<std::string> flash("flash", cl::desc("an error if code and the weights in the object take more"), cl::value_desc("BYTES"), cl::cat(category));
cl::opt<bool> profile("profile", cl::desc("count the time of each kernel through the caller's clock (hooks.clock, hooks.ticks)"), cl::cat(category));

int fail(const llvm::Twine &message) {
  llvm::errs() << "mnv3c: error: " << message << "\n";
  return 1;
}

// "640" or "480x640", height first.
bool parseImageSize(llvm::StringRef text, int &height, int &width) {
  auto [first, second] = text.split('x');
  if (first.getAsInteger(10, height) || (text.contains('x') ? second.getAsInteger(10, width) : (width = height, false)))
    return false;
  return height > 0 && width > 0 && height <= 16384 && width <= 16384;
}

bool isIdentifier(llvm::StringRef text) {
  return !text.empty() && !std::isdigit(static_cast<unsigned char>(text[0])) &&
         llvm::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

// The output's stem as a C identifier: "my-det.o" -> "my_det".
std::string symbolPrefix(llvm::StringRef file) {
  std::string prefix = llvm::sys::path::stem(file).str();
  for (char &c : prefix)
    if (!std::isalnum(static_cast<unsigned char>(c)))
      c = '_';
  return prefix.empty() || std::isdigit(static_cast<unsigned char>(prefix[0])) ? "model_" + prefix : prefix;
}

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

// "out/det.o", "h" -> "out/det.h"
std::string beside(llvm::StringRef file, llvm::StringRef ending) {
  llvm::SmallString<128> path(file);
  llvm::sys::path::replace_extension(path, ending);
  return std::string(path);
}

std::string outputPath() {
  if (!output.empty() || emit != Output::object)
    return output;
  return beside(input, "o");
}

// The text of a phase: to the output file, or to stdout.
int writeText(const std::string &text) {
  if (output.empty()) {
    llvm::outs() << text;
    return 0;
  }
  std::string error;
  return writeFiles({{output, text}}, error) ? 0 : fail(error);
}

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

// Arena and stack of the model that `options` describe; nothing, and no word, if there is none.
std::optional<int64_t> ramOfModel(mlir::MLIRContext &context, const import::ImportOptions &options, const codegen::Target &target,
                                  const codegen::EmitOptions &emitOptions) {
  mlir::ScopedDiagnosticHandler quiet(&context, [](mlir::Diagnostic &) {});
  std::vector<import::Diagnostic> diagnostics;
  std::vector<std::string> kernels;
  mlir::OwningOpRef<mlir::ModuleOp> module = import::importModel(context, options, diagnostics);
  if (!module || mlir::failed(lowerTo(Output::object, *module, target, kernels)))
    return std::nullopt;
  auto function = *module->getOps<mlir::func::FuncOp>().begin();
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> code = codegen::emitModule(function, kernels, target, emitOptions, llvmContext);
  std::string bytes, error;
  codegen::ObjectFacts facts;
  if (!code || !codegen::emitObject(*code, target, emitOptions.name, bytes, facts, error))
    return std::nullopt;
  return ramOf(function, facts);
}

int writeCode(mlir::ModuleOp module, const import::ImportOptions &importOptions, const codegen::Target &target,
              const std::vector<std::string> &kernels, const Budgets &budgets) {
  auto function = *module.getOps<mlir::func::FuncOp>().begin();
  std::string path = outputPath(), prefix = name.empty() ? symbolPrefix(path.empty() ? std::string(input) : path) : std::string(name);
  codegen::EmitOptions options{prefix, profile, externalWeights};
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code = codegen::emitModule(function, kernels, target, options, context);
  if (!code)
    return 1;
  codegen::CodeKind kind = emit == Output::object     ? codegen::CodeKind::object
                           : emit == Output::assembly ? codegen::CodeKind::assembly
                                                      : codegen::CodeKind::llvm;
  std::string object, bytes, error;
  codegen::ObjectFacts facts;
  std::unique_ptr<llvm::Module> copy = kind == codegen::CodeKind::object ? nullptr : llvm::CloneModule(*code); // emitting changes a module
  if (!codegen::emitObject(copy ? *copy : *code, target, prefix, object, facts, error))
    return fail(error);
  auto ramAt = [&](int64_t height, int64_t width) {
    import::ImportOptions other = importOptions;
    other.height = static_cast<int>(height);
    other.width = static_cast<int>(width);
    return ramOfModel(*module.getContext(), other, target, options);
  };
  if (mlir::failed(checkBudgets(function, facts, externalWeights, budgets, ramAt)))
    return 1;
  if (kind == codegen::CodeKind::object)
    bytes = std::move(object);
  else if (!codegen::emitCode(*code, target, kind, bytes, error))
    return fail(error);
  if (path.empty())
    return writeText(bytes);
  auto source = module->getAttrOfType<mlir::StringAttr>("yolo.source");
  codegen::HeaderFacts header{prefix, source ? source.getValue().str() : "", target.name, MNV3_VERSION, profile, externalWeights};
  std::vector<std::pair<std::string, std::string>> files = {{path, bytes}};
  if (externalWeights) {
    files.push_back({beside(path, "weights"), codegen::emitWeightsFile(function)});
    facts.weights = static_cast<int64_t>(files.back().second.size());
  }
  files.push_back({beside(path, "h"), codegen::emitHeader(function, header, facts)});
  if (kind == codegen::CodeKind::object) {
    codegen::ManifestFacts manifest{MNV3_VERSION, target, {}, {}};
    for (const std::string &file : {input.getValue(), weights.getValue()})
      if (!file.empty() && !addInput(manifest, file, error))
        return fail(error);
    for (const auto &[file, content] : files)
      manifest.outputs.push_back(describeFile(file, content));
    files.push_back({beside(path, "json"), codegen::emitManifest(function, manifest, facts)});
  }
  return writeFiles(files, error) ? 0 : fail(error);
}

int run() {
  import::ImportOptions options;
  options.input = input;
  options.weights = weights;
  options.keepRows = keepRows;
  if (!parseImageSize(imageSize, options.height, options.width))
    return fail("--imgsz '" + imageSize + "' is not a size in pixels such as 640 or 480x640");
  if (!name.empty() && !isIdentifier(name))
    return fail("--name '" + name + "' cannot begin a C identifier");
  Budgets budgets;
  for (auto [flag, text, bytes] : {std::tuple("--ram", ram.getValue(), &budgets.ram), {"--flash", flash.getValue(), &budgets.flash}}) {
    std::optional<int64_t> parsed = parseBytes(text);
    if (!text.empty() && !parsed)
      return fail(std::string(flag) + " '" + text + "' is not a number of bytes such as 4096, 512K or 2M");
    if (!text.empty() && (emit == Output::yolo || emit == Output::nn || emit == Output::kern))
      return fail(std::string(flag) + " is about code: there is none with this --emit");
    *bytes = parsed.value_or(0);
  }
  std::string error;
  std::optional<codegen::Target> target = codegen::resolveTarget(
      {targetName, cpu, triple, features, goal.getNumOccurrences() ? std::optional(goal.getValue()) : std::nullopt}, error);
  if (!target)
    return fail(error);
  std::string path = outputPath();
  for (auto [ending, what] : {std::pair("h", "the header"), {"weights", "the external weights"}, {"json", "the manifest"}})
    if (!path.empty() && path == beside(path, ending))
      return fail("'" + path + "' is where " + what + " would go: choose another ending, such as .o");

  mlir::DialectRegistry registry;
  registry.insert<mlir::func::FuncDialect, yolo::YoloDialect, nn::NNDialect, kern::KernDialect>();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  context.printOpOnDiagnostic(false);
  mlir::ScopedDiagnosticHandler handler(&context, [](mlir::Diagnostic &diagnostic) { import::printDiagnostics({locate(diagnostic)}); });

  std::vector<import::Diagnostic> diagnostics;
  mlir::OwningOpRef<mlir::ModuleOp> module = import::importModel(context, options, diagnostics);
  import::printDiagnostics(diagnostics);
  if (!module)
    return 1;
  std::vector<std::string> kernels;
  if (mlir::failed(lowerTo(emit, *module, *target, kernels)))
    return 1;
  if (emit == Output::yolo || emit == Output::nn || emit == Output::kern)
    return writeText(moduleText(*module));
  return writeCode(*module, options, *target, kernels, budgets);
}

} // namespace

int main(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter([](llvm::raw_ostream &out) { out << "mnv3c " << MNV3_VERSION << "\n"; });
  cl::ParseCommandLineOptions(argc, argv,
                              "compiles a YOLOv5 model with MobileNetV3 blocks into one object file and a C header\n\n"
                              "  mnv3c small.yaml --weights best.pt -o det.o --target arm64\n"
                              "  mnv3c best.pt -o det.o\n");
  return run();
}
