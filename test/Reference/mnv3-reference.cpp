// mnv3-reference model.mlir [--image in.f32 | --seed 1] -o stem
// mnv3-reference model.yaml --imgsz 64x96 ...
// Runs the function of a file of nn ops on one picture; or a model with seeded weights, its layers as written, before any
// pass. Writes each head to stem.head<i>.f32 and each kept row to
// stem.row<r>.f32, little-endian floats, and stem.index: a line `head 0 3x80x80x11` or `row 7 1x20x20x96` for each.
#include "Interpreter.h"

#include "compiler/Conversion/Passes.h"
#include "compiler/Import/Import.h"

#include "dialects/NN/NN.h"
#include "dialects/Yolo/Yolo.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

#include <cstring>
#include <random>

using namespace mnv3::reference;
namespace cl = llvm::cl;

static cl::opt<std::string> inputFile(cl::Positional, cl::Required, cl::desc("<file of nn ops, or a yaml>"));
static cl::opt<std::string> imgsz("imgsz", cl::desc("of a yaml: height x width"));
static cl::opt<std::string> imageFile("image", cl::desc("the picture, 1 x C x H x W little-endian floats"));
static cl::opt<unsigned> seed("seed", cl::init(1), cl::desc("without --image: a random picture in [0, 1)"));
static cl::opt<std::string> stem("o", cl::Required, cl::desc("what the output files' names begin with"));

static int fail(const llvm::Twine &why) {
  llvm::errs() << "error: " << why << "\n";
  return 1;
}

static bool write(llvm::StringRef name, llvm::StringRef bytes) {
  std::error_code error;
  llvm::raw_fd_ostream file(name, error);
  if (error)
    return false;
  file << bytes;
  file.close();
  return !file.has_error();
}

static mlir::OwningOpRef<mlir::ModuleOp> readModel(mlir::MLIRContext &context) {
  llvm::StringRef height, width;
  std::tie(height, width) = llvm::StringRef(imgsz).split('x');
  mnv3::import::ImportOptions options;
  options.input = inputFile;
  options.keepRows = true;
  std::vector<mnv3::import::Diagnostic> diagnostics;
  if (height.getAsInteger(10, options.height) || width.getAsInteger(10, options.width))
    return fail("--imgsz should be height x width"), nullptr;
  auto module = mnv3::import::importModel(context, options, diagnostics);
  if (!module)
    return fail(diagnostics.back().message), nullptr;
  mlir::PassManager manager(&context);
  manager.addPass(mnv3::createConvertYoloToNNPass());
  if (mlir::failed(manager.run(*module)))
    return nullptr;
  return module;
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "slow, plain interpreter of nn ops\n");
  mlir::DialectRegistry registry;
  registry.insert<mlir::func::FuncDialect, mnv3::nn::NNDialect, mnv3::yolo::YoloDialect>();
  mlir::MLIRContext context(registry);
  const bool isModel = llvm::StringRef(inputFile).ends_with(".yaml");
  auto module = isModel ? readModel(context) : mlir::parseSourceFile<mlir::ModuleOp>(inputFile, &context);
  if (!module)
    return 1;
  auto functions = module->getOps<mlir::func::FuncOp>();
  if (!llvm::hasSingleElement(functions) || (*functions.begin()).getNumArguments() != 1)
    return fail("expected one function with one argument in " + inputFile);
  mlir::func::FuncOp function = *functions.begin();

  Tensor image(shapeOf(function.getArgumentTypes()[0]));
  if (imageFile.empty()) {
    std::mt19937 random(seed);
    for (double &value : image.values)
      value = float(random() / 4294967296.0);
  } else {
    auto file = llvm::MemoryBuffer::getFile(imageFile, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!file)
      return fail("cannot read " + imageFile);
    size_t wanted = image.values.size() * sizeof(float);
    if ((*file)->getBufferSize() != wanted)
      return fail(imageFile + " has " + llvm::Twine((*file)->getBufferSize()) + " bytes, the picture " +
                  llvm::Twine(wanted));
    for (size_t i = 0; i < image.values.size(); ++i) {
      float value;
      std::memcpy(&value, (*file)->getBufferStart() + i * sizeof(float), sizeof(float));
      image.values[i] = value;
    }
  }

  auto answers = interpret(function, {image});
  if (!answers)
    return 1;
  std::string index;
  auto save = [&](llvm::StringRef kind, int64_t number, const Tensor &tensor) {
    std::vector<float> floats(tensor.values.begin(), tensor.values.end());
    llvm::StringRef bytes(reinterpret_cast<const char *>(floats.data()), floats.size() * sizeof(float));
    llvm::raw_string_ostream line(index);
    line << kind << ' ' << number << ' ';
    llvm::interleave(tensor.shape, line, "x");
    line << '\n';
    return write(stem + "." + kind.str() + std::to_string(number) + ".f32", bytes);
  };
  bool good = true;
  for (auto [number, head] : llvm::enumerate(answers->heads))
    good = good && save("head", number, head);
  for (const auto &[row, picture] : answers->rows)
    good = good && save("row", row, picture);
  return good && write(stem + ".index", index) ? 0 : fail("cannot write " + stem + ".*");
}
