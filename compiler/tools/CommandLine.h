// What the flags say.
#pragma once

#include "codegen/Emit/Emit.h"
#include "compiler/Import/Import.h"
#include "compiler/Pipeline/Budgets.h"
#include "compiler/Pipeline/Pipeline.h"

#include "llvm/ADT/Twine.h"

#include <optional>
#include <string>

namespace mnv3 {

struct CommandLine {
  import::ImportOptions model;
  std::string output; // path; empty: stdout
  Output emit = Output::object;
  codegen::Target target;
  codegen::EmitOptions code;
  Budgets budgets;
};

// Nothing, after a word on stderr, if the flags make no sense. Ends the program where --help and its like are answered.
std::optional<CommandLine> parseCommandLine(int argc, char **argv);

// "out/det.o", "h" -> "out/det.h"
std::string beside(llvm::StringRef file, llvm::StringRef ending);

// A word on stderr; returns the exit status.
int fail(const llvm::Twine &message);

} // namespace mnv3
