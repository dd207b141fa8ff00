// Checkpoints that other people trained, and the sorting example: read once by torch's own rules in Python, the numbers
// below were computed there with numpy, in double.
#include "compiler/Import/Weights.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

using namespace mnv3::import;

namespace {

std::string sharedFile(const std::string &name) {
  const char *set = std::getenv("MNV3_SHARED");
  return std::string(set && *set ? set : MNV3_SHARED_DEFAULT) + "/" + name;
}

struct Sums {
  double plain = 0, weighted = 0; // the second notices values that changed places: element i counts 1 + i mod 7 times
};
Sums sumsOf(const Tensor &tensor) {
  Sums sums;
  for (size_t i = 0; i < tensor.values.size(); ++i)
    sums.plain += tensor.values[i], sums.weighted += tensor.values[i] * static_cast<double>(1 + i % 7);
  return sums;
}
double weightedSum(const Weights &weights) {
  double sum = 0;
  for (const auto &[key, tensor] : weights.tensors)
    sum += sumsOf(tensor).weighted;
  return sum;
}

// Doubles added up in another order: 2 million additions of rounding errors of 1e-16 of about 1e5.
constexpr double tolerance = 1e-6;

const std::vector<std::vector<std::pair<float, float>>> cocoAnchors = {
    {{10, 13}, {16, 30}, {33, 23}}, {{30, 61}, {62, 45}, {59, 119}}, {{116, 90}, {156, 198}, {373, 326}}};

} // namespace

#define NEEDS(path)                                                                                                    \
  if (!std::filesystem::exists(path))                                                                                  \
  GTEST_SKIP() << path << " is absent; MNV3_SHARED names the folder"

TEST(RealFiles, TagDetectorOfV7) {
  const std::string path = sharedFile("real/tag_mnv3s.pt");
  NEEDS(path);
  EXPECT_TRUE(looksLikeWeightFile(path));
  const WeightFile file = readWeightFile(path);
  ASSERT_EQ(file.weights.tensors.size(), 391u);
  EXPECT_EQ(file.weights.tensors.front().first, "model.0.conv.weight");
  EXPECT_EQ(file.weights.tensors.back().first, "model.26.m.2.bias");
  EXPECT_EQ(file.weights.find("model.26.m.2.weight")->shape, (std::vector<int64_t>{18, 208, 1, 1}));
  EXPECT_TRUE(file.weights.find("model.9.conv.8.num_batches_tracked")->isInteger);
  EXPECT_NEAR(sumsOf(*file.weights.find("model.0.conv.weight")).plain, -3.8958683013916016, tolerance);
  EXPECT_NEAR(sumsOf(*file.weights.find("model.25.m.0.cv2.bn.running_var")).plain, 50.19891357421875, tolerance);
  EXPECT_NEAR(weightedSum(file.weights), 40376.51192992926, tolerance);

  ASSERT_TRUE(file.model);
  EXPECT_EQ(file.model->names, std::vector<std::string>{"tags"});
  EXPECT_EQ(file.model->strides, (std::vector<float>{8, 16, 32}));
  EXPECT_EQ(file.model->anchors, cocoAnchors);
  const Node &yaml = file.model->yaml;
  std::vector<std::string> keys;
  for (const auto &[key, value] : *yaml.asMap())
    keys.push_back(key);
  EXPECT_EQ(keys,
            (std::vector<std::string>{"nc", "depth_multiple", "width_multiple", "anchors", "backbone", "head", "ch"}));
  EXPECT_EQ(yaml.find("depth_multiple")->text(), "0.33");
  EXPECT_EQ(yaml.find("backbone")->asList()->at(1).text(), "[-1, 1, 'MobileNetV3', [16, 16, 3, 2, 1, 0]]");
  EXPECT_EQ(yaml.find("head")->asList()->back().text(), "[[19, 22, 25], 1, 'Detect', ['nc', 'anchors']]");

  EXPECT_EQ(file.model->root.className, "models.yolo.DetectionModel");
  const StoredModule *convolution = file.model->root.child("model.0.conv");
  ASSERT_TRUE(convolution);
  EXPECT_EQ(convolution->className, "torch.nn.modules.conv.Conv2d");
  EXPECT_EQ(convolution->attributes.at("stride").text(), "[2, 2]");
  EXPECT_EQ(*convolution->attributes.at("groups").asInt(), 1);
  EXPECT_EQ(*file.model->root.child("model.0.bn")->attributes.at("eps").asFloat(), 0.001);
  EXPECT_EQ(file.model->root.child("model")->children.size(), 27u);
}

TEST(RealFiles, Yolov5nBeforeV6) {
  const std::string path = sharedFile("real/yolov5n.pt");
  NEEDS(path);
  const WeightFile file = readWeightFile(path);
  EXPECT_EQ(file.weights.tensors.size(), 349u); // 350 with anchor_grid
  EXPECT_FALSE(file.weights.find("model.24.anchor_grid"));
  EXPECT_TRUE(file.weights.find("model.24.anchors"));
  EXPECT_NEAR(sumsOf(*file.weights.find("model.8.m.0.cv1.conv.weight")).plain, -89.29971361160278, tolerance);
  EXPECT_NEAR(sumsOf(*file.weights.find("model.24.m.2.bias")).plain, -1393.9120626449585, tolerance);
  EXPECT_NEAR(weightedSum(file.weights), -9159.03070038557, tolerance);
  ASSERT_TRUE(file.model);
  ASSERT_EQ(file.model->names.size(), 80u);
  EXPECT_EQ(file.model->names[5], "bus");
  EXPECT_EQ(file.model->names[79], "toothbrush");
  EXPECT_EQ(file.model->strides, (std::vector<float>{8, 16, 32}));
  EXPECT_EQ(file.model->anchors, cocoAnchors);
  EXPECT_EQ(file.model->yaml.find("nc")->text(), "80");
  EXPECT_EQ(file.model->yaml.find("width_multiple")->text(), "0.25");
  EXPECT_EQ(file.model->root.className, "models.yolo.Model");
  EXPECT_EQ(file.model->root.child("model.9.m")->className, "torch.nn.modules.pooling.MaxPool2d");
}

// Two writers of the same values, two readers: every tensor must agree bit for bit.
TEST(RealFiles, SortingModelInBothFormats) {
  const std::string stem = std::string(MNV3_SORTING_MODEL) + "/yolov5s-mobilenetv3-sorting";
  NEEDS(stem + ".pt");
  const WeightFile torch = readWeightFile(stem + ".pt"), safe = readWeightFile(stem + ".safetensors");
  EXPECT_FALSE(torch.model);
  EXPECT_EQ(torch.weights.tensors.size(), 391u);
  ASSERT_EQ(safe.weights.tensors.size(), torch.weights.tensors.size());
  for (const auto &[key, tensor] : torch.weights.tensors) {
    const Tensor *other = safe.weights.find(key);
    ASSERT_TRUE(other) << key;
    EXPECT_EQ(other->shape, tensor.shape) << key;
    EXPECT_EQ(other->isInteger, tensor.isInteger) << key;
    EXPECT_TRUE(other->values == tensor.values) << key;
  }
}
