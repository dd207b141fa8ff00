// How much one weight file may make the reader allocate. A few bytes can name the same megabyte a million times (a
// pickle that refers to one long string, a tensor of stride 0, a deflated run of zeros), so what is built from a file
// is charged here first. The allowance is far above what any honest file needs: fp16 values double when widened.
#pragma once

#include "compiler/Import/Text.h"

#include <cstdint>

namespace mnv3::import {

class Budget {
public:
  static constexpr uint64_t base = 64u << 20, factor = 32;

  explicit Budget(uint64_t fileSize) : left(base + factor * fileSize) {}

  // Charges bytes about to be allocated, or steps about to be taken; throws when the file asks for too much.
  void spend(uint64_t count, const Location &where, uint64_t each = 1) {
    uint64_t amount;
    if (__builtin_mul_overflow(count, each, &amount) || amount > left)
      fail(where,
           "needs over 32 times the memory that the file takes on disk, expected weights that are all stored in it");
    left -= amount;
  }

private:
  uint64_t left;
};

} // namespace mnv3::import
