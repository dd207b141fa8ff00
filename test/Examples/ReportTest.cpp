#include "Report.h"

#include <gtest/gtest.h>

namespace detect {
namespace {

TEST(Report, textIsOneLineABox) {
  EXPECT_EQ(asText("a.png", {{4, "can", .95233f, 463.04f, 276.9f, 599.f, 450.6f}, {0, "bottle", .5f, 0, 0, 1, 2}}),
            "a.png 4 can 0.9523 463.0 276.9 599.0 450.6\na.png 0 bottle 0.5000 0.0 0.0 1.0 2.0\n");
  EXPECT_EQ(asText("a.png", {}), "");
}

TEST(Report, jsonSurvivesOddNames) {
  EXPECT_EQ(asJson("a\"b\n.png", {{1, "c\\d", .5f, 1, 2, 3, 4}}),
            R"({"image": "a\"b\u000a.png", "class": 1, "name": "c\\d", "score": 0.500000, "xyxy": [1.000, 2.000, 3.000, 4.000]})");
  EXPECT_EQ(asJson("a.png", {}), "");
}

} // namespace
} // namespace detect
