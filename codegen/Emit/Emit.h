// From a planned kern function to an LLVM module, and from there to a file's bytes.
#pragma once

#include "codegen/Emit/Target.h"
#include "codegen/KernelSpec.h"
#include "dialects/Kern/Kern.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace mnv3::codegen {

// Where weights are: in the code itself; in a file (emitWeightsFile) that the assembler reads, which is for C++ only; or in such a
// file that the caller hands over.
enum class WeightsIn { code, assembler, caller };

struct EmitOptions {
  std::string name;     // prefix of every symbol: "det"
  bool profile = false; // read the caller's clock around every kernel
  WeightsIn weights = WeightsIn::code;
};

// What the C header that goes with the code says.
struct HeaderFacts {
  std::string stem, source, target, version; // of the files: "det"; "small.yaml + best.pt (sha256 ...)"
};

// Makes the kernels of every kern op with Halide and leaves their names and scratch sizes on the ops (`symbol`,
// `scratch_bytes`). Their code goes to `code`, in pieces, each after `finish`.
mlir::LogicalResult makeKernels(mlir::ModuleOp module, KernelForm form, KernelCode &code, const FinishBitcode &finish = {});

// A FinishBitcode: from bitcode of kernels to that of a module which has their assembly.
bool compileKernels(std::string &bitcode, int share, const Target &target, std::string &error);
// Whether LLVM can read the assembly that it writes for the target: not that of WebAssembly.
bool hasAssembler(const Target &target);

// The whole object as one optimised LLVM module: driver, tables, runtime, kernels, weights. `function` has been through
// kern-plan-memory. Null after a diagnostic.
std::unique_ptr<llvm::Module> emitModule(mlir::func::FuncOp function, KernelCode &kernels, const Target &target,
                                         const EmitOptions &options, llvm::LLVMContext &context);

enum class TextKind { assembly, llvm };
// False, with a reason in `error`, if LLVM cannot make it.
bool emitText(llvm::Module &module, const Target &target, TextKind kind, std::string &text, std::string &error);

// The same as one C++ source, from kernels in C++.
std::string emitCpp(mlir::func::FuncOp function, const std::vector<std::string> &kernels, const Target &target,
                    const EmitOptions &options, const HeaderFacts &header);

// What an object takes of a machine, beside the arena.
struct ObjectFacts {
  int64_t code = 0;                                   // bytes of code and tables, each section rounded up to its alignment
  int64_t weights = 0;                                // bytes of weights in the object
  std::vector<std::pair<std::string, int64_t>> stack; // of each entry point, by name: bytes, the caller's own functions left out
  std::vector<std::string> symbols;                   // what the linker sees, sorted
  llvm::StringMap<int64_t> sizes;                     // of every symbol, internal ones too
  int64_t deepest() const {
    int64_t bytes = 0;
    for (const auto &entry : stack)
      bytes = std::max(bytes, entry.second);
    return bytes;
  }
};

// The object of a module, and its facts. `name` is the prefix of its symbols.
bool emitObject(llvm::Module &module, const Target &target, const std::string &name, std::string &bytes, ObjectFacts &facts,
                std::string &error);

// The file of external weights: runtime/include/mnv3/weights.h.
std::string emitWeightsFile(mlir::func::FuncOp function);

// Bytes of the weights, and of the head that their file has if they are in one.
int64_t weightsBytes(mlir::func::FuncOp function, const EmitOptions &options);

// The C header. `object`: null for C++, of which only its compiler knows what it takes.
std::string emitHeader(mlir::func::FuncOp function, const EmitOptions &options, const HeaderFacts &facts, const ObjectFacts *object);

// What a yaml row costs. A kernel or weights that several rows use count for the first.
struct RowCost {
  std::string name;                 // "row 19"
  mlir::Location location = mlir::Location(mlir::LocationAttr());
  std::vector<std::string> kernels; // "conv2d 3x3 stride 1, 48 -> 80x80x48"
  int64_t code = 0, weights = 0;    // bytes
  int64_t arena = 0;                // most bytes alive while one of its kernels runs
};
std::vector<RowCost> rowCosts(mlir::func::FuncOp function, const ObjectFacts &facts);

// Bytes of weights that Winograd's transform adds to the filters: what Goal::size saves.
int64_t winogradBytes(mlir::func::FuncOp function);

// The manifest: JSON, the same bytes for the same inputs. `object`: null for C++; stack, code and symbols are null then.
struct ManifestFacts {
  struct File {
    std::string name; // without its folder
    int64_t bytes = 0;
    std::string sha256;
  };
  std::string version;
  Target target;
  std::vector<File> inputs, outputs;
};
std::string emitManifest(mlir::func::FuncOp function, const EmitOptions &options, const ManifestFacts &manifest,
                         const ObjectFacts *object);
std::string sha256Of(llvm::StringRef bytes); // in hex

// One line for each kernel call of the function, in order: "row 19: conv2d 3x3, 80x80x48 -> 80x80x48".
std::vector<std::string> kernelNames(mlir::func::FuncOp function);

// Facts about a head of the function: shape as in the header, the yaml row it shows (-1: a level of Detect), and for a
// level of Detect its stride and anchors.
struct Head {
  std::vector<int64_t> shape;
  int64_t row = -1;
  float stride = 0;
  std::vector<float> anchors; // width, height, ...
};
std::vector<Head> headsOf(mlir::func::FuncOp function);
std::vector<std::string> classNamesOf(mlir::func::FuncOp function);
std::vector<std::string> rowNamesOf(mlir::func::FuncOp function); // row 12: "Concat, 40 x 40 x 96"

} // namespace mnv3::codegen
