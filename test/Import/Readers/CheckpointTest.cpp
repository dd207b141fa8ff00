// Training checkpoints: which model is taken, and what is said of it.
#include "test/Import/Readers/FileBuilder.h"
#include "test/Import/Readers/Read.h"

#include <gtest/gtest.h>

using namespace mnv3::test;
using namespace mnv3::test::pickle;

namespace {

// Storages: 0 weights, 1 anchors in cells, 2 strides.
const std::vector<std::string> storages = {floats({7, 8}), floats({1, 2, 3, 4, 5, 6, 7, 8}), floats({8, 16})};

struct Parts {
  Module convolution{"torch.nn.modules.conv",
                     "Conv2d",
                     {{"weight", tensor("FloatStorage", "0", 2, 0, {2}, {1})}, {"bias", none()}},
                     {},
                     {},
                     {{"stride", integers({2, 2})},
                      {"eps", real(0.001)},
                      {"mode", text("zeros")},
                      {"cache", tensor("FloatStorage", "0", 2, 0, {2}, {1})}}};
  Module head{"models.yolo",
              "Detect",
              {},
              {{"anchors", tensor("FloatStorage", "1", 8, 0, {2, 2, 2}, {4, 2, 1})},
               {"anchor_grid", tensor("FloatStorage", "1", 8, 0, {8}, {1})}},
              {},
              {{"nc", integer(2)}, {"stride", tensor("FloatStorage", "2", 2, 0, {2}, {1})}}};
  std::string names = list({text("cat"), text("dog")}),
              yaml = dict({{"nc", integer(2)}, {"backbone", list({integers({1, -1})})}});
  std::vector<std::pair<std::string, std::string>> more; // rows behind the convolution

  std::string model() const {
    auto rows = more;
    rows.insert(rows.begin(), {"0", module({"models.common", "Conv", {}, {}, {{"conv", module(convolution)}}, {}})});
    rows.emplace_back("9", module(head));
    const std::string list = module({"torch.nn.modules.container", "Sequential", {}, {}, rows, {}});
    return module({"models.yolo", "DetectionModel", {}, {}, {{"model", list}}, {{"yaml", yaml}, {"names", names}}});
  }
  std::string file() const {
    return torchFile(dict({{"epoch", integer(-1)}, {"model", model()}, {"ema", none()}}), storages);
  }
};

} // namespace

