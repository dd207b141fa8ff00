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

} // namespace
