// A reader of JSON that builds no tree: the caller says what it expects next and gets that or an error. Enough for the
// header of a .safetensors file.
#pragma once

#include "compiler/Import/Text.h"

#include <cstdint>
#include <functional>

namespace mnv3::import {

class JsonReader {
public:
  JsonReader(std::string_view text, const Location &where) : text(text), where(where) {}

  // Calls `member` with each key, which must read or skip the value. No key may come twice.
  void object(const std::function<void(const std::string &key)> &member);
  // Calls `item` at each element, which must read or skip it.
  void array(const std::function<void()> &item);
  std::string string();
  uint64_t unsignedInteger();
  void skip(); // a value of any kind
  void end();  // nothing but blanks is left

private:
  [[noreturn]] void broken(const char *expected) const;
  char peek(); // the next character that is no blank; 0 at the end
  void expect(char c, const char *name);
  void skipLiteral();
  unsigned hex4();
  void appendEscape(std::string &out);

  std::string_view text;
  const Location &where;
  size_t position = 0;
  int depth = 0;
};

} // namespace mnv3::import
