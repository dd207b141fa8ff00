#include "compiler/Import/ZipDirectory.h"

#include <algorithm>
#include <fmt/format.h>

namespace mnv3::import {
namespace {

constexpr uint32_t localSignature = 0x04034b50, entrySignature = 0x02014b50, endSignature = 0x06054b50;
constexpr uint32_t end64Signature = 0x06064b50, locator64Signature = 0x07064b50;
constexpr uint64_t localBytes = 30, entryBytes = 46, endBytes = 22, end64Bytes = 56, locator64Bytes = 20;
constexpr uint16_t encryptedFlags = 0x2041; // encrypted, strongly encrypted, hidden headers

class Directory {
public:
  Directory(Bytes file, const std::string &fileName, Budget &budget)
      : file(file), where{fileName, 0, 0, ""}, budget(budget) {}

  std::vector<ZipMember> read() {
    findDirectory();
    readEntries();
    checkOverlap();
    std::vector<ZipMember> members;
    members.reserve(entries.size());
    for (const Entry &entry : entries)
      members.push_back(entry.member);
    return members;
  }

private:
  struct Entry {
    ZipMember member;
    uint64_t start = 0, end = 0; // with its local header
  };

  template <class T> T at(uint64_t offset) const { return load<T>(file.data() + offset); }
  bool has(uint64_t offset, uint64_t size, uint32_t signature) const {
    return fits(offset, size, file.size()) && at<uint32_t>(offset) == signature;
  }
  [[noreturn]] void damaged(std::string what) const { fail(where, "is a damaged zip: " + std::move(what)); }

  // The end record is the last thing in the file but for a comment of up to 64 KiB, whose length it states.
  uint64_t findEnd() const {
    const uint64_t furthest = std::min<uint64_t>(file.size(), endBytes + 0xffff);
    for (uint64_t back = endBytes; back <= furthest; ++back) {
      const uint64_t offset = file.size() - back;
      if (at<uint32_t>(offset) == endSignature && at<uint16_t>(offset + 20) == back - endBytes)
        return offset;
    }
    fail(where, "is a truncated zip: it starts like one and has no end record; copy or download it again");
  }

  void findDirectory() {
    uint64_t end = findEnd();
    count = at<uint16_t>(end + 10);
    const uint64_t classicSize = at<uint32_t>(end + 12), classicStart = at<uint32_t>(end + 16);
    size = classicSize, start = classicStart;
    const uint64_t disks = at<uint32_t>(end + 4) | (at<uint16_t>(end + 8) ^ at<uint16_t>(end + 10));
    if (disks != 0 && disks != 0xffffffff)
      damaged("it spans several disks");
    if (end >= locator64Bytes && at<uint32_t>(end - locator64Bytes) == locator64Signature) {
      const uint64_t classicCount = count, end64 = at<uint64_t>(end - locator64Bytes + 8);
      if (!has(end64, end64Bytes, end64Signature) || end64 + end64Bytes > end)
        damaged("its zip64 end record is not where the locator says");
      count = at<uint64_t>(end64 + 32), size = at<uint64_t>(end64 + 40), start = at<uint64_t>(end64 + 48);
      if ((classicCount != 0xffff && classicCount != count) || (classicSize != 0xffffffff && classicSize != size) ||
          (classicStart != 0xffffffff && classicStart != start))
        damaged("its two end records disagree");
      end = end64;
    }
    if (!fits(start, size, end) || start + size != end)
      damaged(fmt::format("its directory should end at byte {}, and ends at {} + {}", end, start, size));
    if (count > size / entryBytes)
      damaged(fmt::format("its directory has {} bytes, too few for {} members", size, count));
  }

  void readEntries() {
    budget.spend(count, where, 2 * sizeof(Entry));
    entries.reserve(count);
    uint64_t offset = start;
    for (uint64_t i = 0; i < count; ++i)
      offset = readEntry(offset);
    if (offset != start + size)
      damaged("its directory has bytes left behind the last member");
  }

