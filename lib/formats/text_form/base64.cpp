#include "formats/text_form/base64.hpp"

#include <array>
#include <cstdint>

namespace alinktf::text_form {

namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Not the value of a digit; its top bits survive in the OR of values.
constexpr std::uint8_t kNone = 0xFF;
constexpr std::uint8_t kMostValue = 63;

constexpr auto make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr auto kValues = make_values();

std::uint32_t value_of(char digit) {
  return kValues[static_cast<unsigned char>(digit)];
}

char digit_of(std::uint32_t bits) {
  return kDigits[bits & kMostValue];
}

std::uint32_t byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

/// Up to two bytes that are no whole group of three.
void append_rest(std::string_view rest, Buffer& out) {
  if (rest.empty()) {
    return;
  }
  const std::uint32_t group =
      byte_at(rest, 0) << 16U | (rest.size() == 2 ? byte_at(rest, 1) << 8U : 0);
  out.push_back(digit_of(group >> 18U));
  out.push_back(digit_of(group >> 12U));
  out.push_back(rest.size() == 2 ? digit_of(group >> 6U) : '=');
  out.push_back('=');
}

/// Two or three digits that end a text without its padding: how many bytes, or nothing.
std::optional<std::size_t> decode_rest(std::string_view rest, char* to) {
  if (rest.empty()) {
    return 0;
  }
  if (rest.size() == 1) {
    return std::nullopt;
  }
  const std::uint32_t first = value_of(rest[0]);
  const std::uint32_t second = value_of(rest[1]);
  const std::uint32_t third = rest.size() == 3 ? value_of(rest[2]) : 0;
  const std::uint32_t group = first << 18U | second << 12U | third << 6U;
  const std::uint32_t unused = rest.size() == 3 ? 0xFFU : 0xFFFFU;
  if ((first | second | third) > kMostValue || (group & unused) != 0) {
    return std::nullopt;
  }
  to[0] = static_cast<char>(group >> 16U);
  if (rest.size() == 3) {
    to[1] = static_cast<char>(group >> 8U);
  }
  return rest.size() - 1;
}

}  // namespace

void append_base64(std::string_view bytes, Buffer& out) {
  char* to = out.reserve(bytes.size() / 3 * 4);
  out.commit(bytes.size() / 3 * 4);
  while (bytes.size() >= 3) {
    const std::uint32_t group =
        byte_at(bytes, 0) << 16U | byte_at(bytes, 1) << 8U | byte_at(bytes, 2);
    *to++ = digit_of(group >> 18U);
    *to++ = digit_of(group >> 12U);
    *to++ = digit_of(group >> 6U);
    *to++ = digit_of(group);
    bytes.remove_prefix(3);
  }
  append_rest(bytes, out);
}

std::optional<std::size_t> decode_base64(std::string_view text, char* to) {
  if (text.size() % 4 == 0 && text.ends_with('=')) {
    text.remove_suffix(text.ends_with("==") ? 2 : 1);
  }
  const char* const begin = to;
  while (text.size() >= 4) {
    const std::uint32_t first = value_of(text[0]);
    const std::uint32_t second = value_of(text[1]);
    const std::uint32_t third = value_of(text[2]);
    const std::uint32_t fourth = value_of(text[3]);
    if ((first | second | third | fourth) > kMostValue) {
      return std::nullopt;
    }
    const std::uint32_t group = first << 18U | second << 12U | third << 6U | fourth;
    *to++ = static_cast<char>(group >> 16U);
    *to++ = static_cast<char>(group >> 8U);
    *to++ = static_cast<char>(group);
    text.remove_prefix(4);
  }
  const std::optional<std::size_t> rest = decode_rest(text, to);
  return rest ? std::optional(static_cast<std::size_t>(to - begin) + *rest) : std::nullopt;
}

}  // namespace alinktf::text_form
