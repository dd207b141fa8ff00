// Checked access to the bytes of an input file. Every size and offset in a file is a claim until `fits` has said yes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace mnv3::import {

// All formats read here are little-endian, and so is every host this tool is built for.
static_assert(std::endian::native == std::endian::little);

using Bytes = std::span<const std::byte>;

// True if [offset, offset + size) lies inside `total` bytes. Written so that nothing can overflow.
constexpr bool fits(uint64_t offset, uint64_t size, uint64_t total) {
  return offset <= total && size <= total - offset;
}

// The caller has checked that the number lies inside its buffer. No alignment is assumed.
template <class T> T load(const std::byte *at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

inline std::string_view asText(Bytes bytes) { return {reinterpret_cast<const char *>(bytes.data()), bytes.size()}; }

} // namespace mnv3::import
