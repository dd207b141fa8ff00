#include "Options.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace detect {
namespace {

std::string errorOf(const std::vector<std::string> &arguments) {
  try {
    parseOptions(arguments);
  } catch (const std::runtime_error &error) {
    return error.what();
  }
  return "no error";
}

TEST(Options, defaultsAreThoseOfTheModel) {
  Options options = parseOptions({"a.png"});
  EXPECT_EQ(options.thresholds.confidence, .25f);
  EXPECT_EQ(options.thresholds.iou, .45f);
  EXPECT_FALSE(options.thresholds.multiLabel);
  EXPECT_FALSE(options.json);
  EXPECT_EQ(options.output, "");
  EXPECT_EQ(options.pictures, std::vector<std::string>{"a.png"});
}

TEST(Options, takesAllInAnyOrder) {
  Options options = parseOptions({"a.png", "--confidence", ".001", "--iou", "0.6", "--multi-label", "--format", "json", "-o", "out.png", "--", "-b.png"});
  EXPECT_EQ(options.thresholds.confidence, .001f);
  EXPECT_EQ(options.thresholds.iou, .6f);
  EXPECT_TRUE(options.thresholds.multiLabel);
  EXPECT_TRUE(options.json);
  EXPECT_EQ(options.output, "out.png");
  EXPECT_EQ(options.pictures, (std::vector<std::string>{"a.png", "-b.png"}));
}

TEST(Options, saysWhatIsWrong) {
  EXPECT_EQ(errorOf({}), "no picture given; see --help");
  EXPECT_EQ(errorOf({"--confidence"}), "--confidence needs a value");
  for (const char *bad : {"2", "-1", "nan", "", "0.5x"})
    EXPECT_EQ(errorOf({"--iou", bad, "a"}), std::string("--iou takes a number from 0 to 1, not '") + bad + "'");
  EXPECT_EQ(errorOf({"--format", "xml", "a"}), "--format takes text or json, not 'xml'");
  EXPECT_EQ(errorOf({"--bogus", "a"}), "unknown option '--bogus'; see --help");
  EXPECT_EQ(errorOf({"--help"}), "no error");
}

} // namespace
} // namespace detect