TEST(Checkpoint, TellsAllAboutItsModel) {
  auto file = read(Parts().file());
  ASSERT_TRUE(file.model);
  EXPECT_EQ(file.model->names, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(file.model->strides, (std::vector<float>{8, 16}));
  const std::vector<std::vector<std::pair<float, float>>> pixels = {{{8, 16}, {24, 32}}, {{80, 96}, {112, 128}}};
  EXPECT_EQ(file.model->anchors, pixels);
  EXPECT_EQ(file.model->yaml.text(), "{nc: 2, backbone: [[1, -1]]}");
  EXPECT_EQ(file.model->yaml.find("nc")->location.text(), "small.pt: yaml");
  ASSERT_EQ(file.weights.tensors.size(), 2u);
  EXPECT_EQ(file.weights.tensors[0].first, "model.0.conv.weight");
  EXPECT_EQ(file.weights.tensors[1].first, "model.9.anchors");

  const auto *convolution = file.model->root.child("model.0.conv");
  ASSERT_TRUE(convolution);
  EXPECT_EQ(convolution->className, "torch.nn.modules.conv.Conv2d");
  EXPECT_EQ(convolution->attributes.at("stride").text(), "[2, 2]");
  EXPECT_EQ(convolution->attributes.at("mode").text(), "zeros");
  EXPECT_EQ(*convolution->attributes.at("eps").asFloat(), 0.001);
  EXPECT_EQ(convolution->attributes.at("eps").location.text(), "small.pt: model.0.conv");
  EXPECT_FALSE(convolution->attributes.count("cache")); // a tensor is no plain value
  EXPECT_FALSE(convolution->attributes.count("_parameters"));
  EXPECT_FALSE(file.model->root.child("model.0.bn"));
  EXPECT_FALSE(file.model->root.child(""));
}

TEST(Checkpoint, PrefersTheAveragedWeights) {
  Parts parts, averaged;
  averaged.names = list({text("averaged"), text("dog")});
  auto file = [&](const std::string &ema) {
    return torchFile(dict({{"model", parts.model()}, {"ema", ema}}), storages);
  };
  EXPECT_EQ(read(file(averaged.model())).model->names[0], "averaged");
  EXPECT_EQ(read(file(none())).model->names[0], "cat");
  EXPECT_EQ(read(file(boolean(false))).model->names[0], "cat");
  EXPECT_EQ(read(torchFile(parts.model(), storages)).model->names[0], "cat"); // torch.save(model, ...)
}

TEST(Checkpoint, NamesByNumber) {
  Parts parts;
  auto numbered = [](int64_t first, int64_t second) {
    return "}(" + integer(first) + text("one") + integer(second) + text("zero") + "u";
  };
  parts.names = numbered(1, 0);
  EXPECT_EQ(read(parts.file()).model->names, (std::vector<std::string>{"zero", "one"}));
  parts.names = numbered(1, 2);
  EXPECT_ERROR(parts.file(), "small.pt: names: does not number its 2 classes from 0 to 1");
  parts.names = numbered(1, 1);
  EXPECT_ERROR(parts.file(), "does not number its 2 classes");
  parts.names = list({integer(5), text("b"), text("of a larger data set")});
  EXPECT_EQ(read(parts.file()).model->names, (std::vector<std::string>{"5", "b"}));
  parts.names = list({list({}), none()});
  EXPECT_ERROR(parts.file(), "names: holds a list, expected the names of classes");
}

TEST(Checkpoint, SkipsBuffersThatAreCaches) {
  Parts parts;
  const std::string buffer = tensor("FloatStorage", "0", 2, 0, {2}, {1});
  parts.convolution.buffers = {{"kept", buffer}, {"hidden", buffer}};
  parts.convolution.attributes.push_back(
      {"_non_persistent_buffers_set", reduce(global("__builtin__", "set"), tuple({list({text("hidden")})}))});
  auto file = read(parts.file());
  EXPECT_TRUE(file.weights.find("model.0.conv.kept"));
  EXPECT_FALSE(file.weights.find("model.0.conv.hidden"));
}

TEST(Checkpoint, UnwrapsParameters) {
  Parts parts;
  auto &weight = parts.convolution.parameters[0].second;
  weight = reduce(global("torch._utils", "_rebuild_parameter"), tuple({weight, boolean(true), dict({})}));
  EXPECT_EQ(read(parts.file()).weights.find("model.0.conv.weight")->values, (std::vector<float>{7, 8}));
  weight = text("seven");
  EXPECT_ERROR(parts.file(), "small.pt: model.0.conv.weight: is a string, expected a tensor");
}

TEST(Checkpoint, RefusesOtherHeads) {
  Parts parts;
  parts.head.buffers.clear();
  EXPECT_ERROR(parts.file(), "ends in a models.yolo.Detect without anchors or strides, expected a YOLOv5 Detect");
  parts = Parts();
  parts.head.buffers[0].second = tensor("FloatStorage", "1", 8, 0, {4, 2}, {2, 1});
  EXPECT_ERROR(parts.file(), "anchors: has shape [4, 2], expected [2, anchors, 2] for 2 strides");
  parts.head.buffers[0].second = tensor("FloatStorage", "1", 8, 0, {2, 2, 2}, {0, 0, 0});
  EXPECT_EQ(errorOf(parts.file()), "no error");
  parts.head.attributes[1].second = list({integer(8), real(0)});
  EXPECT_ERROR(parts.file(), "stride: holds 0, expected strides from 1 to 4096");
}

TEST(Checkpoint, EndsInCycles) {
  // A module whose child is itself: the object is put into the memo before its state is built.
  Parts parts;
  const std::string self =
      global("models.common", "Loop") + ")\x81q\x01" + dict({{"_modules", dict({{"again", "h\x01"}})}}) + "b";
  parts.more = {{"1", self}};
  EXPECT_ERROR(parts.file(), "has modules nested over 48 deep");
  // A list that holds itself is no plain value: as an attribute it is left out, as the yaml it is an error.
  parts = Parts();
  parts.yaml = "]q\x01h\x01"
               "a";
  EXPECT_ERROR(parts.file(), "small.pt: yaml: is a list, expected a dict");
  // Forty levels of two references each are 2^40 modules.
  parts = Parts();
  std::string child = module({});
  for (int level = 0; level < 40; ++level) {
    const std::string slot = std::string("q") + static_cast<char>(level + 1),
                      again = std::string("h") + static_cast<char>(level + 1);
    child = module({"m", "M", {}, {}, {{"a", child + slot}, {"b", again}}, {}});
  }
  parts.more = {{"1", child}};
  EXPECT_ERROR(parts.file(), "32 times the memory");
}
