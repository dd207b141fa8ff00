// What is no weight file, and damaged zips.
#include "test/Import/Readers/FileBuilder.h"
#include "test/Import/Readers/Read.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

using namespace mnv3::test;
using namespace mnv3::test::pickle;

static const std::string good = torchFile(dict({{"w", tensor("FloatStorage", "0", 2, 0, {2}, {1})}}), {floats({1, 2})});

TEST(Container, NamesWhatItIsInstead) {
  EXPECT_ERROR("", "small.pt: is empty");
  EXPECT_ERROR("\n<!DOCTYPE html><html>", "is a web page");
  EXPECT_ERROR("version https://git-lfs.github.com/spec/v1\noid sha256:12\n", "is a git-lfs pointer");
  EXPECT_ERROR(program(none()),
               "is a checkpoint of torch before 1.6 (a plain pickle stream); load it in torch and save it again");
  EXPECT_ERROR("nc: 80\n", "is no weight file: it starts with 'nc: 80\\x0a'");
  EXPECT_ERROR(zip({{"readme.txt", "hello"}}),
               "is a zip of 1 members such as 'readme.txt', expected '<name>/data.pkl'");
  EXPECT_ERROR(zip({}), "is a zip of nothing");
  EXPECT_ERROR(zip({{"a/data.pkl", "x"}, {"b/data.pkl", "x"}}), "has two pickles");
  EXPECT_ERROR(zip({{"a/data.pkl", "x"}, {"a/constants.pkl", "x"}}), "is a TorchScript archive");
  EXPECT_ERROR(zip({{"a/data.pkl", "x"}, {"a/byteorder", "big"}}), "says 'big', expected 'little'");
}

TEST(Container, NamesWhatTheSystemSays) {
  auto errorOfPath = [](const std::string &path) {
    try {
      mnv3::import::readWeightFile(path);
    } catch (const mnv3::import::ImportError &error) {
      return error.diagnostic.location.text() + ": " + error.diagnostic.message;
    }
    return std::string("no error");
  };
  EXPECT_EQ(errorOfPath("/nowhere/best.pt"), "/nowhere/best.pt: cannot be opened: No such file or directory");
  EXPECT_EQ(errorOfPath("/"), "/: is a directory, expected a weight file");
  EXPECT_EQ(errorOfPath("/dev/null"), "/dev/null: is not a regular file, expected a weight file");
}

TEST(Container, TellsWeightsFromYaml) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "tells-weights-from-yaml";
  std::filesystem::create_directories(folder);
  auto looks = [&](const std::string &bytes) {
    const std::string path = folder / "input";
    std::ofstream(path, std::ios::binary) << bytes;
    return mnv3::import::looksLikeWeightFile(path);
  };
  EXPECT_TRUE(looks(good));
  EXPECT_TRUE(looks(program(none())));
  EXPECT_TRUE(looks(safetensors("{}", "")));
  EXPECT_TRUE(looks("<html>"));
  EXPECT_TRUE(looks("version https://git-lfs.github.com/spec/v1"));
  EXPECT_FALSE(looks("# YOLOv5 \xf0\x9f\x9a\x80\nnc: 80\n"));
  EXPECT_FALSE(looks("version: 2\n"));
  EXPECT_FALSE(looks(""));
  EXPECT_FALSE(mnv3::import::looksLikeWeightFile("/nowhere/best.pt"));
  EXPECT_FALSE(mnv3::import::looksLikeWeightFile(folder));
}

TEST(Zip, IsChecked) {
  ASSERT_EQ(errorOf(good), "no error");
  // However it is cut off, it is an error, and never anything worse.
  for (size_t size = 1; size < good.size(); ++size)
    EXPECT_NE(errorOf(good.substr(0, size)), "no error") << size;
  EXPECT_ERROR(good.substr(0, good.size() - 1), "is a truncated zip");

  // Offsets within the end record, and within the first entry of the directory.
  const size_t end = good.rfind("PK\5\6"), entry = good.find("PK\1\2");
  auto with = [](size_t offset, const std::string &bytes) {
    return std::string(good).replace(offset, bytes.size(), bytes);
  };
  EXPECT_ERROR(with(end + 10, "\xff\x7f"), "spans several disks");
  EXPECT_ERROR(with(end + 8, "\xff\x7f\xff\x7f"), "too few for 32767 members");
  EXPECT_ERROR(with(end + 16, "\1"), "its directory should end at byte");
  EXPECT_ERROR(with(entry, "XX"), "entry 0 of its directory has no signature");
  EXPECT_ERROR(with(entry + 8, "\1"), "'small/data.pkl' is encrypted");
  EXPECT_ERROR(with(entry + 10, "\x0c"), "packed by method 12");
  EXPECT_ERROR(with(entry + 10, "\x08"), "is compressed, expected it stored");
  EXPECT_ERROR(with(entry + 16, "\1\1\1\1"), "its checksum is");
  EXPECT_ERROR(with(entry + 20, "\xff\xff\xff"), "is stored in");
  EXPECT_ERROR(with(entry + 20, "\xff\xff\xff\x0f\xff\xff\xff\x0f"), "reaches outside the file");
  EXPECT_ERROR(with(entry + 42, "\5"), "is not where the directory says");
  EXPECT_ERROR(with(30, "S"), "has another name in its own header");
  EXPECT_ERROR(zip({{"a/data.pkl", "x"}, {"a/data.pkl", "x"}}), "has two members 'a/data.pkl'");
}

TEST(Zip, MembersDoNotOverlap) {
  // The second entry is made to point at the first member, whose name it shares but for the number of bytes.
  std::string overlapping = zip({{"a.npy", "12345678"}, {"a.npy", "12345678"}});
  const size_t second = overlapping.rfind("PK\1\2");
  overlapping.replace(second + 42, 4, std::string(4, 0));
  EXPECT_ERROR(overlapping, "members 'a.npy' and 'a.npy' overlap");
}
