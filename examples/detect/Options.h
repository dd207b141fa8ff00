// The command line.
#pragma once

#include "Detector.h"

#include <string>
#include <vector>

namespace detect {

struct Options {
  Thresholds thresholds;
  bool json = false;
  bool help = false;
  std::string output; // empty: draw nothing
  std::vector<std::string> pictures;
};

extern const char *const usage;

/// Throws std::runtime_error with a message for the user.
Options parseOptions(const std::vector<std::string> &arguments);

} // namespace detect
