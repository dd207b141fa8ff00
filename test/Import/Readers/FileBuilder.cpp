#include "test/Import/Readers/FileBuilder.h"

#include <algorithm>
#include <cstring>
#include <zlib.h>

namespace mnv3::test {

template <class T> static std::string raw(T value) {
  std::string bytes(sizeof(T), 0);
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}
static std::string u16(size_t value) { return raw(static_cast<uint16_t>(value)); }
static std::string u32(size_t value) { return raw(static_cast<uint32_t>(value)); }

std::string zip(const Members &members) {
  std::string file, directory;
  for (const auto &[name, data] : members) {
    const auto sum = crc32_z(0, reinterpret_cast<const Bytef *>(data.data()), data.size());
    // Version, flags, method, time, date; then checksum and sizes.
    const std::string common =
        u16(20) + u16(0) + u16(0) + u16(0) + u16(0) + u32(sum) + u32(data.size()) + u32(data.size());
    directory += "PK\1\2" + u16(20) + common + u16(name.size()) + u16(0) + u16(0) + u16(0) + u16(0) + u32(0) +
                 u32(file.size()) + name;
    file += "PK\3\4" + common + u16(name.size()) + u16(0) + name + data;
  }
  const size_t start = file.size();
  return file + directory + "PK\5\6" + u16(0) + u16(0) + u16(members.size()) + u16(members.size()) +
         u32(directory.size()) + u32(start) + u16(0);
}

std::string floats(const std::vector<float> &values) {
  std::string bytes;
  for (float value : values)
    bytes += raw(value);
  return bytes;
}
std::string words(const std::vector<uint16_t> &values) {
  std::string bytes;
  for (uint16_t value : values)
    bytes += raw(value);
  return bytes;
}

namespace pickle {

static std::string joined(const Pieces &items) {
  std::string all;
  for (const std::string &item : items)
    all += item;
  return all;
}

std::string program(const std::string &value) { return "\x80\2" + value + "."; }
std::string text(const std::string &value) { return "X" + u32(value.size()) + value; }
std::string integer(int64_t value) { return "\x8a\x08" + raw(value); }
std::string real(double value) {
  std::string bytes = raw(value);
  std::reverse(bytes.begin(), bytes.end());
  return "G" + bytes;
}
std::string none() { return "N"; }
std::string boolean(bool value) { return value ? "\x88" : "\x89"; }
std::string tuple(const Pieces &items) { return "(" + joined(items) + "t"; }
std::string integers(const std::vector<int64_t> &items) {
  Pieces pieces;
  for (int64_t item : items)
    pieces.push_back(integer(item));
  return tuple(pieces);
}
std::string list(const Pieces &items) { return "](" + joined(items) + "e"; }
std::string dict(const std::vector<std::pair<std::string, std::string>> &items) {
  std::string all;
  for (const auto &[key, value] : items)
    all += text(key) + value;
  return "}(" + all + "u";
}
std::string global(const std::string &module, const std::string &name) { return "c" + module + "\n" + name + "\n"; }
std::string reduce(const std::string &callee, const std::string &arguments) { return callee + arguments + "R"; }
std::string build(const std::string &object, const std::string &state) { return object + state + "b"; }

std::string tensor(const std::string &type, const std::string &key, int64_t count, int64_t offset,
                   const std::vector<int64_t> &shape, const std::vector<int64_t> &strides) {
  const std::string storage =
      tuple({text("storage"), global("torch", type), text(key), text("cpu"), integer(count)}) + "Q";
  return reduce(global("torch._utils", "_rebuild_tensor_v2"),
                tuple({storage, integer(offset), integers(shape), integers(strides), boolean(false), dict({})}));
}

std::string module(const Module &module) {
  auto attributes = module.attributes;
  attributes.insert(attributes.begin(), {{"training", boolean(false)},
                                         {"_parameters", dict(module.parameters)},
                                         {"_buffers", dict(module.buffers)},
                                         {"_modules", dict(module.children)}});
  return build(global(module.file, module.name) + ")\x81", dict(attributes));
}

} // namespace pickle

std::string torchFile(const std::string &pickledValue, const std::vector<std::string> &storages) {
  Members members = {{"small/data.pkl", pickle::program(pickledValue)}};
  for (size_t i = 0; i < storages.size(); ++i)
    members.emplace_back("small/data/" + std::to_string(i), storages[i]);
  members.emplace_back("small/version", "3\n");
  return zip(members);
}

std::string safetensors(const std::string &header, const std::string &data) {
  return raw(static_cast<uint64_t>(header.size())) + header + data;
}

std::string npy(const std::string &header, const std::string &data, int version) {
  const std::string length = version == 1 ? u16(header.size() + 1) : u32(header.size() + 1);
  return "\x93NUMPY" + std::string{static_cast<char>(version), 0} + length + header + "\n" + data;
}

} // namespace mnv3::test
