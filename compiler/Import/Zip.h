// Reads zip archives as torch.save and numpy.savez write them: zip64, sizes from the central directory (torch leaves
// them 0 in the local headers), members stored plainly or deflated.
#pragma once

#include "compiler/Import/Budget.h"
#include "compiler/Import/Bytes.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace mnv3::import {

struct ZipMember {
  std::string_view name;
  Bytes packed;      // as it lies in the file
  uint64_t size = 0; // unpacked, as the directory claims
  uint32_t checksum = 0;
  bool deflated = false;
};

class ZipArchive {
public:
  // Checks the whole directory: every member lies inside the file, none overlaps another, no name comes twice.
  // The archive keeps views of `file`. Throws ImportError.
  ZipArchive(Bytes file, std::string fileName, Budget &budget);

  const std::vector<ZipMember> &members() const { return all; }
  const ZipMember *find(std::string_view name) const; // null if absent

  // The bytes of a member that is stored plainly, checksum verified; an error if it is deflated.
  Bytes stored(const ZipMember &member) const;

  // The first `count` bytes of a member of either kind; the checksum is verified if that is all of it.
  std::vector<std::byte> unpack(const ZipMember &member, uint64_t count, Budget &budget) const;

  const std::string &file() const { return fileName; }
  Location where(const ZipMember &member) const;

private:
  std::string fileName;
  std::vector<ZipMember> all;
  std::unordered_map<std::string_view, size_t> byName;
};

bool startsLikeZip(Bytes file);

} // namespace mnv3::import
