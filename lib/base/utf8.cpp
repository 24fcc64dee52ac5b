#include "base/utf8.hpp"

#include "base/bytes.hpp"

#include <algorithm>

namespace alinktf {

namespace {

struct ByteRange {
  unsigned char least;
  unsigned char most;
};

/// What may follow the first byte of a sequence.
ByteRange second_byte(unsigned char first) {
  switch (first) {
    case 0xE0:
      return {.least = 0xA0, .most = 0xBF};
    case 0xED:
      return {.least = 0x80, .most = 0x9F};
    case 0xF0:
      return {.least = 0x90, .most = 0xBF};
    case 0xF4:
      return {.least = 0x80, .most = 0x8F};
    default:
      return {.least = 0x80, .most = 0xBF};
  }
}

/// Length of the sequence that `first` begins, or 0 if it begins none.
std::size_t announced_length(unsigned char first) {
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xC2 || first > 0xF4) {
    return 0;
  }
  return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/// How many bytes at the front of `text`, which begins with no well-formed sequence, one U+FFFD
/// stands for: as many as could have begun one.
std::size_t broken_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t most = std::min(announced_length(first), text.size());
  ByteRange range = second_byte(first);
  std::size_t length = 1;
  for (; length < most; ++length) {
    const auto byte = static_cast<unsigned char>(text[length]);
    if (byte < range.least || byte > range.most) {
      break;
    }
    range = {.least = 0x80, .most = 0xBF};
  }
  return length;
}

}  // namespace

std::size_t utf8_prefix(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::size_t good = 0;
  while (good < text.size()) {
    if (text.size() - good >= sizeof(std::uint64_t) &&
        (load_le<std::uint64_t>(text.data() + good) & kHighBits) == 0) {
      good += sizeof(std::uint64_t);
      continue;
    }
    const std::size_t length = utf8_sequence(text.substr(good));
    if (length == 0) {
      break;
    }
    good += length;
  }
  return good;
}

std::string repaired_utf8(std::string_view text) {
  std::string repaired;
  while (!text.empty()) {
    const std::size_t good = utf8_prefix(text);
    repaired += text.substr(0, good);
    text.remove_prefix(good);
    if (!text.empty()) {
      repaired += "\xEF\xBF\xBD";
      text.remove_prefix(broken_length(text));
    }
  }
  return repaired;
}

}  // namespace alinktf
