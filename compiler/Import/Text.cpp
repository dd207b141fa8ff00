#include "compiler/Import/Text.h"

#include <fmt/format.h>

namespace mnv3::import {

void fail(const Location &where, std::string message) { throw ImportError(where, std::move(message)); }

// The bytes of the UTF-8 sequence that `text` starts with; 0 if it is none (cut short, overlong, a surrogate).
static size_t sequenceLength(std::string_view text) {
  auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(0);
  if (first < 0x80)
    return text.empty() ? 0 : 1;
  const size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                        : (first & 0xf0) == 0xe0         ? 3
                        : first >= 0xf0 && first <= 0xf4 ? 4
                                                         : 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80)
      return 0;
  const unsigned second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool outside = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || outside ? 0 : length;
}

bool isUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = sequenceLength(text);
    if (!length)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view name) {
  constexpr size_t longest = 120;
  std::string out;
  while (!name.empty()) {
    if (out.size() >= longest)
      return out + "...";
    const size_t length = sequenceLength(name);
    if (length > 1 || (length == 1 && name[0] >= 0x20 && name[0] != 0x7f))
      out.append(name.substr(0, length));
    else
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(name[0]));
    name.remove_prefix(length ? length : 1);
  }
  return out;
}

} // namespace mnv3::import
