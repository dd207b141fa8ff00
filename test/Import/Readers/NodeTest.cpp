#include "compiler/Import/Node.h"
#include "compiler/Import/Text.h"

#include <gtest/gtest.h>

using namespace mnv3::import;

static Node node(decltype(Node::value) value) { return {std::move(value), {}}; }

TEST(Node, ReadsAsAUserWouldWriteIt) {
  EXPECT_EQ(
      node(Node::List{node(int64_t(16)), node(3.0), node(0.33), node(false), node(std::string("nearest")), node({})})
          .text(),
      "[16, 3.0, 0.33, False, 'nearest', None]");
  EXPECT_EQ(node(Node::Map{{"nc", node(int64_t(80))}, {"backbone", node(Node::List{})}}).text(),
            "{nc: 80, backbone: []}");
  EXPECT_EQ(node(std::string("Conv")).text(), "Conv");
  EXPECT_EQ(node(1e30).text(), "1e+30");
}

TEST(Node, FindsKeys) {
  const Node map = node(Node::Map{{"nc", node(int64_t(80))}});
  ASSERT_TRUE(map.find("nc"));
  EXPECT_EQ(*map.find("nc")->asInt(), 80);
  EXPECT_FALSE(map.find("no"));
  EXPECT_FALSE(node(int64_t(1)).find("nc"));
}

TEST(Location, NamesThePlace) {
  EXPECT_EQ((Location{"small.yaml", 12, 4, ""}).text(), "small.yaml:12:4");
  EXPECT_EQ((Location{"small.yaml", 12, 0, ""}).text(), "small.yaml:12");
  EXPECT_EQ((Location{"best.pt", 0, 0, "row 7"}).text(), "best.pt: row 7");
  EXPECT_EQ((Location{"best.pt", 0, 0, ""}).text(), "best.pt");
}

TEST(Text, IsFitForATerminal) {
  EXPECT_EQ(printable("model.0.naïve"), "model.0.naïve");
  EXPECT_EQ(printable("\x1b[31m\xff"), "\\x1b[31m\\xff");
  EXPECT_LT(printable(std::string(100'000, 'a')).size(), 130u);
}
