#include "compiler/Import/ModuleRules.h"

#include <algorithm>
#include <numeric>

using namespace mlir;

namespace mnv3::import {
namespace {

// Lower case without underscores, so that spellings of one name meet.
std::string folded(const std::string &name) {
  std::string text;
  for (unsigned char c : name)
    if (c != '_')
      text += static_cast<char>(std::tolower(c));
  return text;
}

size_t editDistance(const std::string &a, const std::string &b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0]++;
    for (size_t j = 0; j < b.size(); ++j)
      diagonal = std::exchange(row[j + 1], std::min({row[j + 1] + 1, row[j] + 1, diagonal + (a[i] != b[j])}));
  }
  return row.back();
}

} // namespace

const std::vector<ModuleRule> &moduleRules() {
  using Rules = std::vector<ModuleRule>;
  // name, spellings of forks, least and most arguments, function, and what else is special
  static const Rules rules = {
      {"Conv", {}, 1, 7, buildConv},
      {"DWConv", {}, 1, 5, buildDWConv},
      {"Conv_bn_hswish", {"Conv_BN_HSwish", "ConvBNHswish"}, 2, 2, buildConvBnHswish},
      {"MobileNetV3", {"MobileNetV3_InvertedResidual", "mobilev3_bneck", "MobileNet_Block", "MobileNetV3_Block"}, 6, 6, buildMobileNetV3},
      {"SELayer", {}, 1, 2, buildSELayer},
      {"CBRM", {"conv_bn_relu_maxpool"}, 1, 1, buildCBRM},
      {"Shuffle_Block", {"ShuffleNetV2_InvertedResidual", "ShuffleNetV2"}, 2, 2, buildShuffleBlock},
      {"StemBlock", {}, 1, 6, buildStemBlock},
      {"Focus", {}, 1, 6, buildFocus},
      {"Bottleneck", {}, 1, 4, buildBottleneck},
      {"CrossConv", {}, 1, 6, buildCrossConv},
      {"GhostConv", {}, 1, 5, buildGhostConv},
      {"GhostBottleneck", {}, 1, 3, buildGhostBottleneck},
      {"MixConv2d", {}, 1, 4, buildMixConv2d},
      {"C3", {}, 1, 4, buildC3, {.repeatsInside = true}},
      {"C3x", {}, 1, 4, buildC3x, {.repeatsInside = true}},
      {"C3Ghost", {}, 1, 4, buildC3Ghost, {.repeatsInside = true}},
      {"C3TR", {}, 1, 4, buildC3TR, {.repeatsInside = true}},
      {"C3SPP", {}, 1, 6, buildC3SPP},
      {"BottleneckCSP", {}, 1, 4, buildBottleneckCSP, {.repeatsInside = true}},
      {"SPP", {}, 1, 2, buildSPP},
      {"SPPF", {}, 1, 2, buildSPPF},
      {"nn.Conv2d", {}, 3, 8, buildConv2d},
      {"nn.ConvTranspose2d", {}, 2, 8, buildConvTranspose2d},
      {"DWConvTranspose2d", {}, 1, 5, buildDWConvTranspose2d},
      {"nn.BatchNorm2d", {}, 0, 6, buildBatchNorm2d},
      {"nn.MaxPool2d", {}, 1, 6, buildMaxPool2d},
      {"nn.AvgPool2d", {}, 1, 5, buildAvgPool2d},
      {"nn.ZeroPad2d", {}, 1, 1, buildZeroPad2d},
      {"nn.Upsample", {}, 2, 3, buildUpsample},
      {"nn.SiLU", {}, 0, 1, buildActivation, {.inPlace = true}},
      {"nn.ReLU", {}, 0, 1, buildActivation, {.inPlace = true}},
      {"nn.ReLU6", {}, 0, 1, buildActivation, {.inPlace = true}},
      {"nn.LeakyReLU", {}, 0, 2, buildActivation, {.inPlace = true}},
      {"nn.Hardswish", {}, 0, 1, buildActivation, {.inPlace = true}},
      {"nn.Hardsigmoid", {}, 0, 1, buildActivation},
      {"nn.Identity", {}, 0, 0, buildActivation, {.inPlace = true}}, // the same tensor
      {"Contract", {}, 0, 1, buildContract},
      {"Expand", {}, 0, 1, buildExpand},
      {"Concat", {}, 0, 1, buildConcat, {.takesList = true}},
      {"Detect", {}, 2, 2, nullptr, {.takesList = true}},
  };
  return rules;
}

const ModuleRule *findModule(const std::string &spelling) {
  for (const ModuleRule &rule : moduleRules()) {
    if (folded(rule.name) == folded(spelling))
      return &rule;
    for (const char *alias : rule.aliases)
      if (folded(alias) == folded(spelling))
        return &rule;
  }
  return nullptr;
}

std::string nearestModule(const std::string &spelling) {
  std::string nearest;
  size_t best = std::max<size_t>(2, spelling.size() / 3) + 1;
  for (const ModuleRule &rule : moduleRules())
    if (size_t distance = editDistance(folded(rule.name), folded(spelling)); distance < best) {
      best = distance;
      nearest = rule.name;
    }
  return nearest;
}

} // namespace mnv3::import
