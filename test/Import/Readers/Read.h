// Reading bytes in a test, and what the reader says if they are bad.
#pragma once

#include "compiler/Import/Weights.h"

#include <span>

namespace mnv3::test {

inline import::WeightFile read(const std::string &bytes) {
  return import::parseWeightFile(std::as_bytes(std::span(bytes)), "small.pt");
}

// "small.pt: data.pkl: message", or "no error".
inline std::string errorOf(const std::string &bytes) {
  try {
    read(bytes);
  } catch (const import::ImportError &error) {
    return error.diagnostic.location.text() + ": " + error.diagnostic.message;
  }
  return "no error";
}

} // namespace mnv3::test

#define EXPECT_ERROR(bytes, part)                                                                                      \
  do {                                                                                                                 \
    const std::string said = mnv3::test::errorOf(bytes);                                                               \
    EXPECT_NE(said.find(part), std::string::npos) << said;                                                             \
  } while (false)
