// detect: pictures in, boxes out.
#include "Draw.h"
#include "Options.h"
#include "Report.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>

namespace fs = std::filesystem;
using namespace detect;

namespace {

// Where the annotated picture goes: the file that was named, or a PNG of the picture's name in the folder that was.
std::string outputFor(const std::string &output, const std::string &picture) {
  if (!fs::is_directory(output))
    return output;
#ifdef DETECT_IMAGE_LIBRARIES
  const char *ending = ".png";
#else
  const char *ending = ".ppm";
#endif
  return (fs::path(output) / fs::path(picture).stem()).string() + ending;
}

void run(const Options &options) {
  if (options.pictures.size() > 1 && !options.output.empty() && !fs::is_directory(options.output))
    throw std::runtime_error("-o '" + options.output + "' is no existing folder, and there are several pictures");
  Detector detector;
  std::string report;
  for (const std::string &path : options.pictures) {
    Picture picture = readPicture(path);
    std::vector<Detection> detections = detector.detect(picture, options.thresholds);
    std::string name = fs::path(path).filename().string();
    if (!options.json)
      std::fputs(asText(name, detections).c_str(), stdout);
    else if (!detections.empty())
      report += (report.empty() ? "" : ",\n ") + asJson(name, detections);
    if (!options.output.empty()) {
      drawDetections(picture, detections);
      writePicture(outputFor(options.output, path), picture);
    }
  }
  if (options.json)
    std::printf("[%s]\n", report.c_str());
  if (std::fflush(stdout) != 0)
    throw std::runtime_error("cannot write to standard output");
}

} // namespace

int main(int argc, char **argv) {
  try {
    Options options = parseOptions(std::vector<std::string>(argv + 1, argv + argc));
    if (options.help)
      std::fputs(usage, stdout);
    else
      run(options);
    return 0;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "detect: error: %s\n", error.what());
    return 1;
  }
}
