// libFuzzer's entry: any text must give a Description or an ImportError. See README.md here for how to run it.
#include "compiler/Import/Description.h"
#include "compiler/Import/Diagnostic.h"
#include "compiler/Import/Yaml.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  try {
    mnv3::import::readDescription(mnv3::import::parseYaml(std::string(reinterpret_cast<const char *>(data), size), "input"));
  } catch (const mnv3::import::ImportError &) {
  }
  return 0;
}
