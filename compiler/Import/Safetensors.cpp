#include "compiler/Import/Safetensors.h"

#include "compiler/Import/Json.h"
#include "compiler/Import/StridedTensor.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace mnv3::import {

// A tensor takes about a hundred bytes of header.
static constexpr uint64_t maxHeaderBytes = 16u << 20;

bool startsLikeSafetensors(Bytes file) {
  // The length is far below 2^56, so that its last byte is 0: no text starts like this.
  return file.size() >= 9 && file[7] == std::byte{0} && file[8] == std::byte{'{'};
}

namespace {

struct Entry {
  std::string name, type;
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0;
};

std::optional<ElementType> elementTypeOf(std::string_view name) {
  if (name == "F16")
    return float16;
  if (name == "BF16")
    return bfloat16;
  if (name == "F32")
    return float32;
  if (name == "F64")
    return float64;
  if (name == "I64" || name == "U64")
    return integerOf(8);
  if (name == "I32" || name == "U32")
    return integerOf(4);
  if (name == "I16" || name == "U16")
    return integerOf(2);
  if (name == "I8" || name == "U8" || name == "BOOL")
    return integerOf(1);
  return std::nullopt;
}

Entry readEntry(JsonReader &json, const std::string &name, const Location &where) {
  Entry entry{name, "", {}, 0, 0};
  std::vector<uint64_t> offsets;
  bool hasShape = false;
  json.object([&](const std::string &key) {
    if (key == "dtype") {
      entry.type = json.string();
    } else if (key == "shape") {
      hasShape = true;
      json.array([&] {
        const uint64_t extent = json.unsignedInteger();
        if (extent > INT64_MAX || entry.shape.size() >= 64)
          fail(where, "has a shape that is too large");
        entry.shape.push_back(static_cast<int64_t>(extent));
      });
    } else if (key == "data_offsets") {
      json.array([&] {
        offsets.push_back(json.unsignedInteger());
        if (offsets.size() > 2)
          fail(where, "has over two data_offsets, expected begin and end");
      });
    } else {
      json.skip();
    }
  });
  if (entry.type.empty() || !hasShape || offsets.size() != 2)
    fail(where, "is not described fully, expected dtype, shape and two data_offsets");
  entry.begin = offsets[0], entry.end = offsets[1];
  return entry;
}

void checkOverlap(const std::vector<Entry> &entries, const std::string &fileName) {
  std::vector<const Entry *> order;
  for (const Entry &entry : entries)
    if (entry.begin != entry.end)
      order.push_back(&entry);
  std::sort(order.begin(), order.end(), [](const Entry *a, const Entry *b) { return a->begin < b->begin; });
  for (size_t i = 1; i < order.size(); ++i)
    if (order[i]->begin < order[i - 1]->end)
      fail({fileName, 0, 0, printable(order[i]->name)}, fmt::format("overlaps '{}'", printable(order[i - 1]->name)));
}

Tensor readTensor(const Entry &entry, Bytes data, const Location &where, Budget &budget) {
  const std::optional<ElementType> type = elementTypeOf(entry.type);
  if (!type)
    fail(where, fmt::format("has dtype {}, expected F16, BF16, F32, F64 or integers", printable(entry.type)));
  if (entry.begin > entry.end || !fits(entry.begin, entry.end - entry.begin, data.size()))
    fail(where, fmt::format("lies at {} to {} of {} bytes of data: the file is truncated or damaged", entry.begin,
                            entry.end, data.size()));
  const uint64_t count = countElements(entry.shape, where), bytes = entry.end - entry.begin;
  if (bytes % type->bytes || bytes / type->bytes != count)
    fail(where, fmt::format("has {} bytes for shape {} of {}", bytes, entry.shape, entry.type));
  return makeDense({*type, data.subspan(entry.begin, bytes), 0, entry.shape, denseStrides(entry.shape)}, budget, where);
}

} // namespace

WeightFile readSafetensors(Bytes file, const std::string &fileName, Budget &budget) {
  const Location header{fileName, 0, 0, "header"};
  const uint64_t length = load<uint64_t>(file.data());
  if (length > maxHeaderBytes || !fits(8, length, file.size()))
    fail(header,
         fmt::format("should have {} bytes, and {} follow: the file is truncated or damaged", length, file.size() - 8));

  std::vector<Entry> entries;
  JsonReader json(asText(file.subspan(8, length)), header);
  json.object([&](const std::string &name) {
    if (name == "__metadata__")
      return json.skip();
    if (!isUtf8(name))
      fail(header, "has a name that is not valid UTF-8");
    const Location where{fileName, 0, 0, printable(name)};
    budget.spend(4 * name.size() + 512, where); // its entry, its tensor, and the index of names
    entries.push_back(readEntry(json, name, where));
  });
  json.end(); // the header may be padded with blanks
  checkOverlap(entries, fileName);

  WeightFile result;
  result.weights.file = fileName;
  for (Entry &entry : entries) {
    const Location where{fileName, 0, 0, printable(entry.name)};
    result.weights.add(std::move(entry.name), readTensor(entry, file.subspan(8 + length), where, budget));
  }
  return result;
}

} // namespace mnv3::import
