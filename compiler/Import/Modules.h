// The modules a row may name: how its arguments are read, which channels it makes, which op it becomes.
//
// One module is one ModuleRule; README.md has a worked example of adding one.
#pragma once

#include "compiler/Import/Description.h"
#include "dialects/Yolo/Yolo.h"

#include "mlir/IR/Builders.h"

#include <functional>

namespace mnv3::import {

// What a rule sees of the row it builds: arguments by position, inputs, and the op builder.
class RowContext {
public:
  const Description &description;
  const Row &row;
  std::string prefix;                  // "model.3.", or "model.3.0." in a repeated row
  int64_t repeats = 1;                 // number after depth_multiple, for modules that repeat inside
  llvm::SmallVector<mlir::Value> inputs;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  llvm::SmallVector<std::pair<int, Location>> sources; // the rows that made the inputs

  // Arguments behind the channels. Fallbacks stand for arguments the row leaves out.
  int64_t integer(size_t position, const char *name, int64_t least, int64_t most, std::optional<int64_t> fallback = std::nullopt) const;
  double real(size_t position, const char *name, double least, double most, double fallback) const;
  bool truth(size_t position, const char *name, std::optional<bool> fallback = std::nullopt) const;
  // True: the model's activation; an nn module: that; anything else: none. (In YOLOv5 even the number 1 is "anything else".)
  mlir::Attribute activation(size_t position) const;
  mlir::Attribute defaultActivation() const;
  llvm::SmallVector<int64_t, 2> pair(size_t position, const char *name, int64_t least, int64_t most, int64_t fallback) const;
  // One whole number, or a list of them.
  llvm::SmallVector<int64_t> integers(size_t position, const char *name, int64_t least, int64_t most,
                                      std::initializer_list<int64_t> fallback) const;
  bool has(size_t position) const; // an argument that is not None

  int64_t inputChannels(size_t i = 0) const { return shape(i)[1]; }
  int64_t inputHeight(size_t i = 0) const { return shape(i)[2]; }
  int64_t inputWidth(size_t i = 0) const { return shape(i)[3]; }
  // args[0], scaled by width_multiple; Detect's own width is left alone.
  int64_t outputChannels() const;
  mlir::RankedTensorType image(int64_t channels, int64_t height, int64_t width) const;
  // floor((in + pads - reach) / stride) + 1, and an error at the row where nothing is left.
  int64_t extent(int64_t in, int64_t pads, int64_t kernel, int64_t stride, int64_t dilation = 1) const;

  [[noreturn]] void fail(const std::string &message, std::vector<Diagnostic> notes = {}) const;
  [[noreturn]] void failAt(const Location &where, const std::string &message) const;

private:
  llvm::ArrayRef<int64_t> shape(size_t i) const { return mlir::cast<mlir::RankedTensorType>(inputs[i].getType()).getShape(); }
  const Node *argument(size_t position, const char *name, bool required) const;
};

struct ModuleRule {
  const char *name;
  std::vector<const char *> aliases; // spellings of forks, compared without case and underscores
  size_t leastArguments, mostArguments;
  std::function<mlir::Value(RowContext &)> build; // null for Detect, which ends the model
  struct Special {
    bool repeatsInside = false; // the row's number is an argument of the module
    bool takesList = false;     // `from` may be a list
    bool inPlace = false;       // overwrites its input: later readers of the row it reads see the result
  } special = {};
};

// An activation as an attribute; null for none.
mlir::Attribute activationAttr(mlir::MLIRContext *context, const ActivationSpec &spec);

// Every module, in the order of the README's table.
const std::vector<ModuleRule> &moduleRules();

// The rule for a spelling, and whether the spelling is the module's own; null if there is none.
const ModuleRule *findModule(const std::string &spelling);
// The known name that is fewest edits away from `spelling`, if that is near.
std::string nearestModule(const std::string &spelling);

} // namespace mnv3::import
