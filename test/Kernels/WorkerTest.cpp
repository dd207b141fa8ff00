#include "codegen/Kernels/Worker.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <stdexcept>

#include <unistd.h>

namespace mnv3::codegen::test {
namespace {

std::string errorOf(Worker &worker) {
  try {
    return "no error, but " + worker.receive();
  } catch (const std::runtime_error &error) {
    return error.what();
  }
}

TEST(Worker, MessagesComeAsTheyWereSent) {
  const std::string large(1 << 20, 'x'), zeros(3, '\0'); // more than a pipe holds
  Worker worker([&](const Worker::Send &send) {
    for (const std::string &message : {large, std::string(), zeros})
      send(message);
  });
  EXPECT_EQ(worker.receive(), large);
  EXPECT_EQ(worker.receive(), "");
  EXPECT_EQ(worker.receive(), zeros);
}

TEST(Worker, WorksBesideItsMaker) {
  int number = 1;
  Worker worker([&](const Worker::Send &send) {
    number = 2;
    send(std::to_string(getpid()));
  });
  EXPECT_NE(worker.receive(), std::to_string(getpid()));
  EXPECT_EQ(number, 1);
}

TEST(Worker, WhatItThrowsComesAfterWhatItSent) {
  Worker worker([](const Worker::Send &send) {
    send("first");
    throw std::runtime_error("no more");
  });
  EXPECT_EQ(worker.receive(), "first");
  EXPECT_EQ(errorOf(worker), "no more");
}

TEST(Worker, ItsDeathIsAnError) {
  Worker killed([](const Worker::Send &) { raise(SIGKILL); }), silent([](const Worker::Send &) {});
  EXPECT_EQ(errorOf(killed), "the second process died while making kernels");
  EXPECT_EQ(errorOf(silent), "the second process died while making kernels");
}

TEST(Worker, EndsWithWhomItWorksFor) {
  const auto before = std::chrono::steady_clock::now();
  { Worker endless([](const Worker::Send &) { sleep(600); }); }
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(60));
}

} // namespace
} // namespace mnv3::codegen::test
