#include "Options.h"

#include <cstdlib>
#include <stdexcept>

namespace detect {

const char *const usage = R"(usage: detect [options] PICTURE...

Finds objects in pictures (PNG, JPEG or binary PPM) with the model that it was built with.
Prints a line for each box: picture, class number, class name, score, x1 y1 x2 y2 in pixels; best first.

  --confidence X   report boxes with a score above X (default 0.25)
  --iou X          of two boxes of a class that overlap by more than X, keep the better one (default 0.45)
  --multi-label    report a box for every class above the confidence, not only its best one
  --format KIND    text (default) or json
  -o PATH          draw the boxes: a .png or .ppm file; for several pictures an existing folder
  --help           this text
)";

namespace {

// A probability; the model would refuse anything else, but could not say which option it came from.
float parseFraction(const std::string &option, const std::string &text) {
  char *end = nullptr;
  float value = std::strtof(text.c_str(), &end);
  if (text.empty() || *end || !(value >= 0 && value <= 1))
    throw std::runtime_error(option + " takes a number from 0 to 1, not '" + text + "'");
  return value;
}

bool parseFormat(const std::string &text) {
  if (text != "text" && text != "json")
    throw std::runtime_error("--format takes text or json, not '" + text + "'");
  return text == "json";
}

} // namespace

Options parseOptions(const std::vector<std::string> &arguments) {
  Options options;
  bool onlyPictures = false; // after "--"
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string &argument = arguments[i];
    if (onlyPictures || argument.empty() || argument[0] != '-') {
      options.pictures.push_back(argument);
      continue;
    }
    auto value = [&]() -> const std::string & {
      if (i + 1 == arguments.size())
        throw std::runtime_error(argument + " needs a value");
      return arguments[++i];
    };
    if (argument == "--confidence")
      options.thresholds.confidence = parseFraction(argument, value());
    else if (argument == "--iou")
      options.thresholds.iou = parseFraction(argument, value());
    else if (argument == "--multi-label")
      options.thresholds.multiLabel = true;
    else if (argument == "--format")
      options.json = parseFormat(value());
    else if (argument == "-o")
      options.output = value();
    else if (argument == "--help" || argument == "-h")
      options.help = true;
    else if (argument == "--")
      onlyPictures = true;
    else
      throw std::runtime_error("unknown option '" + argument + "'; see --help");
  }
  if (options.pictures.empty() && !options.help)
    throw std::runtime_error("no picture given; see --help");
  return options;
}

} // namespace detect
