extern "C" {
#include "model.h"
}
#include <gtest/gtest.h>

#include <vector>

namespace {

struct Calls {
  mnv3_run run{};
  std::vector<int32_t> strips, shifts;
};

void note(void *run, int32_t strip) {
  Calls &calls = *reinterpret_cast<Calls *>(run);
  calls.strips.push_back(strip);
  calls.shifts.push_back(calls.run.shift);
}

TEST(Strips, AreOneWithoutThreads) {
  mnv3_hooks none{};
  for (const mnv3_hooks *hooks : {static_cast<const mnv3_hooks *>(nullptr), static_cast<const mnv3_hooks *>(&none)}) {
    Calls calls;
    mnv3_run_strips(hooks, &calls.run, 3, note);
    EXPECT_EQ(calls.strips, std::vector<int32_t>{0});
    EXPECT_EQ(calls.shifts, std::vector<int32_t>{0});
  }
}

TEST(Strips, AreHandedToTheCallersThreads) {
  int user = 0;
  mnv3_hooks hooks{};
  hooks.user = &user;
  hooks.parallel_for = [](void *user, int32_t count, void (*body)(void *, int32_t), void *context) {
    *static_cast<int *>(user) += count;
    for (int32_t index = 0; index < count; ++index)
      body(context, index);
  };
  Calls calls;
  mnv3_run_strips(&hooks, &calls.run, 2, note);
  EXPECT_EQ(user, 4);
  EXPECT_EQ(calls.strips, (std::vector<int32_t>{0, 1, 2, 3}));
  EXPECT_EQ(calls.shifts, (std::vector<int32_t>{2, 2, 2, 2}));
}

// --- A stem: result rows 3 .. 12 of windows of 3 rows, stride 2, pad 1.

struct Part {
  int32_t first, rows, shift, strip;
  bool operator==(const Part &) const = default;
};

struct StemCalls {
  mnv3_run run{};
  std::vector<Part> parts;
  std::vector<std::pair<int32_t, int32_t>> fed;
};

void notePart(void *run, int32_t strip) {
  StemCalls &calls = *reinterpret_cast<StemCalls *>(run);
  calls.parts.push_back({calls.run.first_row, calls.run.rows, calls.run.shift, strip});
}

void noteFed(mnv3_run *run, int32_t first, int32_t end) { reinterpret_cast<StemCalls *>(run)->fed.emplace_back(first, end); }

constexpr mnv3_stem stem = {3, 10, 4, 2, 1, 3, 2};

mnv3_hooks hooksInTurn() {
  mnv3_hooks hooks{};
  hooks.parallel_for = [](void *, int32_t count, void (*body)(void *, int32_t), void *context) {
    for (int32_t index = 0; index < count; ++index)
      body(context, index);
  };
  return hooks;
}

TEST(Stem, MakesAWholeImageInOne) {
  StemCalls calls;
  mnv3_run_stem(nullptr, &calls.run, &stem, notePart);
  EXPECT_EQ(calls.parts, (std::vector<Part>{{3, 10, 0, 0}}));
  StemCalls shared;
  const mnv3_hooks hooks = hooksInTurn();
  mnv3_run_stem(&hooks, &shared.run, &stem, notePart);
  EXPECT_EQ(shared.parts, (std::vector<Part>{{3, 10, 2, 0}, {3, 10, 2, 1}, {3, 10, 2, 2}, {3, 10, 2, 3}}));
}

TEST(Stem, AsksForTheRowsThatABandReads) {
  StemCalls calls;
  calls.run.feed = noteFed;
  mnv3_run_stem(nullptr, &calls.run, &stem, notePart);
  EXPECT_EQ(calls.parts, (std::vector<Part>{{3, 4, 0, 0}, {7, 4, 0, 0}, {11, 2, 0, 0}}));
  EXPECT_EQ(calls.fed, (std::vector<std::pair<int32_t, int32_t>>{{5, 14}, {13, 22}, {21, 26}}));
}

TEST(Stem, HandsThreadsNoFewRowsOfABand) {
  StemCalls calls;
  calls.run.feed = noteFed;
  mnv3_stem wide = stem;
  wide.band = 8;
  const mnv3_hooks hooks = hooksInTurn();
  mnv3_run_stem(&hooks, &calls.run, &wide, notePart);
  EXPECT_EQ(calls.parts, (std::vector<Part>{{3, 8, 1, 0}, {3, 8, 1, 1}, {11, 2, 0, 0}}));
}

// --- Three steps: 10 rows in bands of 4.

void noteStep(void *run, int32_t share) {
  StemCalls &calls = *reinterpret_cast<StemCalls *>(run);
  calls.parts.push_back({calls.run.first_row, calls.run.rows, calls.run.step, share});
}

constexpr mnv3_steps three = {10, 4, 3, 1};

TEST(Steps, AreAllTakenForABandBeforeTheNext) {
  StemCalls calls;
  mnv3_run_steps(nullptr, &calls.run, &three, noteStep);
  EXPECT_EQ(calls.parts, (std::vector<Part>{{0, 4, 0, 0}, {0, 4, 1, 0}, {0, 4, 2, 0}, {4, 4, 0, 0}, {4, 4, 1, 0}, {4, 4, 2, 0},
                                            {8, 2, 0, 0}, {8, 2, 1, 0}, {8, 2, 2, 0}}));
}

TEST(Steps, AreHandedToThreadsInShares) {
  StemCalls calls;
  const mnv3_hooks hooks = hooksInTurn();
  const mnv3_steps oneBand = {4, 4, 3, 1};
  mnv3_run_steps(&hooks, &calls.run, &oneBand, noteStep);
  EXPECT_EQ(calls.parts, (std::vector<Part>{{0, 4, 0, 0}, {0, 4, 0, 1}, {0, 4, 1, 0}, {0, 4, 1, 1}, {0, 4, 2, 0}, {0, 4, 2, 1}}));
  EXPECT_EQ(calls.run.shift, 1);
}

} // namespace
