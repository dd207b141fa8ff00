// Heads full of nonsense, and several calls at once.
#include "FakeModel.h"
extern "C" {
#include "numbers.h"
#include "suppress.h"
}
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <thread>

using namespace mnv3::test;

namespace {

void expectSane(const FakeModel &model, const Result &result) {
  ASSERT_EQ(result.status, MNV3_OK);
  ASSERT_LE(result.boxes.size(), 300u);
  for (const mnv3_box &box : result.boxes) {
    ASSERT_TRUE(box.score > 0 && box.score <= 1);
    ASSERT_TRUE(box.class_id >= 0 && box.class_id < model.classes);
    ASSERT_TRUE(box.x1 >= 0 && box.x1 <= box.x2 && box.x2 <= model.width) << box.x1 << " " << box.x2;
    ASSERT_TRUE(box.y1 >= 0 && box.y1 <= box.y2 && box.y2 <= model.height) << box.y1 << " " << box.y2;
  }
}

void fillRandomly(FakeModel &model, int levels, unsigned seed, bool anyBits) {
  std::mt19937 random(seed);
  const float special[] = {std::nanf(""), -std::nanf(""), INFINITY, -INFINITY, 0,   -0.0f,
                           1e-40f,        3e38f,          -3e38f,   100,       -100};
  for (int level = 0; level < levels; ++level)
    for (float &logit : model.logits(level))
      logit = anyBits        ? mnv3_float_of_bits(random())
              : random() % 2 ? special[random() % 11]
                             : (random() % 100) / 10.0f - 5;
}

FakeModel makeModel() {
  FakeModel model(96, 64, 3);
  model.addLevel(8, 12, 8, {{10, 13}, {16, 30}});
  model.addLevel(4, 6, 16, {{30, 61}});
  return model;
}

TEST(Robustness, HeadsOfNaN) {
  FakeModel model = makeModel();
  for (float value : {std::nanf(""), -std::nanf(""), INFINITY, -INFINITY}) {
    for (int level : {0, 1})
      std::fill(model.logits(level).begin(), model.logits(level).end(), value);
    for (int multi : {0, 1}) {
      const mnv3_detect_options options = {0, 0, multi, 0};
      Result result = model.detect(&options);
      expectSane(model, result);
      if (!(value > 0)) {
        EXPECT_TRUE(result.boxes.empty());
      }
    }
  }
}

TEST(Robustness, ABoxWithoutPlaceIsNone) {
  for (int i = 0; i < 4; ++i) {
    FakeModel model = makeModel();
    float *cell = model.cell(0, 0, 2, 3);
    std::fill_n(cell, 6, 1.0f);
    EXPECT_EQ(model.detect().boxes.size(), 1u);
    cell[i] = std::nanf("");
    EXPECT_TRUE(model.detect().boxes.empty());
  }
}

TEST(Robustness, WhatTheNetworkLeftBehindIsNoBox) {
  FakeModel model = makeModel();
  std::fill_n(model.cell(0, 0, 2, 3), 6, 1.0f);
  std::fill_n(model.cell(0, 0, 6, 9), 6, 1.0f);
  model.onLeave = [](void *region) { // boxes that cover everything, of class 0
    mnv3_kept &kept = *static_cast<mnv3_kept *>(region);
    for (int i = 0; i < 304; ++i) {
      kept.x1[i] = kept.y1[i] = -1e6f, kept.x2[i] = kept.y2[i] = 1e6f;
      kept.area[i] = kept.score[i] = 1, kept.class_id[i] = 0;
    }
  };
  EXPECT_EQ(model.detect().boxes.size(), 2u);
}

TEST(Robustness, RandomHeads) {
  FakeModel model = makeModel();
  for (unsigned seed = 0; seed < 300; ++seed) {
    fillRandomly(model, 2, seed, seed % 2);
    const mnv3_detect_options options = {seed % 3 ? .25f : 0.0f, seed % 5 ? .45f : 1.0f, seed % 4 < 2, seed % 7 < 3};
    expectSane(model, model.detect(&options));
  }
}

TEST(Robustness, CallsDoNotShareState) {
  // Alone first; then four threads with arenas of their own, over and over.
  std::vector<FakeModel> models;
  std::vector<Result> alone;
  const mnv3_detect_options options = {.01f, .45f, 1, 0};
  for (unsigned seed = 0; seed < 4; ++seed) {
    models.push_back(makeModel());
    fillRandomly(models.back(), 2, 1000 + seed, false);
    alone.push_back(models.back().detect(&options));
    ASSERT_FALSE(alone.back().boxes.empty());
  }
  auto same = [](const Result &a, const Result &b) {
    return a.status == b.status && a.boxes.size() == b.boxes.size() &&
           std::memcmp(a.boxes.data(), b.boxes.data(), a.boxes.size() * sizeof(mnv3_box)) == 0;
  };
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 50; ++round)
        wrong[i] += !same(models[i].detect(&options), alone[i]);
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(Robustness, ACallInsideACall) {
  FakeModel outer = makeModel(), inner = makeModel();
  fillRandomly(outer, 2, 1, false);
  fillRandomly(inner, 2, 2, false);
  Result expectedOuter = outer.detect(), expectedInner = inner.detect(), seenInner;
  outer.onRun = [&](const float *) { seenInner = inner.detect(); };
  Result seenOuter = outer.detect();
  ASSERT_EQ(seenInner.boxes.size(), expectedInner.boxes.size());
  ASSERT_EQ(seenOuter.boxes.size(), expectedOuter.boxes.size());
  EXPECT_EQ(std::memcmp(seenInner.boxes.data(), expectedInner.boxes.data(), seenInner.boxes.size() * sizeof(mnv3_box)),
            0);
  EXPECT_EQ(std::memcmp(seenOuter.boxes.data(), expectedOuter.boxes.data(), seenOuter.boxes.size() * sizeof(mnv3_box)),
            0);
}

} // namespace
