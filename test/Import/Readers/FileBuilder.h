// Makes small weight files in memory: torch's zips with their pickles, safetensors, npz. Each function returns the
// bytes of one piece, so that a test can spell out what it wants, damage included.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mnv3::test {

using Members = std::vector<std::pair<std::string, std::string>>; // name, content
std::string zip(const Members &members);

// Little-endian elements.
std::string floats(const std::vector<float> &values);
std::string words(const std::vector<uint16_t> &values); // fp16 and bf16 by their bits

// Pieces of a pickle: each pushes one value.
namespace pickle {
using Pieces = std::vector<std::string>;
std::string program(const std::string &value); // protocol 2, then the value
std::string text(const std::string &value);
std::string integer(int64_t value);
std::string real(double value);
std::string none();
std::string boolean(bool value);
std::string tuple(const Pieces &items);
std::string integers(const std::vector<int64_t> &items); // a tuple
std::string list(const Pieces &items);
std::string dict(const std::vector<std::pair<std::string, std::string>> &items); // plain keys, pieces
std::string global(const std::string &module, const std::string &name);
std::string reduce(const std::string &callee, const std::string &arguments);
std::string build(const std::string &object, const std::string &state);

// torch._utils._rebuild_tensor_v2 of a storage of `count` elements: type as in "HalfStorage".
std::string tensor(const std::string &type, const std::string &key, int64_t count, int64_t offset,
                   const std::vector<int64_t> &shape, const std::vector<int64_t> &strides);
// A torch.nn.Module with tensors in _parameters, and plain attributes as pieces.
struct Module {
  std::string file = "torch.nn.modules.module", name = "Module";
  std::vector<std::pair<std::string, std::string>> parameters, buffers, children, attributes;
};
std::string module(const Module &module);
} // namespace pickle

// What torch.save would write: storages under their numbers.
std::string torchFile(const std::string &pickledValue, const std::vector<std::string> &storages = {});

std::string safetensors(const std::string &header, const std::string &data);

// `header` as in "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
std::string npy(const std::string &header, const std::string &data, int version = 1);

} // namespace mnv3::test