  // Returns the offset of the next entry.
  uint64_t readEntry(uint64_t offset) {
    const uint64_t limit = start + size;
    if (!fits(offset, entryBytes, limit) || at<uint32_t>(offset) != entrySignature)
      damaged(fmt::format("entry {} of its directory has no signature", entries.size()));
    const uint64_t nameBytes = at<uint16_t>(offset + 28), extraBytes = at<uint16_t>(offset + 30);
    const uint64_t next = entryBytes + nameBytes + extraBytes + at<uint16_t>(offset + 32);
    if (!fits(offset, next, limit))
      damaged(fmt::format("entry {} of its directory is cut off", entries.size()));

    Entry entry;
    entry.member.name = asText(file.subspan(offset + entryBytes, nameBytes));
    const std::string shown = printable(entry.member.name);
    if (at<uint16_t>(offset + 8) & encryptedFlags)
      fail(where, fmt::format("its member '{}' is encrypted", shown));
    const uint16_t method = at<uint16_t>(offset + 10);
    if (method != 0 && method != 8)
      fail(where,
           fmt::format("its member '{}' is packed by method {}, expected stored (0) or deflated (8)", shown, method));
    entry.member.deflated = method == 8;
    entry.member.checksum = at<uint32_t>(offset + 16);
    uint64_t packed = at<uint32_t>(offset + 20);
    entry.member.size = at<uint32_t>(offset + 24);
    entry.start = at<uint32_t>(offset + 42);
    readZip64(file.subspan(offset + entryBytes + nameBytes, extraBytes), entry, packed);
    if (!entry.member.deflated && packed != entry.member.size)
      damaged(fmt::format("member '{}' is stored in {} bytes and said to have {}", shown, packed, entry.member.size));
    findData(entry, packed);
    entries.push_back(entry);
    return offset + next;
  }

  // Fields that do not fit into 32 bits are all ones there and follow, in this order, in an extra field.
  void readZip64(Bytes extra, Entry &entry, uint64_t &packed) const {
    while (extra.size() >= 4) {
      const uint16_t id = load<uint16_t>(extra.data()), length = load<uint16_t>(extra.data() + 2);
      if (length > extra.size() - 4)
        return; // some writers pad with bytes that are no field
      Bytes body = extra.subspan(4, length);
      extra = extra.subspan(4 + length);
      if (id != 1)
        continue;
      for (uint64_t *field : {&entry.member.size, &packed, &entry.start})
        if (*field == 0xffffffff) {
          if (body.size() < 8)
            damaged("a zip64 field is too short");
          *field = load<uint64_t>(body.data());
          body = body.subspan(8);
        }
    }
  }

  void findData(Entry &entry, uint64_t packed) const {
    const std::string shown = printable(entry.member.name);
    // Everything lies before the directory, the local header too.
    if (!fits(entry.start, localBytes, start) || at<uint32_t>(entry.start) != localSignature)
      damaged(fmt::format("member '{}' is not where the directory says", shown));
    const uint64_t nameBytes = at<uint16_t>(entry.start + 26);
    const uint64_t head = localBytes + nameBytes + at<uint16_t>(entry.start + 28);
    if (!fits(entry.start, head, start) || !fits(entry.start + head, packed, start))
      damaged(fmt::format("member '{}' reaches outside the file: {} bytes at {}", shown, packed, entry.start));
    if (asText(file.subspan(entry.start + localBytes, nameBytes)) != entry.member.name)
      damaged(fmt::format("member '{}' has another name in its own header", shown));
    entry.end = entry.start + head + packed;
    entry.member.packed = file.subspan(entry.start + head, packed);
  }

  // A classic zip bomb lets all members share one long run of bytes.
  void checkOverlap() const {
    std::vector<const Entry *> order;
    for (const Entry &entry : entries)
      order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const Entry *a, const Entry *b) { return a->start < b->start; });
    for (size_t i = 1; i < order.size(); ++i)
      if (order[i]->start < order[i - 1]->end)
        damaged(fmt::format("members '{}' and '{}' overlap", printable(order[i - 1]->member.name),
                            printable(order[i]->member.name)));
  }

  Bytes file;
  Location where;
  Budget &budget;
  uint64_t start = 0, size = 0, count = 0; // of the directory
  std::vector<Entry> entries;
};

} // namespace

std::vector<ZipMember> readZipDirectory(Bytes file, const std::string &fileName, Budget &budget) {
  return Directory(file, fileName, budget).read();
}

} // namespace mnv3::import
