#include "base/bytes.hpp"
#include "formats/gzip/format.hpp"
#include "formats/tfrecord/crc32c.hpp"

#include <cstddef>

namespace alinktf::gzip {

namespace {

constexpr char kGzipFirst = '\x1F';
constexpr char kZlibFirst = '\x78';  // deflate with a window of 32 KiB, as every writer has it
constexpr std::string_view kGzipMagic = "\x1F\x8B\x08";

/// CMF and FLG of RFC 1950, without a preset dictionary.
bool has_zlib_header(std::string_view head) {
  if (head.size() < 2 || head[0] != kZlibFirst) {
    return false;
  }
  const auto flags = static_cast<unsigned char>(head[1]);
  constexpr unsigned kDictionary = 0x20;
  return (static_cast<unsigned char>(kZlibFirst) * 256U + flags) % 31 == 0 &&
         (flags & kDictionary) == 0;
}

/// True if a TFRecord frame begins here: a length and its CRC.
bool has_record_header(std::string_view head) {
  constexpr std::size_t kLengthBytes = sizeof(std::uint64_t);
  return head.size() >= kGuessBytes &&
         load_le<std::uint32_t>(head.data() + kLengthBytes) ==
             tfrecord::masked(tfrecord::crc32c(head.data(), kLengthBytes));
}

/// True if the upper half of a record's length would be zero, as it is in every TFRecord file, even
/// one whose CRC is damaged. No deflate stream can have these four bytes.
bool has_short_length(std::string_view head) {
  constexpr std::size_t kHalf = sizeof(std::uint32_t);
  return head.size() >= 2 * kHalf && load_le<std::uint32_t>(head.data() + kHalf) == 0;
}

}  // namespace

bool needs_more(std::string_view head) {
  return head.empty() ||
         (head.size() < kGuessBytes && (head[0] == kGzipFirst || head[0] == kZlibFirst));
}

Format guess(std::string_view head, Content content) {
  const bool may_be_plain = content == Content::kRecords && has_record_header(head);
  if (head.starts_with(kGzipMagic)) {
    return may_be_plain ? Format::kNone : Format::kGzip;
  }
  if (content == Content::kRecords && has_zlib_header(head)) {
    return may_be_plain || has_short_length(head) ? Format::kNone : Format::kZlib;
  }
  return Format::kNone;
}

}  // namespace alinktf::gzip
