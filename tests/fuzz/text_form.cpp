// Values and their texts: what is accepted, and that texts stand for the values they were made of.
#include "formats/text_form/base64.hpp"
#include "formats/text_form/decimal.hpp"
#include "formats/text_form/java_number.hpp"
#include "formats/text_form/number.hpp"
#include "formats/text_form/plain_number.hpp"
#include "formats/text_form/temporal.hpp"
#include "fuzz/fuzz.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace alinktf::fuzz {
namespace {

template <typename T>
bool same(T a, T b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

void check_double(double value) {
  Buffer text;
  text_form::append_java_double(value, text);
  const auto again = text_form::parse_double(text.view());
  require(again && same(*again, value), "a double's text stands for it");
}

void check_float(float value) {
  Buffer text;
  text_form::append_java_float(value, text);
  const auto again = text_form::parse_float(text.view());
  require(again && same(*again, value), "a float's text stands for it");
}

/// The scanners that look for no end agree with the parsers that are told it.
void check_scanners(std::string_view text) {
  std::string padded(text);
  padded.append(32, '\0');
  const auto front = [&](const char* end) {
    return text.substr(0, static_cast<std::size_t>(end - padded.data()));
  };
  double real = 0;
  if (const char* const end = text_form::scan_real(padded.data(), real); end != nullptr) {
    const auto parsed = text_form::parse_double(front(end));
    require(parsed && same(*parsed, real), "both read the same double");
  }
  float small = 0;
  if (const char* const end = text_form::scan_real(padded.data(), small); end != nullptr) {
    const auto parsed = text_form::parse_float(front(end));
    require(parsed && same(*parsed, small), "both read the same float");
  }
  std::int64_t integer = 0;
  if (const char* const end = text_form::scan_integer(padded.data(), integer); end != nullptr) {
    constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    require(text_form::parse_integer(front(end), kLeast, kMost) == integer,
            "both read the same integer");
  }
}

void check_decimal(std::string_view text) {
  Buffer room;
  if (const auto canonical = text_form::parse_decimal(text, room)) {
    Buffer other;
    const auto again = text_form::parse_decimal(*canonical, other);
    require(again && *again == *canonical, "the canonical form is its own");
    require(same(text_form::decimal_to_double(*canonical) + 0.0,
                 text_form::parse_double(text).value() + 0.0),
            "the canonical form is the same number");
  }
  std::string padded(text);
  padded.append(32, '\0');
  if (const char* const end = text_form::scan_decimal(padded.data()); end != nullptr) {
    const std::string_view front(padded.data(), static_cast<std::size_t>(end - padded.data()));
    require(text_form::parse_decimal(front, room) == front, "what is scanned is canonical");
  }
}

using ParseTemporal = std::optional<std::string_view> (*)(std::string_view,
                                                          text_form::TemporalText&);

void check_temporal(ParseTemporal parse, std::string_view text) {
  text_form::TemporalText room{};
  const auto canonical = parse(text, room);
  if (canonical) {
    text_form::TemporalText other{};
    const auto again = parse(*canonical, other);
    require(again && *again == *canonical, "the canonical form is its own");
  }
}

void check_base64(std::string_view text) {
  std::string bytes(text);
  if (const auto size = text_form::decode_base64(text, bytes.data())) {
    Buffer encoded;
    text_form::append_base64(std::string_view(bytes).substr(0, *size), encoded);
    require(encoded.view().starts_with(text), "one text for the same bytes, but for its padding");
  }
  Buffer encoded;
  text_form::append_base64(text, encoded);
  const auto size = text_form::decode_base64(encoded.view(), encoded.data());
  require(size && encoded.view().substr(0, *size) == text, "bytes come back from their text");
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;        // NOLINT(google-build-using-namespace)
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  const std::string_view text = Input(data, size).rest();
  if (const auto value = text_form::parse_double(text)) {
    check_double(*value);
    require(text_form::parse_float(text).has_value(), "floats and doubles are written the same");
  }
  if (const auto value = text_form::parse_float(text)) {
    check_float(*value);
  }
  check_decimal(text);
  if (size >= sizeof(double)) {
    check_double(load_le<double>(text.data()));
    check_float(load_le<float>(text.data()));
  }
  check_scanners(text);
  check_temporal(text_form::parse_date, text);
  check_temporal(text_form::parse_time, text);
  check_temporal(text_form::parse_timestamp, text);
  check_base64(text);
  return 0;
}
