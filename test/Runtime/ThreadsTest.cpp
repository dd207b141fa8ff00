#include "mnv3_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace {

void increment(void *counters, int32_t index) { ++(*static_cast<std::vector<int> *>(counters))[static_cast<size_t>(index)]; }

TEST(Threads, CallEachIndexOnce) {
  for (int threads = 1; threads <= 5; ++threads) {
    mnv3_threads *pool = mnv3_threads_create(threads);
    ASSERT_NE(pool, nullptr);
    std::vector<int> counters(37);
    for (int round = 1; round <= 300; ++round) {
      const auto count = static_cast<size_t>(round) % (counters.size() + 1); // none, fewer than threads, more
      std::vector<int> expected = counters;
      for (size_t i = 0; i < count; ++i)
        ++expected[i];
      mnv3_threads_parallel_for(pool, static_cast<int32_t>(count), increment, &counters);
      ASSERT_EQ(counters, expected) << threads << " threads, round " << round;
    }
    mnv3_threads_destroy(pool);
  }
}

TEST(Threads, WakeAfterAPause) {
  mnv3_threads *pool = mnv3_threads_create(3);
  ASSERT_NE(pool, nullptr);
  std::vector<int> counters(8);
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3)); // far longer than a helper spins
    mnv3_threads_parallel_for(pool, 8, increment, &counters);
  }
  EXPECT_EQ(counters, std::vector<int>(8, 20));
  mnv3_threads_destroy(pool);
}

TEST(Threads, ShareTheWork) {
  mnv3_threads *pool = mnv3_threads_create(2);
  ASSERT_NE(pool, nullptr);
  std::vector<std::thread::id> ids(2);
  auto slow = [](void *context, int32_t index) {
    (*static_cast<std::vector<std::thread::id> *>(context))[static_cast<size_t>(index)] = std::this_thread::get_id();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  };
  mnv3_threads_parallel_for(pool, 2, slow, &ids);
  EXPECT_NE(ids[0], ids[1]);
  mnv3_threads_destroy(pool);
}

// Each thread finds what it wrote in the last round in its own cache.
TEST(Threads, BeginWithTheSameShareEachRound) {
  struct Seen {
    std::atomic<int> started{0}, firstOfHelper{-1};
    std::thread::id caller = std::this_thread::get_id();
  };
  mnv3_threads *pool = mnv3_threads_create(2);
  ASSERT_NE(pool, nullptr);
  for (int round = 0; round < 20; ++round) {
    Seen seen;
    auto body = [](void *context, int32_t index) {
      Seen &seen = *static_cast<Seen *>(context);
      int none = -1;
      if (std::this_thread::get_id() != seen.caller)
        seen.firstOfHelper.compare_exchange_strong(none, index);
      ++seen.started;
      while (seen.started < 2) // both have begun
        std::this_thread::yield();
    };
    mnv3_threads_parallel_for(pool, 4, body, &seen);
    EXPECT_EQ(seen.firstOfHelper, 2);
  }
  mnv3_threads_destroy(pool);
}

TEST(Threads, MayBeNone) {
  EXPECT_EQ(mnv3_threads_create(0), nullptr);
  EXPECT_EQ(mnv3_threads_create(-3), nullptr);
  mnv3_threads_destroy(nullptr);
  mnv3_threads_destroy(mnv3_threads_create(4)); // at once
}

} // namespace
