// libFuzzer's entry: any bytes must give a WeightFile or an ImportError. See README.md here for how to run it.
#include "compiler/Import/Weights.h"

#include <cstddef>
#include <cstdint>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  try {
    mnv3::import::parseWeightFile(std::as_bytes(std::span(data, size)), "input");
  } catch (const mnv3::import::ImportError &) {
  }
  return 0;
}
