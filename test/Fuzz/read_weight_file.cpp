// Reads weight files one after the other and says a line about each: "FILE: ok: 391 tensors" or "FILE: error: ...".
// Exit status 0 if all could be read, 1 if not. Built with sanitizers for fuzz.corpus.
#include "compiler/Import/Weights.h"

#include <cstdio>

using namespace mnv3::import;

int main(int count, char **arguments) {
  int status = 0;
  for (int i = 1; i < count; ++i)
    try {
      WeightFile file = readWeightFile(arguments[i]);
      size_t values = 0;
      for (const auto &[key, tensor] : file.weights.tensors)
        values += tensor.values.size();
      std::printf("%s: ok: %zu tensors, %zu values%s\n", arguments[i], file.weights.tensors.size(), values,
                  file.model ? ", a model" : "");
    } catch (const ImportError &error) {
      std::printf("%s: error: %s\n", error.diagnostic.location.text().c_str(), error.diagnostic.message.c_str());
      status = 1;
    }
  return status;
}
