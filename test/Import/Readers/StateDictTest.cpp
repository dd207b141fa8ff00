// Tensors of torch files: element types, strides, storages.
#include "test/Import/Readers/FileBuilder.h"
#include "test/Import/Readers/Read.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

using namespace mnv3::test;
using namespace mnv3::test::pickle;
using Floats = std::vector<float>;
using Shape = std::vector<int64_t>;

static const std::string six = floats({0, 1, 2, 3, 4, 5});

// The values of the one tensor in a state_dict.
static Floats valuesOf(const std::string &tensorPiece, const std::vector<std::string> &storages) {
  auto file = read(torchFile(dict({{"w", tensorPiece}}), storages));
  EXPECT_EQ(file.weights.tensors.size(), 1u);
  EXPECT_FALSE(file.model);
  return file.weights.find("w")->values;
}

TEST(StateDict, WidensEveryElementType) {
  EXPECT_EQ(valuesOf(tensor("FloatStorage", "0", 2, 0, {2}, {1}), {floats({1.5f, -2})}), (Floats{1.5f, -2}));
  // fp16: one, the largest, the smallest subnormal, -0, infinity
  const Floats half =
      valuesOf(tensor("HalfStorage", "0", 5, 0, {5}, {1}), {words({0x3c00, 0x7bff, 0x0001, 0x8000, 0xfc00})});
  EXPECT_EQ(half, (Floats{1, 65504, 0x1p-24f, -0.0f, -INFINITY}));
  EXPECT_TRUE(std::signbit(half[3]));
  EXPECT_TRUE(std::isnan(valuesOf(tensor("HalfStorage", "0", 1, 0, {1}, {1}), {words({0x7e00})})[0]));
  EXPECT_EQ(valuesOf(tensor("BFloat16Storage", "0", 2, 0, {2}, {1}), {words({0x3fc0, 0xc000})}), (Floats{1.5f, -2}));
  std::string doubles(16, 0);
  const double pair[] = {0.1, -1e300};
  std::memcpy(doubles.data(), pair, 16);
  EXPECT_EQ(valuesOf(tensor("DoubleStorage", "0", 2, 0, {2}, {1}), {doubles}), (Floats{0.1f, -INFINITY}));
}

TEST(StateDict, KeepsTheShapeOfIntegers) {
  auto file = read(torchFile(dict({{"n", tensor("LongStorage", "0", 1, 0, {}, {})}}), {std::string(8, '\1')}));
  EXPECT_TRUE(file.weights.find("n")->isInteger);
  EXPECT_TRUE(file.weights.find("n")->shape.empty());
  EXPECT_TRUE(file.weights.find("n")->values.empty());
}

TEST(StateDict, HonoursOffsetAndStrides) {
  EXPECT_EQ(valuesOf(tensor("FloatStorage", "0", 6, 2, {2, 2}, {2, 1}), {six}), (Floats{2, 3, 4, 5}));
  EXPECT_EQ(valuesOf(tensor("FloatStorage", "0", 6, 0, {3, 2}, {1, 3}), {six}),
            (Floats{0, 3, 1, 4, 2, 5})); // transposed
  EXPECT_EQ(valuesOf(tensor("FloatStorage", "0", 6, 1, {2, 1, 2}, {3, 99, 1}), {six}), (Floats{1, 2, 4, 5}));
  EXPECT_EQ(valuesOf(tensor("FloatStorage", "0", 6, 5, {3}, {0}), {six}), (Floats{5, 5, 5}));
  EXPECT_EQ(valuesOf(tensor("FloatStorage", "0", 6, 6, {0, 4}, {4, 1}), {six}), Floats{});
}

TEST(StateDict, SharesStorages) {
  auto file = read(torchFile(
      dict({{"a", tensor("FloatStorage", "0", 6, 0, {2}, {1})}, {"b", tensor("FloatStorage", "0", 6, 4, {2}, {1})}}),
      {six}));
  EXPECT_EQ(file.weights.find("a")->values, (Floats{0, 1}));
  EXPECT_EQ(file.weights.find("b")->values, (Floats{4, 5}));
}

