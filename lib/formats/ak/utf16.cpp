#include "formats/ak/utf16.hpp"

namespace alinktf::ak {

namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

bool is_high(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

}  // namespace

void Utf16Joiner::add(std::uint32_t unit) {
  if (high_ != 0 && is_low(unit)) {
    append_utf8(0x10000U + ((high_ - 0xD800U) << 10U) + (unit - 0xDC00U), out_);
    high_ = 0;
    return;
  }
  finish();
  high_ = is_high(unit) ? unit : 0;
  if (high_ == 0) {
    append_utf8(is_low(unit) ? kReplacement : unit, out_);
  }
}

void Utf16Joiner::finish() {
  if (high_ != 0) {
    append_utf8(kReplacement, out_);
    high_ = 0;
  }
}

bool is_ascii(std::string_view text) {
  constexpr std::uint64_t kTopBits = 0x8080808080808080U;
  std::uint64_t seen = 0;
  while (text.size() >= sizeof seen) {
    seen |= load_le<std::uint64_t>(text.data());
    text.remove_prefix(sizeof seen);
  }
  for (const char c : text) {
    seen |= static_cast<unsigned char>(c);
  }
  return (seen & kTopBits) == 0;
}

std::uint32_t count_units(std::string_view utf8) {
  std::uint32_t units = 0;
  for (const char c : utf8) {  // one for each sequence, and another for those of four bytes
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xC0U) == 0x80U ? 0 : byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

std::uint32_t code_of(std::string_view bytes) {
  constexpr std::uint32_t kFirstBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t code = static_cast<unsigned char>(bytes.front()) & kFirstBits[bytes.size()];
  for (const char c : bytes.substr(1)) {
    code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  }
  return code;
}

void append_utf8(std::uint32_t code, Buffer& out) {
  const auto tail = [&](unsigned shift) {
    out.push_back(static_cast<char>(0x80U | (code >> shift & 0x3FU)));
  };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0U | code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0U | code >> 12U));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0U | code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace alinktf::ak
