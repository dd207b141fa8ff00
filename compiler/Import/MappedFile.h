// A file mapped into memory, read only. Weights are read once and in parts, so nothing is copied that nobody wants.
#pragma once

#include "compiler/Import/Bytes.h"

#include <string>

namespace mnv3::import {

class MappedFile {
public:
  // Throws ImportError: missing, a directory, not readable. An empty file gives an empty span.
  explicit MappedFile(const std::string &path);
  ~MappedFile();
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;

  Bytes bytes() const { return {data, size}; }

private:
  const std::byte *data = nullptr;
  size_t size = 0;
};

} // namespace mnv3::import
