#include "compiler/Import/TorchTensor.h"

#include <fmt/format.h>

namespace mnv3::import {

using Kind = PickleValue::Kind;

// The key of a member below <folder>/data, the type of its elements (unless it is bytes, and the tensor says the type),
// and how many elements the pickle says there are.
struct TorchTensors::StorageName {
  std::string_view key;
  std::optional<ElementType> type;
  int64_t count;
};

static std::optional<ElementType> elementTypeOf(std::string_view torchName) {
  static const std::unordered_map<std::string_view, ElementType> types = {
      {"torch.HalfStorage", float16},      {"torch.float16", float16},          {"torch.BFloat16Storage", bfloat16},
      {"torch.bfloat16", bfloat16},        {"torch.FloatStorage", float32},     {"torch.float32", float32},
      {"torch.DoubleStorage", float64},    {"torch.float64", float64},          {"torch.LongStorage", integerOf(8)},
      {"torch.int64", integerOf(8)},       {"torch.uint64", integerOf(8)},      {"torch.IntStorage", integerOf(4)},
      {"torch.int32", integerOf(4)},       {"torch.uint32", integerOf(4)},      {"torch.ShortStorage", integerOf(2)},
      {"torch.int16", integerOf(2)},       {"torch.uint16", integerOf(2)},      {"torch.CharStorage", integerOf(1)},
      {"torch.int8", integerOf(1)},        {"torch.ByteStorage", integerOf(1)}, {"torch.uint8", integerOf(1)},
      {"torch.BoolStorage", integerOf(1)}, {"torch.bool", integerOf(1)},
  };
  auto found = types.find(torchName);
  return found == types.end() ? std::nullopt : std::optional(found->second);
}

static bool isUntyped(std::string_view torchName) {
  return torchName == "torch.storage.UntypedStorage" || torchName == "torch.UntypedStorage";
}

// A parameter is a tensor with a note that it can be trained.
static const PickleValue *unwrapParameter(const PickleValue &value) {
  for (const char *name : {"torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"})
    if (const PickleValue *call = value.madeBy(name))
      return call->items.empty() ? nullptr : call->items[0];
  return &value;
}

// The arguments (storage, offset, shape, strides, ...). `dtype` is set if they hold it, too.
static const PickleValue *tensorCall(const PickleValue &value, const PickleValue *&dtype) {
  const PickleValue *tensor = unwrapParameter(value);
  if (!tensor)
    return nullptr;
  for (const char *name : {"torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor"})
    if (const PickleValue *call = tensor->madeBy(name))
      return call;
  const PickleValue *call = tensor->madeBy("torch._utils._rebuild_tensor_v3");
  if (call && call->items.size() > 6)
    dtype = call->items[6];
  return call;
}

bool TorchTensors::isTensor(const PickleValue &value) {
  const PickleValue *dtype = nullptr;
  return tensorCall(value, dtype) != nullptr;
}

static std::vector<int64_t> integersOf(const PickleValue &value, const char *what, const Location &where) {
  if (!value.isSequence() || value.elements().size() > 64)
    fail(where, fmt::format("has {} as its {}, expected a short tuple of integers", value.describe(), what));
  std::vector<int64_t> integers;
  for (const PickleValue *item : value.elements()) {
    if (!item->is(Kind::integer))
      fail(where, fmt::format("has {} in its {}, expected integers", item->describe(), what));
    integers.push_back(item->integer);
  }
  return integers;
}

TorchTensors::StorageName TorchTensors::storageOf(const PickleValue &value, const Location &where) const {
  const PickleValue *id = value.is(Kind::persistent) ? value.arguments : nullptr;
  // ('storage', torch.HalfStorage, '12', 'cuda:0', 3456); the device does not matter, the bytes lie in the file.
  if (!id || !id->is(Kind::tuple) || id->items.size() < 5 || !id->items[0]->is(Kind::text) ||
      id->items[0]->text != "storage" || !id->items[1]->is(Kind::global) || !id->items[2]->is(Kind::text) ||
      !id->items[4]->is(Kind::integer))
    fail(where, fmt::format("has {} as its storage, expected ('storage', type, key, device, count)", value.describe()));
  const std::string_view type = id->items[1]->text;
  StorageName name{id->items[2]->text, elementTypeOf(type), id->items[4]->integer};
  if (!name.type && !isUntyped(type))
    fail(where, fmt::format("is stored as {}, expected floats of 2, 4 or 8 bytes, or integers", printable(type)));
  return name;
}

Bytes TorchTensors::storedBytes(const StorageName &name, const Location &where) {
  auto [entry, isNew] = verified.try_emplace(name.key);
  if (isNew) {
    const ZipMember *member = archive.find(fmt::format("{}/data/{}", folder, name.key));
    if (!member)
      fail(where, fmt::format("has its values in '{}/data/{}', which the file does not have", printable(folder),
                              printable(name.key)));
    entry->second = archive.stored(*member);
  }
  const Bytes bytes = entry->second;
  const uint64_t size = name.type ? name.type->bytes : 1;
  if (name.count < 0 || static_cast<uint64_t>(name.count) > bytes.size() / size)
    fail(where, fmt::format("should have a storage of {} elements of {} bytes, and '{}/data/{}' has {} bytes",
                            name.count, size, printable(folder), printable(name.key), bytes.size()));
  return bytes.first(static_cast<uint64_t>(name.count) * size);
}

Tensor TorchTensors::read(const PickleValue &value, const Location &where) {
  const PickleValue *dtype = nullptr, *call = tensorCall(value, dtype);
  if (!call || call->items.size() < 4)
    fail(where, fmt::format("is {}, expected a tensor", value.describe()));
  const StorageName storage = storageOf(*call->items[0], where);
  const PickleValue &offset = *call->items[1];
  if (!offset.is(Kind::integer))
    fail(where, fmt::format("has {} as its offset, expected an integer", offset.describe()));

  StridedTensor tensor;
  const std::optional<ElementType> type = !dtype                    ? storage.type
                                          : dtype->is(Kind::global) ? elementTypeOf(dtype->text)
                                                                    : std::nullopt;
  if (!type)
    fail(where, fmt::format("has elements of {}, expected floats of 2, 4 or 8 bytes, or integers",
                            dtype ? dtype->describe() : "no stated type"));
  tensor.type = *type;
  tensor.storage = storedBytes(storage, where);
  tensor.offset = offset.integer;
  tensor.shape = integersOf(*call->items[2], "shape", where);
  tensor.strides = integersOf(*call->items[3], "strides", where);
  return makeDense(tensor, budget, where);
}

} // namespace mnv3::import
