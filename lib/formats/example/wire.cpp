#include "formats/example/wire.hpp"

#include <algorithm>

namespace alinktf::example::wire {

namespace {

enum WireType : std::uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kDelimited = 2,
  kGroup = 3,
  kGroupEnd = 4,
  kFixed32 = 5,
};

const char* skip_bytes(const char* at, const char* end, std::ptrdiff_t size) {
  return end - at < size ? nullptr : at + size;
}

/// A field but for groups.
const char* skip_plain(std::uint32_t tag, const char* at, const char* end) {
  std::uint64_t value = 0;
  std::string_view bytes;
  switch (tag & 7U) {
    case kVarint:
      return read_varint(at, end, value);
    case kFixed64:
      return skip_bytes(at, end, 8);
    case kDelimited:
      return read_delimited(at, end, bytes);
    case kFixed32:
      return skip_bytes(at, end, 4);
    default:
      return nullptr;
  }
}

}  // namespace

const char* skip_field(std::uint32_t tag, const char* at, const char* end, int depth) {
  std::array<std::uint32_t, kMaxDepth> open{};  // tags of the groups that we are in
  std::size_t groups = 0;
  for (;;) {
    const std::uint32_t number = tag >> 3U;
    if (number == 0) {
      return nullptr;
    }
    if ((tag & 7U) == kGroup) {
      if (groups == static_cast<std::size_t>(depth)) {
        return nullptr;
      }
      open.at(groups++) = number;
    } else if ((tag & 7U) == kGroupEnd) {
      if (groups == 0 || open.at(--groups) != number) {
        return nullptr;
      }
    } else {
      at = skip_plain(tag, at, end);
    }
    if (at == nullptr || groups == 0) {
      return at;
    }
    at = read_tag(at, end, tag);
    if (at == nullptr) {
      return nullptr;
    }
  }
}

std::size_t count_varints(std::string_view bytes, bool& ok) {
  const auto ends = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
  std::size_t count = 0;
  std::size_t length = 0;
  ok = true;
  for (const char byte : bytes) {
    ++length;
    ok = ok && length <= kMaxVarintBytes;
    count += ends(byte) ? 1U : 0U;
    length = ends(byte) ? 0 : length;
  }
  ok = ok && length == 0;
  return count;
}

}  // namespace alinktf::example::wire
