#include "compiler/Import/Json.h"
#include "test/Import/Readers/FileBuilder.h"
#include "test/Import/Readers/Read.h"

#include <gtest/gtest.h>

using namespace mnv3::test;

static std::string entry(const std::string &type, const std::string &shape, const std::string &offsets) {
  return R"({"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

TEST(Safetensors, ReadsAllTypes) {
  const std::string header = R"({"__metadata__":{"format":"pt"}, "a":)" + entry("F32", "[1,2]", "[0,8]") +
                             R"(,"b.c":)" + entry("F16", "[2]", "[8,12]") + R"(,"d":)" +
                             entry("BF16", "[]", "[12,14]") + R"(,"n":)" + entry("I16", "[]", "[14,16]") +
                             R"(,"none":)" + entry("F32", "[0,3]", "[16,16]") + "}   ";
  auto file = read(safetensors(header, floats({1, 2}) + words({0x3c00, 0xbc00, 0x4000, 9})));
  ASSERT_EQ(file.weights.tensors.size(), 5u);
  EXPECT_EQ(file.weights.find("a")->values, (std::vector<float>{1, 2}));
  EXPECT_EQ(file.weights.find("a")->shape, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(file.weights.find("b.c")->values, (std::vector<float>{1, -1}));
  EXPECT_EQ(file.weights.find("d")->values, (std::vector<float>{2}));
  EXPECT_TRUE(file.weights.find("n")->isInteger);
  EXPECT_TRUE(file.weights.find("none")->values.empty());
}

TEST(Safetensors, RefusesBadHeaders) {
  auto one = [](const std::string &description) {
    return safetensors(R"({"a":)" + description + "}", std::string(16, 0));
  };
  ASSERT_EQ(errorOf(one(entry("F32", "[4]", "[0,16]"))), "no error");
  EXPECT_ERROR(one(entry("F32", "[4]", "[4,20]")), "small.pt: a: lies at 4 to 20 of 16 bytes of data");
  EXPECT_ERROR(one(entry("F32", "[4]", "[16,0]")), "lies at 16 to 0");
  EXPECT_ERROR(one(entry("F32", "[4]", "[18446744073709551615,15]")), "lies at 18446744073709551615");
  EXPECT_ERROR(one(entry("F32", "[3]", "[0,16]")), "has 16 bytes for shape [3] of F32");
  EXPECT_ERROR(one(entry("F32", "[4611686018427387904,4,4]", "[0,16]")), "more elements than any file can hold");
  EXPECT_ERROR(one(entry("F32", "[18446744073709551615]", "[0,16]")), "has a shape that is too large");
  EXPECT_ERROR(one(entry("F32", "[-4]", "[0,16]")), "expected an integer from 0");
  EXPECT_ERROR(one(entry("F32", "[4.0]", "[0,16]")), "expected an integer from 0");
  EXPECT_ERROR(one(entry("F8_E4M3", "[16]", "[0,16]")), "has dtype F8_E4M3, expected F16");
  EXPECT_ERROR(one(entry("F32", "[4]", "[0,8,16]")), "over two data_offsets");
  EXPECT_ERROR(one("{}"), "is not described fully");
  EXPECT_ERROR(one("7"), "found '7' at byte 5, expected an object");
  EXPECT_ERROR(one(entry("F32", "[4]", "[0,16]") + R"(,"b":)" + entry("F32", "[1]", "[12,16]")),
               "small.pt: b: overlaps 'a'");
  EXPECT_ERROR(one(entry("F32", "[4]", "[0,16]") + R"(,"a":)" + entry("F32", "[1]", "[12,16]")),
               "has the key 'a' twice");
  EXPECT_ERROR(one(entry("F32", "[4]", "[0,16]")).substr(0, 30), "header: should have 55 bytes, and 22 follow");
  EXPECT_ERROR(safetensors("{}", ""), "holds no tensors");
  EXPECT_ERROR(safetensors("{", ""), "found the end at byte 1, expected a string");
}

TEST(Safetensors, RefusesBadJson) {
  const mnv3::import::Location where;
  auto skip = [&](const std::string &text) {
    try {
      mnv3::import::JsonReader json(text, where);
      json.skip();
      json.end();
    } catch (const mnv3::import::ImportError &) {
      return false;
    }
    return true;
  };
  for (const char *text : {"{}", "[]", " [1, -2.5e3, true, null, \"\\u00e9\\n\"] ", "{\"a\":{\"b\":[]}}"})
    EXPECT_TRUE(skip(text)) << text;
  for (const char *text : {"", "{", "{]", "[1,]", "{\"a\"}", "{\"a\":1,}", "\"", "\"\\x\"", "\"\\ud800\"", "\"\n\"",
                           "tru", "1 2", "{\"a\":1,\"a\":2}"})
    EXPECT_FALSE(skip(text)) << text;
  EXPECT_TRUE(skip(std::string(16, '[') + std::string(16, ']')));
  EXPECT_FALSE(skip(std::string(17, '[') + std::string(17, ']')));
  EXPECT_FALSE(skip(std::string(100'000, '[')));
  mnv3::import::JsonReader json(R"("\u00e9\ud83d\ude80\/")", where);
  EXPECT_EQ(json.string(), "é🚀/");
}
