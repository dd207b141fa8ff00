#include "compiler/Import/NpyHeader.h"

#include <charconv>
#include <fmt/format.h>

namespace mnv3::import {
namespace {

std::optional<ElementType> elementTypeOf(std::string_view descr) {
  // The first character is the byte order; '|' says that it does not matter.
  if (descr.size() != 3 || (descr[0] != '<' && descr[0] != '|' && descr[0] != '='))
    return std::nullopt;
  const std::string_view type = descr.substr(1);
  if (type == "f2")
    return float16;
  if (type == "f4")
    return float32;
  if (type == "f8")
    return float64;
  for (const char *integer : {"i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"})
    if (type == integer)
      return integerOf(static_cast<uint8_t>(type[1] - '0'));
  return std::nullopt;
}

class HeaderText {
public:
  HeaderText(std::string_view text, const Location &where) : text(text), where(where) {}

  NpyHeader read() {
    NpyHeader header;
    bool hasType = false, hasOrder = false, hasShape = false;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr" && !std::exchange(hasType, true))
        header.type = readType();
      else if (key == "fortran_order" && !std::exchange(hasOrder, true))
        header.fortranOrder = boolean();
      else if (key == "shape" && !std::exchange(hasShape, true))
        header.shape = tuple();
      else
        broken();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (!hasType || !hasOrder || !hasShape || next() != 0)
      broken();
    return header;
  }

private:
  [[noreturn]] void broken() const {
    fail(where, fmt::format("has the header '{}', expected descr, fortran_order and shape", printable(text)));
  }
  char next() {
    while (position < text.size() && (text[position] == ' ' || text[position] == '\n'))
      ++position;
    return position < text.size() ? text[position] : 0;
  }
  bool accept(char c) {
    const bool found = next() == c;
    position += found;
    return found;
  }
  void expect(char c) {
    if (!accept(c))
      broken();
  }
  std::string_view string() {
    const char quote = next();
    if (quote != '\'' && quote != '"')
      broken();
    const size_t begin = position + 1, end = text.find(quote, begin);
    if (end == std::string_view::npos)
      broken();
    position = end + 1;
    return text.substr(begin, end - begin);
  }
  ElementType readType() {
    if (next() == '[')
      fail(where, "is an array of records, expected floats or integers");
    const std::string_view descr = string();
    if (descr.find('O') != std::string_view::npos)
      fail(where, "is an array of Python objects, expected floats or integers");
    if (std::optional<ElementType> type = elementTypeOf(descr))
      return *type;
    fail(where, fmt::format("has elements of type '{}', expected little-endian floats of 2, 4 or 8 bytes, or integers",
                            printable(descr)));
  }
  bool boolean() {
    next();
    for (bool value : {true, false})
      if (const std::string_view word = value ? "True" : "False"; text.substr(position, word.size()) == word) {
        position += word.size();
        return value;
      }
    broken();
  }
  std::vector<int64_t> tuple() {
    std::vector<int64_t> items;
    expect('(');
    while (!accept(')')) {
      next();
      int64_t item = 0;
      const char *begin = text.data() + position;
      const auto [end, error] = std::from_chars(begin, text.data() + text.size(), item);
      if (error != std::errc())
        broken();
      position += static_cast<size_t>(end - begin);
      items.push_back(item);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return items;
  }

  std::string_view text;
  const Location &where;
  size_t position = 0;
};

} // namespace

NpyHeader readNpyHeader(Bytes start, const Location &where) {
  if (start.size() < 12 || asText(start).substr(0, 6) != "\x93NUMPY")
    fail(where, "does not start as a .npy array does");
  const unsigned version = std::to_integer<unsigned>(start[6]);
  if (version < 1 || version > 3)
    fail(where, fmt::format("has .npy version {}, expected 1 to 3", version));
  const uint64_t lengthBytes = version == 1 ? 2 : 4, textStart = 8 + lengthBytes;
  const uint64_t length = version == 1 ? load<uint16_t>(start.data() + 8) : load<uint32_t>(start.data() + 8);
  if (!fits(textStart, length, start.size()))
    fail(where, fmt::format("has a .npy header of {} bytes, expected one inside the array and below {}", length,
                            maxNpyHeaderBytes));
  NpyHeader header = HeaderText(asText(start.subspan(textStart, length)), where).read();
  header.bytes = textStart + length;
  return header;
}

} // namespace mnv3::import
