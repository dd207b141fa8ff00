#include "compiler/Import/Yaml.h"

#include <yaml-cpp/yaml.h>

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace mnv3::import {
namespace {

constexpr int maxDepth = 32;              // a model's lists nest four deep
constexpr size_t maxBytes = 4 << 20;      // the longest published description has 10 KB
constexpr size_t maxNodes = 1 << 18;      // aliases can make a small file large
constexpr size_t maxText = 2 * maxBytes;  // and repeat one long text
constexpr const char *textTag = "tag:yaml.org,2002:str"; // `!!str 3`; yaml-cpp gives quoted text the tag "!"

class Converter {
public:
  explicit Converter(std::string file) : file(std::move(file)) {}

  Node convert(const YAML::Node &node, int depth = 0) {
    Node result;
    result.location = place(node.Mark());
    if (depth > maxDepth)
      throw ImportError(result.location, fmt::format("lists and maps nest more than {} deep", maxDepth));
    if (++nodes > maxNodes)
      throw ImportError(result.location, "the file holds more values than any model has");
    if (const std::string &tag = node.Tag(); !tag.empty() && tag != "?" && tag != "!" && tag != textTag)
      throw ImportError(result.location, fmt::format("tag '{}' means nothing in a model description", tag));
    if (node.IsSequence()) {
      Node::List list;
      for (const YAML::Node &item : node)
        list.push_back(convert(item, depth + 1));
      result.value = std::move(list);
    } else if (node.IsMap()) {
      Node::Map map;
      std::set<std::string> seen;
      for (const auto &entry : node) {
        if (!entry.first.IsScalar())
          throw ImportError(place(entry.first.Mark()), "a key is not plain text");
        charge(entry.first.Scalar(), place(entry.first.Mark()));
        if (!seen.insert(entry.first.Scalar()).second)
          throw ImportError(place(entry.first.Mark()), fmt::format("key '{}' stands here a second time", entry.first.Scalar()));
        if (entry.first.Scalar() == "<<")
          throw ImportError(place(entry.first.Mark()), "merge keys (<<) are not read: write the values here");
        map.emplace_back(entry.first.Scalar(), convert(entry.second, depth + 1));
      }
      result.value = std::move(map);
    } else if (node.IsScalar()) {
      charge(node.Scalar(), result.location);
      result.value = node.Tag() == "!" || node.Tag() == textTag ? decltype(result.value)(node.Scalar()) : scalar(node.Scalar());
    }
    return result;
  }

private:
  Location place(const YAML::Mark &mark) const { return {file, mark.line + 1, mark.column + 1, ""}; }

  void charge(const std::string &text, const Location &where) {
    if ((characters += text.size()) > maxText)
      throw ImportError(where, "aliases repeat more text than any model has");
  }

  // YAML 1.1's resolution of a plain scalar, as far as PyYAML follows it.
  static decltype(Node::value) scalar(const std::string &text) {
    static const std::set<std::string> yes = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
    static const std::set<std::string> no = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};
    static const std::regex decimal("[-+]?(0|[1-9][0-9_]*)");
    static const std::regex real("[-+]?([0-9][0-9_]*\\.[0-9_]*([eE][-+][0-9]+)?|\\.[0-9][0-9_]*([eE][-+][0-9]+)?)");
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
      return std::monostate();
    if (yes.count(text))
      return true;
    if (no.count(text))
      return false;
    std::string digits = text;
    std::erase(digits, '_');
    if (digits[0] == '+')
      digits.erase(0, 1);
    if (text.size() < 64 && std::regex_match(text, decimal)) {
      int64_t value = 0;
      auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (error == std::errc() && end == digits.data() + digits.size())
        return value;
    }
    if (text.size() < 64 && std::regex_match(text, real)) {
      double value = 0;
      auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (error == std::errc())
        return value;
    }
    return text;
  }

  std::string file;
  size_t nodes = 0, characters = 0;
};

// yaml-cpp's own way to all documents does not end on some files, so this looks for the line that begins one.
void refuseSecondDocument(const std::string &text, const std::string &file) {
  std::istringstream lines(text);
  std::string line;
  bool begun = false;
  for (int number = 1; std::getline(lines, line); ++number) {
    size_t first = line.find_first_not_of(" \t\r");
    bool marks = line.starts_with("---") && (line.size() == 3 || line.find_first_of(" \t\r", 3) == 3);
    if (marks && begun)
      throw ImportError({file, number, 1, ""}, "a second document begins here: a model description is one");
    begun |= marks || (first != line.npos && line[first] != '#' && line[0] != '%');
  }
}

} // namespace

Node parseYaml(const std::string &text, const std::string &file) {
  std::string ascii; // YOLOv5 opens the file as ASCII and leaves out what is not
  int line = 1, column = 1;
  for (char c : text) {
    bool printable = static_cast<unsigned char>(c) >= 32 && c != 127;
    if (!printable && c != '\t' && c != '\n' && c != '\r')
      throw ImportError({file, line, column, ""}, fmt::format("not yaml: control character {:#04x}", c));
    if (static_cast<unsigned char>(c) < 128)
      ascii += c;
    column = c == '\n' ? 1 : column + 1;
    line += c == '\n';
  }
  try {
    refuseSecondDocument(ascii, file);
    return Converter(file).convert(YAML::Load(ascii));
  } catch (const YAML::Exception &error) {
    bool placed = error.mark.line >= 0;
    throw ImportError({file, placed ? error.mark.line + 1 : 0, placed ? error.mark.column + 1 : 0, ""}, "not yaml: " + error.msg);
  }
}

Node readYamlFile(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  // An empty file puts nothing into text, which counts as a failure of text, not of the file.
  if (!stream || (stream.peek() != EOF && !(text << stream.rdbuf())) || stream.bad())
    throw ImportError({path, 0, 0, ""}, fmt::format("cannot read the file: {}", std::strerror(errno ? errno : EIO)));
  if (text.str().size() > maxBytes)
    throw ImportError({path, 0, 0, ""}, fmt::format("{} bytes are too many for a model yaml", text.str().size()));
  return parseYaml(text.str(), path);
}

} // namespace mnv3::import
