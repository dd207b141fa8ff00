#include "compiler/Import/Zip.h"

#include "compiler/Import/ZipDirectory.h"

#include <algorithm>
#include <fmt/format.h>
#include <zlib.h>

namespace mnv3::import {

ZipArchive::ZipArchive(Bytes file, std::string name, Budget &budget)
    : fileName(std::move(name)), all(readZipDirectory(file, fileName, budget)) {
  byName.reserve(all.size());
  for (size_t i = 0; i < all.size(); ++i)
    if (!byName.emplace(all[i].name, i).second)
      fail({fileName, 0, 0, ""}, fmt::format("is a damaged zip: it has two members '{}'", printable(all[i].name)));
}

const ZipMember *ZipArchive::find(std::string_view name) const {
  auto found = byName.find(name);
  return found == byName.end() ? nullptr : &all[found->second];
}

Location ZipArchive::where(const ZipMember &member) const { return {fileName, 0, 0, printable(member.name)}; }

static void verify(const ZipMember &member, Bytes unpacked, const Location &where) {
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  return; // a fuzzer does not guess checksums
#endif
  // torch can be told not to compute checksums; it then writes 0.
  if (member.checksum == 0)
    return;
  uLong sum = crc32_z(0, reinterpret_cast<const Bytef *>(unpacked.data()), unpacked.size());
  if (sum != member.checksum)
    fail(where, fmt::format("is damaged: its checksum is {:08x}, expected {:08x}; copy or download the file again", sum,
                            member.checksum));
}

Bytes ZipArchive::stored(const ZipMember &member) const {
  if (member.deflated)
    fail(where(member), "is compressed, expected it stored as torch.save does; load it in torch and save it again");
  verify(member, member.packed, where(member));
  return member.packed;
}

// Inflates at most `out.size()` bytes; returns how many there were, and whether the stream ended there.
static std::pair<size_t, bool> inflateInto(Bytes packed, std::span<std::byte> out, const Location &where) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) // negative: no zlib header, as in zip
    fail(where, "cannot be decompressed: out of memory");
  struct End {
    z_stream &stream;
    ~End() { inflateEnd(&stream); }
  } end{stream};
  size_t read = 0, written = 0;
  constexpr size_t most = 1u << 30; // zlib counts in 32 bits
  for (int status = Z_OK; status == Z_OK;) {
    stream.next_in = const_cast<Bytef *>(reinterpret_cast<const Bytef *>(packed.data() + read));
    stream.avail_in = static_cast<uInt>(std::min(packed.size() - read, most));
    stream.next_out = reinterpret_cast<Bytef *>(out.data() + written);
    stream.avail_out = static_cast<uInt>(std::min(out.size() - written, most));
    const uInt in = stream.avail_in, space = stream.avail_out;
    status = inflate(&stream, Z_NO_FLUSH);
    read += in - stream.avail_in, written += space - stream.avail_out;
    if (status == Z_STREAM_END)
      return {written, true};
    if (status != Z_OK && status != Z_BUF_ERROR) // a buffer error only says that one side ran dry
      fail(where, "is damaged: its compressed data are no valid deflate stream");
  }
  return {written, false};
}

std::vector<std::byte> ZipArchive::unpack(const ZipMember &member, uint64_t count, Budget &budget) const {
  count = std::min(count, member.size);
  budget.spend(count, where(member));
  std::vector<std::byte> bytes;
  if (!member.deflated) {
    bytes.assign(member.packed.begin(), member.packed.begin() + static_cast<ptrdiff_t>(count));
  } else {
    const bool whole = count == member.size;
    bytes.resize(count + whole); // one byte more than declared: it stays unused unless the declared size is a lie
    auto [written, ended] = inflateInto(member.packed, bytes, where(member));
    if (written < count || (whole && (written != count || !ended)))
      fail(where(member), fmt::format("is damaged: it should unpack to {} bytes, and has {}", member.size,
                                      written > count ? "more" : fmt::format("{}", written)));
    bytes.resize(count);
  }
  if (count == member.size)
    verify(member, bytes, where(member));
  return bytes;
}

bool startsLikeZip(Bytes file) {
  const std::string_view head = asText(file).substr(0, 4);
  return head == "PK\3\4" || head == "PK\5\6";
}

} // namespace mnv3::import
