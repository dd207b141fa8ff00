#include "compiler/Import/Npz.h"

#include "compiler/Import/NpyHeader.h"

#include <fmt/ranges.h>

namespace mnv3::import {

static constexpr std::string_view suffix = ".npy";

bool isNpz(const ZipArchive &archive) {
  for (const ZipMember &member : archive.members())
    if (!member.name.ends_with(suffix))
      return false;
  return !archive.members().empty();
}

static Tensor readMember(const ZipArchive &archive, const ZipMember &member, Budget &budget) {
  const Location where = archive.where(member);
  // First the header alone: what follows is unpacked only if it has the size that the shape says.
  const NpyHeader header = readNpyHeader(archive.unpack(member, maxNpyHeaderBytes, budget), where);
  const uint64_t count = countElements(header.shape, where), dataBytes = member.size - header.bytes;
  if (dataBytes % header.type.bytes || dataBytes / header.type.bytes != count)
    fail(where, fmt::format("has {} bytes of data, and {} elements of {} bytes in shape {}", dataBytes, count,
                            header.type.bytes, header.shape));
  const std::vector<std::byte> bytes = archive.unpack(member, member.size, budget);
  return makeDense({header.type, Bytes(bytes).subspan(header.bytes), 0, header.shape,
                    denseStrides(header.shape, header.fortranOrder)},
                   budget, where);
}

WeightFile readNpz(const ZipArchive &archive, Budget &budget) {
  WeightFile result;
  result.weights.file = archive.file();
  for (const ZipMember &member : archive.members()) {
    const std::string_view name = member.name.substr(0, member.name.size() - suffix.size());
    if (!isUtf8(name))
      fail(archive.where(member), "has a name that is not valid UTF-8");
    budget.spend(2 * name.size() + 256, archive.where(member));
    result.weights.add(std::string(name), readMember(archive, member, budget));
  }
  return result;
}

} // namespace mnv3::import
