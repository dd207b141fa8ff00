// What the import says about its input: a place, the user's words, related places. No LLVM here.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace mnv3::import {

// A place in an input file. line and column count from 1; line 0 means the file as a whole, and `inside` then may say
// where in it ("row 7", "data.pkl").
struct Location {
  std::string file;
  int line = 0, column = 0;
  std::string inside;

  // "small.yaml:12:4", "best.pt: row 7", "best.pt"
  std::string text() const;
};

struct Diagnostic {
  enum class Severity { error, warning, note };
  Severity severity = Severity::error;
  Location location;
  std::string message;           // lower case, no full stop at the end
  std::vector<Diagnostic> notes; // related places, printed behind it
};

// Thrown inside the import, caught at its boundary (importModel). Never crosses into MLIR code.
class ImportError : public std::runtime_error {
public:
  explicit ImportError(Diagnostic d) : std::runtime_error(d.message), diagnostic(std::move(d)) {}
  ImportError(Location where, std::string message, std::vector<Diagnostic> notes = {})
      : ImportError(Diagnostic{Diagnostic::Severity::error, std::move(where), std::move(message), std::move(notes)}) {}
  Diagnostic diagnostic;
};

} // namespace mnv3::import
