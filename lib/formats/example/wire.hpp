// Protobuf's wire format, as much of it as tf.train.Example needs.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace alinktf::example::wire {

// Tags: field number and wire type. Those of messages, texts and packed numbers have wire type 2 (a
// length follows). Source: example.proto.
constexpr char kFeatures = '\x0A';    // Example.features
constexpr char kEntry = '\x0A';       // Features.feature, one entry of the map
constexpr char kKey = '\x0A';         // the entry's key
constexpr char kValue = '\x12';       // the entry's value: a Feature
constexpr char kBytesList = '\x0A';   // Feature.bytes_list
constexpr char kFloatList = '\x12';   // Feature.float_list
constexpr char kInt64List = '\x1A';   // Feature.int64_list
constexpr char kItem = '\x0A';        // value of each list; numbers are packed
constexpr char kLoneFloat = '\x0D';   // one value of a float_list that is not packed
constexpr char kLoneVarint = '\x08';  // one value of an int64_list that is not packed

constexpr std::size_t kMaxVarintBytes = 10;
constexpr std::size_t kMaxLengthBytes = 5;
/// How deep messages and groups may lie in each other; an Example is one level down.
constexpr int kMaxDepth = 100;
// How deep groups may lie in each message of an Example.
constexpr int kFeaturesDepth = kMaxDepth - 1;
constexpr int kEntryDepth = kFeaturesDepth - 1;
constexpr int kFeatureDepth = kEntryDepth - 1;
constexpr int kListDepth = kFeatureDepth - 1;

inline std::size_t varint_bytes(std::uint64_t value) {
  // 1 + the index of the highest bit / 7, without a division: 9/64 is near enough to 1/7 here.
  return (static_cast<std::size_t>(std::bit_width(value | 1U)) * 9 + 64) / 64;
}

inline char* write_varint(std::uint64_t value, char* to) {
  while (value >= 0x80) {
    *to++ = static_cast<char>(value | 0x80U);
    value >>= 7U;
  }
  *to++ = static_cast<char>(value);
  return to;
}

// The readers below return where the next byte stands, or nullptr if what is at `at` is none of
// theirs or does not end before `end`.

/// Up to `max_bytes` bytes. Bits above the 64th are lost, as in protobuf.
inline const char* read_varint(const char* at,
                               const char* end,
                               std::uint64_t& value,
                               std::size_t max_bytes = kMaxVarintBytes) {
  value = 0;
  for (std::size_t i = 0; i < max_bytes && at != end; ++i) {
    const auto byte = static_cast<unsigned char>(*at++);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << (7 * i);
    if (byte < 0x80) {
      return at;
    }
  }
  return nullptr;
}

/// A field's number and wire type.
inline const char* read_tag(const char* at, const char* end, std::uint32_t& tag) {
  constexpr std::size_t kMaxTagBytes = 5;
  std::uint64_t value = 0;
  at = read_varint(at, end, value, kMaxTagBytes);
  tag = static_cast<std::uint32_t>(value);
  return at;
}

/// A length and as many bytes.
inline const char* read_delimited(const char* at, const char* end, std::string_view& bytes) {
  std::uint64_t length = 0;
  at = read_varint(at, end, length, kMaxLengthBytes);
  if (at == nullptr || length > static_cast<std::size_t>(end - at)) {
    return nullptr;
  }
  bytes = {at, length};
  return at + length;
}

/// What follows `tag`, whatever it is: the field of a message that we do not know. It may have
/// `depth` groups in each other.
const char* skip_field(std::uint32_t tag, const char* at, const char* end, int depth);

/// How many varints `bytes` consist of; `ok` is false if they are none.
std::size_t count_varints(std::string_view bytes, bool& ok);

/// True if `tag`, read by read_tag(), is the one of a single byte.
constexpr bool is(std::uint32_t tag, char byte) {
  return tag == static_cast<unsigned char>(byte);
}

}  // namespace alinktf::example::wire
