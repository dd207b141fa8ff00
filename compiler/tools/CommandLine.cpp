#include "compiler/tools/CommandLine.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cctype>

namespace cl = llvm::cl;

#ifndef MNV3_VERSION
#error "the build defines MNV3_VERSION"
#endif

namespace mnv3 {

int fail(const llvm::Twine &message) {
  llvm::errs() << "mnv3c: error: " << message << "\n";
  return 1;
}

std::string beside(llvm::StringRef file, llvm::StringRef ending) {
  llvm::SmallString<128> path(file);
  llvm::sys::path::replace_extension(path, ending);
  return std::string(path);
}

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
                                clEnumValN(Output::cpp, "cpp", "one C++ source for g++ or clang++, its header, and <stem of FILE>.weights, which it takes in by "
                                                               ".incbin as it is compiled"),
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
cl::opt<bool> selfContained("self-contained", cl::desc("with --emit=cpp: the weights stand in the source, no file beside it"), cl::cat(category));
cl::opt<std::string> ram("ram", cl::desc("an error if arena and stack take more: 65536, 512K, 2M; not for C++"), cl::value_desc("BYTES"), cl::cat(category));
cl::opt<std::string> flash("flash", cl::desc("an error if code and the weights in the object take more; not for C++"), cl::value_desc("BYTES"), cl::cat(category));
cl::opt<bool> profile("profile", cl::desc("count the time of each kernel through the caller's clock (hooks.clock, hooks.ticks)"), cl::cat(category));

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

// The same, as a value: errors are reported where they are found.
std::nullopt_t refuse(const llvm::Twine &message) {
  fail(message);
  return std::nullopt;
}

std::optional<Budgets> parseBudgets() {
  Budgets budgets;
  for (auto [flag, text, bytes] : {std::tuple("--ram", ram.getValue(), &budgets.ram), {"--flash", flash.getValue(), &budgets.flash}}) {
    std::optional<int64_t> parsed = parseBytes(text);
    if (!text.empty() && !parsed)
      return refuse(std::string(flag) + " '" + text + "' is not a number of bytes such as 4096, 512K or 2M");
    if (!text.empty() && (emit == Output::yolo || emit == Output::nn || emit == Output::kern))
      return refuse(std::string(flag) + " is about code: there is none with this --emit");
    if (!text.empty() && emit == Output::cpp)
      return refuse(std::string(flag) + " is about an object: what C++ takes depends on its compiler; arena and weights stand in its header");
    *bytes = parsed.value_or(0);
  }
  return budgets;
}

std::optional<codegen::WeightsIn> parseWeightsPlace(const codegen::Target &target) {
  if (selfContained && emit != Output::cpp)
    return refuse("--self-contained is about C++: give --emit=cpp, too");
  if (selfContained && externalWeights)
    return refuse("--self-contained and --external-weights are two places for the same weights");
  if (externalWeights)
    return codegen::WeightsIn::caller;
  if (emit != Output::cpp || selfContained)
    return codegen::WeightsIn::code;
  if (target.kernels.name == "wasm32")
    return refuse("--emit=cpp takes weights in by .incbin, which WebAssembly's assembler does not have: give --self-contained, too");
  return codegen::WeightsIn::assembler;
}

} // namespace

std::optional<CommandLine> parseCommandLine(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter([](llvm::raw_ostream &out) { out << "mnv3c " << MNV3_VERSION << "\n"; });
  cl::ParseCommandLineOptions(argc, argv,
                              "compiles a YOLOv5 model with MobileNetV3 blocks into one object file and a C header\n\n"
                              "  mnv3c small.yaml --weights best.pt -o det.o --target arm64\n"
                              "  mnv3c best.pt -o det.o\n");
  CommandLine line;
  line.model = {input, weights, 0, 0, keepRows};
  line.emit = emit;
  if (!parseImageSize(imageSize, line.model.height, line.model.width))
    return refuse("--imgsz '" + imageSize + "' is not a size in pixels such as 640 or 480x640");
  if (!name.empty() && !isIdentifier(name))
    return refuse("--name '" + name + "' cannot begin a C identifier");
  std::optional<Budgets> budgets = parseBudgets();
  if (!budgets)
    return std::nullopt;
  line.budgets = *budgets;
  std::string error;
  std::optional<codegen::Target> target = codegen::resolveTarget(
      {targetName, cpu, triple, features, goal.getNumOccurrences() ? std::optional(goal.getValue()) : std::nullopt}, error);
  if (!target)
    return refuse(error);
  line.target = *target;
  std::optional<codegen::WeightsIn> place = parseWeightsPlace(*target);
  if (!place)
    return std::nullopt;
  if (emit == Output::cpp && output.empty())
    return refuse("--emit=cpp makes several files: say by -o where");
  line.output = output.empty() && emit == Output::object ? beside(input, "o") : std::string(output);
  for (auto [ending, what] : {std::pair("h", "the header"), {"weights", "the external weights"}, {"json", "the manifest"}})
    if (!line.output.empty() && line.output == beside(line.output, ending))
      return refuse("'" + line.output + "' is where " + what + " would go: choose another ending, such as .o");
  const std::string &namesake = line.output.empty() ? input : line.output;
  line.code = {name.empty() ? symbolPrefix(namesake) : std::string(name), profile, *place};
  return line;
}

} // namespace mnv3