TEST(StateDict, ReadsUntypedStorages) {
  const std::string storage =
      tuple({text("storage"), global("torch.storage", "UntypedStorage"), text("0"), text("cpu"), integer(4)}) + "Q";
  auto v3 = [&](const std::string &dtype) {
    return reduce(global("torch._utils", "_rebuild_tensor_v3"),
                  tuple({storage, integer(0), integers({2}), integers({1}), boolean(false), dict({}), dtype}));
  };
  EXPECT_EQ(valuesOf(v3(global("torch", "bfloat16")), {words({0x3f80, 0xbf80})}), (Floats{1, -1}));
  EXPECT_ERROR(torchFile(dict({{"w", v3(global("torch", "complex64"))}}), {six}), "expected floats of 2, 4 or 8 bytes");
}

TEST(StateDict, RefusesTensorsOutsideTheirStorage) {
  auto bad = [](int64_t count, int64_t offset, const Shape &shape, const Shape &strides) {
    return torchFile(dict({{"w", tensor("FloatStorage", "0", count, offset, shape, strides)}}), {six});
  };
  EXPECT_ERROR(bad(6, 0, {7}, {1}), "small.pt: w: reaches element 7 of a storage of 6");
  EXPECT_ERROR(bad(6, 5, {2}, {1}), "reaches element 7");
  EXPECT_ERROR(bad(6, 0, {2, 2}, {5, 1}), "reaches element 7");
  EXPECT_ERROR(bad(7, 0, {7}, {1}), "should have a storage of 7 elements of 4 bytes");
  EXPECT_ERROR(bad(6, -1, {1}, {1}), "which no storage can hold");
  EXPECT_ERROR(bad(6, 4, {4}, {-1}), "which no storage can hold");
  EXPECT_ERROR(bad(6, 0, {-1}, {1}), "expected no negative dimension");
  EXPECT_ERROR(bad(6, 0, {2, 2}, {INT64_MAX, 1}), "which no storage can hold");
  EXPECT_ERROR(bad(6, 0, {INT64_MAX, INT64_MAX}, {0, 0}), "more elements than any file can hold");
  EXPECT_ERROR(bad(6, 0, {INT64_MAX, 1}, {0, 0}), "32 times the memory");
  EXPECT_ERROR(bad(6, 0, {1 << 30}, {0}), "32 times the memory");
  EXPECT_ERROR(bad(6, 0, {1}, {1, 1}), "has 2 strides for 1 dimensions");
  EXPECT_ERROR(bad(6, 0, Shape(9, 1), Shape(9, 1)), "has 9 dimensions, expected at most 8");
  EXPECT_ERROR(torchFile(dict({{"w", tensor("FloatStorage", "7", 6, 0, {6}, {1})}}), {six}),
               "'small/data/7', which the file does not have");
  EXPECT_ERROR(torchFile(dict({{"w", tensor("ComplexFloatStorage", "0", 3, 0, {3}, {1})}}), {six}),
               "stored as torch.ComplexFloatStorage");
}

TEST(StateDict, IsFoundInsideOtherDicts) {
  const std::string one = tensor("FloatStorage", "0", 6, 0, {6}, {1});
  for (const char *key : {"state_dict", "model", "ema"})
    EXPECT_EQ(
        read(torchFile(dict({{"epoch", integer(3)}, {key, dict({{"a.w", one}})}}), {six})).weights.tensors[0].first,
        "a.w");
  EXPECT_ERROR(torchFile(dict({{"epoch", integer(3)}, {"optimizer", none()}})),
               "holds a dict of epoch, optimizer, expected a model");
  EXPECT_ERROR(torchFile(list({})), "holds a list, expected a model");
}

TEST(StateDict, LosesPrefixesAndCaches) {
  const std::string one = tensor("FloatStorage", "0", 6, 0, {6}, {1});
  auto keys = [&](const std::vector<std::string> &names) {
    std::vector<std::pair<std::string, std::string>> items;
    for (const std::string &name : names)
      items.emplace_back(name, one);
    std::vector<std::string> found;
    for (const auto &[key, tensor] : read(torchFile(dict(items), {six})).weights.tensors)
      found.push_back(key);
    return found;
  };
  EXPECT_EQ(keys({"module.model.0.w", "module.model.1.w"}), (std::vector<std::string>{"model.0.w", "model.1.w"}));
  EXPECT_EQ(keys({"module.w", "w"}), (std::vector<std::string>{"module.w", "w"})); // no wrapper: a part of that name
  EXPECT_EQ(keys({"model.9.anchors", "model.9.anchor_grid"}), (std::vector<std::string>{"model.9.anchors"}));
  EXPECT_ERROR(torchFile(dict({{"w", one}, {"w", one}}), {six}), "small.pt: w: is there twice");
}
