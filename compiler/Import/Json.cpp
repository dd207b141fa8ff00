#include "compiler/Import/Json.h"

#include <charconv>
#include <fmt/format.h>
#include <unordered_set>

namespace mnv3::import {

static constexpr int maxDepth = 16;

void JsonReader::broken(const char *expected) const {
  const std::string found =
      position < text.size() ? fmt::format("'{}'", printable(text.substr(position, 1))) : "the end";
  fail(where, fmt::format("is no valid JSON: found {} at byte {}, expected {}", found, position, expected));
}

char JsonReader::peek() {
  while (position < text.size() && std::string_view(" \t\r\n").find(text[position]) != std::string_view::npos)
    ++position;
  return position < text.size() ? text[position] : 0;
}

void JsonReader::expect(char c, const char *name) {
  if (peek() != c)
    broken(name);
  ++position;
}

void JsonReader::object(const std::function<void(const std::string &)> &member) {
  expect('{', "an object");
  if (++depth > maxDepth)
    broken("fewer nested values");
  std::unordered_set<std::string> keys;
  if (peek() != '}')
    for (;;) {
      const auto [key, isNew] = keys.insert(string());
      if (!isNew)
        fail(where, fmt::format("has the key '{}' twice", printable(*key)));
      expect(':', "a colon");
      member(*key);
      if (peek() != ',')
        break;
      ++position;
    }
  expect('}', "a comma or the object's end");
  --depth;
}

void JsonReader::array(const std::function<void()> &item) {
  expect('[', "a list");
  if (++depth > maxDepth)
    broken("fewer nested values");
  if (peek() != ']')
    for (;;) {
      item();
      if (peek() != ',')
        break;
      ++position;
    }
  expect(']', "a comma or the list's end");
  --depth;
}

uint64_t JsonReader::unsignedInteger() {
  peek();
  uint64_t value = 0;
  const char *begin = text.data() + position, *end = text.data() + text.size();
  const auto [next, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || (next != end && std::string_view(".eE").find(*next) != std::string_view::npos))
    broken("an integer from 0 to 2^64 - 1");
  position += static_cast<size_t>(next - begin);
  return value;
}

unsigned JsonReader::hex4() {
  unsigned value = 0;
  const std::string_view digits = text.substr(position, 4);
  const auto [next, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() < 4 || error != std::errc() || next != digits.data() + 4)
    broken("four hexadecimal digits");
  position += 4;
  return value;
}

static void appendUtf8(unsigned code, std::string &out) {
  if (code < 0x80)
    out += static_cast<char>(code);
  else if (code < 0x800)
    out += {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))};
  else if (code < 0x10000)
    out += {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)),
            static_cast<char>(0x80 | (code & 0x3f))};
  else
    out += {static_cast<char>(0xf0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 0x3f)),
            static_cast<char>(0x80 | (code >> 6 & 0x3f)), static_cast<char>(0x80 | (code & 0x3f))};
}

void JsonReader::appendEscape(std::string &out) {
  const char kind = position < text.size() ? text[position] : 0;
  constexpr std::string_view kinds = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
  if (const size_t found = kinds.find(kind); kind && found != std::string_view::npos) {
    ++position;
    out += meanings[found];
    return;
  }
  if (kind != 'u')
    broken("an escape");
  ++position;
  unsigned code = hex4();
  if (code >= 0xd800 && code < 0xdc00) { // half of a pair
    if (text.substr(position, 2) != "\\u")
      broken("the second half of a surrogate pair");
    position += 2;
    const unsigned low = hex4();
    if (low < 0xdc00 || low > 0xdfff)
      broken("the second half of a surrogate pair");
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  } else if (code >= 0xdc00 && code < 0xe000) {
    broken("the first half of a surrogate pair");
  }
  appendUtf8(code, out);
}

std::string JsonReader::string() {
  expect('"', "a string");
  std::string out;
  while (position < text.size() && text[position] != '"') {
    if (static_cast<unsigned char>(text[position]) < 0x20)
      broken("no control character in a string");
    const char c = text[position++];
    if (c == '\\')
      appendEscape(out);
    else
      out += c;
  }
  expect('"', "a string's end");
  return out;
}

void JsonReader::skipLiteral() {
  for (std::string_view word : {"true", "false", "null"})
    if (text.substr(position, word.size()) == word) {
      position += word.size();
      return;
    }
  double ignored;
  const char *begin = text.data() + position;
  const auto [next, error] = std::from_chars(begin, text.data() + text.size(), ignored);
  if (next == begin)
    broken("a value");
  position += static_cast<size_t>(next - begin);
}

void JsonReader::skip() {
  switch (peek()) {
  case '{':
    return object([this](const std::string &) { skip(); });
  case '[':
    return array([this] { skip(); });
  case '"':
    string();
    return;
  default:
    skipLiteral();
  }
}

void JsonReader::end() {
  peek();
  if (position != text.size())
    broken("nothing more");
}

} // namespace mnv3::import
