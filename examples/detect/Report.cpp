#include "Report.h"

#include <cstdio>

namespace detect {
namespace {

// printf into a string. Numbers keep the point that the C locale gives them: this program never sets another.
template <typename... Values> std::string format(const char *pattern, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

std::string quoted(const std::string &text) {
  std::string result = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (c < ' ')
      result += format("\\u%04x", c);
    else
      result += static_cast<char>(c);
  }
  return result + '"';
}

} // namespace

std::string asText(const std::string &image, const std::vector<Detection> &detections) {
  std::string text;
  for (const Detection &found : detections)
    text += image + " " + std::to_string(found.classId) + " " + found.className +
            format(" %.4f %.1f %.1f %.1f %.1f\n", found.score, found.x1, found.y1, found.x2, found.y2);
  return text;
}

std::string asJson(const std::string &image, const std::vector<Detection> &detections) {
  std::string text;
  for (const Detection &found : detections) {
    text += (text.empty() ? "" : ",\n ") + ("{\"image\": " + quoted(image)) + ", \"class\": " + std::to_string(found.classId) +
            ", \"name\": " + quoted(found.className) +
            format(", \"score\": %.6f, \"xyxy\": [%.3f, %.3f, %.3f, %.3f]}", found.score, found.x1, found.y1, found.x2, found.y2);
  }
  return text;
}

} // namespace detect
