// The bounded memory of candidates against a full sort.
extern "C" {
#include "candidates.h"
}
#include "mnv3/memory.h"
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

namespace {

struct Entry {
  float score;
  int index, classId;
};

// Adds the entries in their order; then all that is remembered, best first, must be the first of the full sort.
void compare(std::vector<Entry> entries, int capacity, int cells, int classes, bool classFirst) {
  std::vector<uint64_t> keys(capacity + 1, 0x5555555555555555);
  mnv3_candidates candidates;
  ASSERT_TRUE(mnv3_candidates_begin(&candidates, keys.data(), capacity, cells, classes));
  for (const Entry &entry : entries)
    mnv3_candidates_add(&candidates, entry.score, entry.index, entry.classId);
  auto byIndex = [](const Entry &a, const Entry &b) {
    return std::tuple(-a.score, a.index, a.classId) < std::tuple(-b.score, b.index, b.classId);
  };
  auto byClass = [](const Entry &a, const Entry &b) {
    return std::tuple(-a.score, a.classId, a.index) < std::tuple(-b.score, b.classId, b.index);
  };
  std::sort(entries.begin(), entries.end(), byIndex);
  entries.resize(std::min<size_t>(entries.size(), capacity));
  if (classFirst) {
    std::sort(entries.begin(), entries.end(), byClass);
    mnv3_candidates_put_class_first(&candidates);
  }
  mnv3_candidates_sort(&candidates);
  ASSERT_EQ(static_cast<size_t>(candidates.count), entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    mnv3_candidate got = mnv3_candidate_of_key(&candidates, keys[i], classFirst);
    ASSERT_EQ(std::tuple(got.score, got.index, got.class_id),
              std::tuple(entries[i].score, entries[i].index, entries[i].classId))
        << "at " << i << ", capacity " << capacity;
  }
  EXPECT_EQ(keys[capacity], 0x5555555555555555u) << "written behind the keys";
}

TEST(Candidates, AreTheBest) {
  std::mt19937 random(5);
  for (int i = 0; i < 2000; ++i) {
    int cells = 1 + random() % 60, classes = 1 + random() % 9, levels = 1 + random() % 20;
    std::vector<Entry> entries;
    for (int index = 0; index < cells; ++index)
      for (int c = 0; c < classes; ++c)
        if (random() % 3)
          entries.push_back({(1 + static_cast<int>(random() % levels)) / 20.0f, index, c});
    if (random() % 2)
      std::shuffle(entries.begin(), entries.end(), random);
    compare(entries, static_cast<int>(random() % (cells * classes + 1)), cells, classes, random() % 2);
    if (HasFatalFailure())
      return;
  }
}

TEST(Candidates, HoldLargeNumbers) {
  compare({{1.0f, 25199, 79}, {1e-38f, 0, 0}, {1.0f, 0, 79}, {0.5f, 25199, 0}}, 4, 25200, 80, true);
  compare({{0.5f, (1 << 22) - 1, 1023}, {0.5f, (1 << 22) - 1, 1022}}, 1, 1 << 22, 1024, true);
  compare({{0.5f, 0, 2147483646}, {0.5f, 1, 0}}, 2, 2, 2147483647, true);
}

TEST(Candidates, RefuseWhatDoesNotFitIntoAKey) {
  mnv3_candidates candidates;
  EXPECT_TRUE(mnv3_candidates_begin(&candidates, nullptr, 0, 1 << 25, 80));
  EXPECT_FALSE(mnv3_candidates_begin(&candidates, nullptr, 0, (1 << 25) + 1, 80));
  EXPECT_FALSE(mnv3_candidates_begin(&candidates, nullptr, 0, 3, 2147483647));
}

TEST(Memory, IsWhatTheModelNeeds) {
  EXPECT_EQ(mnv3_candidate_capacity(25200, 6), 30000);
  EXPECT_EQ(mnv3_candidate_capacity(6300, 1), 6300);
  EXPECT_EQ(mnv3_candidate_capacity(int64_t(1) << 31, 1 << 30), 30000);
  EXPECT_EQ(mnv3_candidates_bytes(25200, 6), 8512 + 240000 + 0);
  EXPECT_EQ(mnv3_candidates_bytes(1, 1) % 64, 0);
  EXPECT_EQ(mnv3_lines_bytes(640), 12800);
  EXPECT_EQ(mnv3_band_bytes(5, 33) % 64, 0);
  EXPECT_GE(mnv3_band_bytes(5, 33), 3 * 5 * 33 * 4);
}

} // namespace
