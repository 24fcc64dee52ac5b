#include "formats/ak/kryo.hpp"

#include "base/utf8.hpp"
#include "formats/ak/utf16.hpp"

#include <string>

namespace alinktf::ak {

namespace {

constexpr unsigned kVarintBits = 7;
constexpr unsigned kMore = 0x80;

// Texts of ASCII, of 2 to 63 characters, are their bytes with the top bit set in the last. Others
// begin with their length and one, in six bits and then seven each.
constexpr unsigned kHasLength = 0x80;
constexpr unsigned kLongLength = 0x40;
constexpr unsigned kFirstBits = 6;
constexpr std::size_t kMostShort = 63;

}  // namespace

std::uint32_t KryoReader::varint() {
  const auto value = fields_.varint();
  expect(value.has_value());
  return failed_ ? 0 : *value;
}

std::int64_t KryoReader::integer() {
  constexpr unsigned kLastShift = 56;  // the ninth byte has eight bits of the number
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift <= kLastShift; shift += kVarintBits) {
    const auto byte = fields_.number<std::uint8_t>();
    if (!byte) {
      fail();
      return 0;
    }
    const bool last = shift == kLastShift || *byte < kMore;
    value |= std::uint64_t{shift == kLastShift ? *byte : *byte & (kMore - 1)} << shift;
    if (last) {
      break;
    }
  }
  return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
}

bool KryoReader::boolean() {
  const auto byte = fields_.number<std::uint8_t>();
  expect(byte && *byte <= 1);
  return byte && *byte == 1;
}

std::size_t KryoReader::length(std::size_t bytes) {
  const std::uint32_t length = varint();
  expect(length != 0 && (length - 1) <= fields_.size() / bytes);
  return failed_ ? 0 : length - 1;
}

std::string_view KryoReader::bytes(std::size_t size) {
  const auto found = fields_.bytes(size);
  expect(found.has_value());
  return found.value_or(std::string_view());
}

std::string_view KryoReader::class_name() {
  expect(varint() == kNamedClass);
  const std::size_t number = varint();
  expect(number <= names_.count && number < names_.names.size());
  if (failed_) {
    return {};
  }
  if (number == names_.count) {
    names_.names[number].clear();
    text(names_.names[number]);
    ++names_.count;
  }
  return names_.names[number].view();
}

/// The characters of a text that does not begin with one.
std::size_t KryoReader::text_units() {
  const auto byte = static_cast<unsigned char>(bytes(1).front());
  std::size_t units = byte & (kLongLength - 1);
  bool more = (byte & kLongLength) != 0;
  for (unsigned shift = kFirstBits; more && !failed_ && shift < 32; shift += kVarintBits) {
    const std::string_view next = bytes(1);
    const auto bits = failed_ ? 0U : static_cast<unsigned char>(next.front());
    units |= std::size_t{bits & (kMore - 1)} << shift;
    more = (bits & kMore) != 0;
  }
  expect(units != 0 && units - 1 <= fields_.size());
  return failed_ ? 0 : units - 1;
}

std::uint32_t KryoReader::text_unit() {
  constexpr unsigned kTwoBytes = 0xC0;
  constexpr unsigned kThreeBytes = 0xE0;
  const auto next = [&] {
    const std::string_view byte = bytes(1);
    return failed_ ? 0U : static_cast<unsigned char>(byte.front());
  };
  const unsigned first = next();
  if (first < kMore) {
    return first;
  }
  expect(first >= kTwoBytes && first < kThreeBytes + 0x10U);
  std::uint32_t unit = first < kThreeBytes ? first & 0x1FU : first & 0x0FU;
  for (unsigned left = first < kThreeBytes ? 1 : 2; left != 0; --left) {
    const unsigned byte = next();
    expect((byte & 0xC0U) == 0x80U);
    unit = unit << 6U | (byte & 0x3FU);
  }
  return unit;
}

void KryoReader::text(Buffer& out) {
  const auto first = static_cast<unsigned char>(fields_.empty() ? 0 : fields_.front());
  expect(!fields_.empty());
  if (failed_) {
    return;
  }
  if (first < kHasLength) {
    for (bool last = false; !last && !failed_;) {
      const std::string_view byte = bytes(1);
      if (!failed_) {
        last = (static_cast<unsigned char>(byte.front()) & kHasLength) != 0;
        out.push_back(static_cast<char>(byte.front() & 0x7F));
      }
    }
    return;
  }
  Utf16Joiner joiner(out);
  for (std::size_t left = text_units(); left != 0 && !failed_; --left) {
    joiner.add(text_unit());
  }
  joiner.finish();
}

void KryoWriter::integer(std::int64_t value) {
  auto left = static_cast<std::uint64_t>(value) << 1U ^ static_cast<std::uint64_t>(value >> 63U);
  int bytes = 1;
  for (; left >= kMore && bytes < 9; left >>= kVarintBits) {
    out_.push_back(static_cast<char>(left | kMore));
    ++bytes;
  }
  out_.push_back(static_cast<char>(left));
}

void KryoWriter::class_name(std::string_view prefix, std::string_view name) {
  varint(KryoReader::kNamedClass);
  varint(names_++);
  out_.append(prefix);
  out_.append(name);
  char& last = out_.data()[out_.size() - 1];
  last = static_cast<char>(static_cast<unsigned char>(last) | kHasLength);
}

void KryoWriter::same_class() {
  varint(KryoReader::kNamedClass);
  varint(names_ - 1);
}

void KryoWriter::text_length(std::uint32_t units) {
  const std::uint32_t left = units >> kFirstBits;
  const unsigned more = left != 0 ? kLongLength : 0U;
  out_.push_back(static_cast<char>(kHasLength | more | (units & (kLongLength - 1))));
  if (left != 0) {
    varint(left);
  }
}

void KryoWriter::text(std::string_view text) {
  if (text.size() > 1 && text.size() <= kMostShort && is_ascii(text)) {
    out_.append(text);
    char& last = out_.data()[out_.size() - 1];
    last = static_cast<char>(static_cast<unsigned char>(last) | kHasLength);
    return;
  }
  const std::string repaired = is_utf8(text) ? std::string() : repaired_utf8(text);
  text = repaired.empty() ? text : repaired;
  text_length(count_units(text) + 1);
  while (!text.empty()) {
    const std::size_t size = utf8_sequence(text);
    for_each_unit(code_of(text.substr(0, size)),
                  [&](std::uint32_t unit) { append_utf8(unit, out_); });
    text.remove_prefix(size);
  }
}

}  // namespace alinktf::ak
