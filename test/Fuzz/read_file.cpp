// Reads weight files and model descriptions (*.yaml), one after the other, and says a line about each: "FILE: ok: 391 tensors"
// or "FILE: error: ...". Exit status 0 if all could be read, 1 if not. Built with sanitizers for fuzz.corpus.
#include "compiler/Import/Description.h"
#include "compiler/Import/Weights.h"
#include "compiler/Import/Yaml.h"

#include <fmt/format.h>

#include <cstdio>

using namespace mnv3::import;

static std::string read(const std::string &path) {
  if (path.ends_with(".yaml"))
    return fmt::format("{} rows", readDescription(readYamlFile(path)).rows.size());
  WeightFile file = readWeightFile(path);
  size_t values = 0;
  for (const auto &[key, tensor] : file.weights.tensors)
    values += tensor.values.size();
  return fmt::format("{} tensors, {} values{}", file.weights.tensors.size(), values, file.model ? ", a model" : "");
}

int main(int count, char **arguments) {
  int status = 0;
  for (int i = 1; i < count; ++i)
    try {
      std::printf("%s: ok: %s\n", arguments[i], read(arguments[i]).c_str());
    } catch (const ImportError &error) {
      std::printf("%s: error: %s\n", error.diagnostic.location.text().c_str(), error.diagnostic.message.c_str());
      status = 1;
    }
  return status;
}
