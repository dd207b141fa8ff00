// Reads a Python pickle into inert values. A pickle is a program for a stack machine that may ask for any function of
// any Python module to be called; here nothing is ever called. A name (GLOBAL) becomes a value that only knows its
// name, and "call it" becomes a value that remembers what was to be called with what. Readers of a particular kind of
// file then give meaning to the few names that they know.
#pragma once

#include "compiler/Import/Bytes.h"
#include "compiler/Import/Text.h"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace mnv3::import {

// Values may be shared and may form cycles: whoever walks them needs a limit on depth and on steps.
struct PickleValue {
  enum class Kind : uint8_t {
    none,
    boolean,    // integer
    integer,    // integer
    real,       // real
    text,       // text, valid UTF-8
    list,       // items
    tuple,      // items
    set,        // items
    dict,       // items: key, value, key, value ...; also collections.OrderedDict
    global,     // text: "torch.nn.modules.conv.Conv2d"
    object,     // callee (a global), arguments, perhaps state; items if something was appended
    persistent, // arguments: how the file names data outside the pickle
    other,      // bytes, an integer of more than 64 bits
  };
  Kind kind = Kind::none;
  union {
    int64_t integer = 0;
    double real;
  };
  std::string_view text;
  std::vector<PickleValue *> items;
  PickleValue *callee = nullptr, *arguments = nullptr, *state = nullptr;

  bool is(Kind k) const { return kind == k; }
  // The value behind a text key of a dict (the last one if there are several, as in Python); null if absent.
  const PickleValue *get(std::string_view key) const;
  // The arguments of an object made by calling `name`, or null if this is none.
  const PickleValue *madeBy(std::string_view name) const;
  // A list, tuple, set or torch.Size, and its items; others have none.
  bool isSequence() const;
  std::span<PickleValue *const> elements() const;
  // For messages: "a list", "a torch.nn.modules.conv.Conv2d".
  std::string describe() const;
};

class Pickle {
public:
  // Throws ImportError at `where`. Texts are views of `bytes`.
  Pickle(Bytes bytes, const Location &where);
  ~Pickle();

  const PickleValue &root() const { return *top; }
  size_t size() const; // how many values there are

private:
  struct Storage;
  std::unique_ptr<Storage> storage;
  const PickleValue *top = nullptr;
};

// Names that no weight file has an honest use for: "os.system", "builtins.eval". Nothing would run them here, but who
// put them there meant harm to whoever loads the file elsewhere.
bool isDangerousName(std::string_view module, std::string_view name);

} // namespace mnv3::import
