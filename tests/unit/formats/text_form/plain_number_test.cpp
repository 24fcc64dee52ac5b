#include "formats/text_form/plain_number.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <random>
#include <string>

namespace alinktf::text_form {
namespace {

/// The text with the bytes behind it that scan_real() and scan_integer() count on.
std::string padded(const std::string& text) {
  return text + std::string(32, '\0');
}

template <typename T>
T expected(const std::string& text) {
  T value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// Checks that `text`, if it is handled at all, gives the value that the standard library gives;
/// says whether it was.
template <typename T>
bool agrees(const std::string& text) {
  const std::string bytes = padded(text);
  T value = 0;
  const char* const end = scan_real(bytes.data(), value);
  if (end == nullptr) {
    return false;
  }
  if (end != bytes.data() + text.size() || value != expected<T>(text)) {
    FAIL_CHECK(fmt::format("{}: found {}, expected {}", text, value, expected<T>(text)));
  }
  return true;
}

std::string random_decimal(std::mt19937_64& random) {
  const std::size_t digits = 1 + random() % 19;
  std::string text = random() % 2 == 0 ? "-" : "";
  const std::size_t point = random() % (digits + 1);
  for (std::size_t i = 0; i < digits; ++i) {
    text += i == point ? "." : "";
    text += static_cast<char>('0' + random() % 10);
  }
  if (random() % 2 == 0) {
    text += fmt::format("e{}", static_cast<int>(random() % 90) - 50);
  }
  return text;
}

TEST_CASE("Random decimals are rounded to the nearest double and float",
          "[text_form][plain_number]") {
  std::mt19937_64 random(20210131);
  int handled = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = random_decimal(random);
    handled += agrees<double>(text) ? 1 : 0;
    agrees<float>(text);
  }
  CHECK(handled > 150'000);
}

TEST_CASE("Shortest texts of random doubles are read back", "[text_form][plain_number]") {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(-1, 1);
  for (int i = 0; i < 100'000; ++i) {
    const double value = std::ldexp(uniform(random), static_cast<int>(random() % 60) - 30);
    const std::string text = padded(fmt::format("{}", value));
    double found = 0;
    const char* const end = scan_real(text.data(), found);
    if (end != nullptr && found != value) {
      FAIL_CHECK(text);
    }
  }
}

TEST_CASE("Ties between two doubles go to the even one", "[text_form][plain_number]") {
  // Halfway points of doubles near 2^53, and of floats near 2^24, as decimals of few digits.
  for (const char* text : {"9007199254740993",
                           "9007199254740995",
                           "9007199254740994.5",
                           "9007199254740993e1",
                           "1.5",
                           "0.5",
                           "4503599627370496.5",
                           "4503599627370497.5",
                           "900719925474099.3125",
                           "16777217",
                           "16777219",
                           "1677721.75",
                           "8388608.5",
                           "8388609.5",
                           "0.000030517578125"}) {
    CAPTURE(text);
    CHECK(agrees<double>(text));
    CHECK(agrees<float>(text));
  }
}

TEST_CASE("Every power of ten that is handled is right", "[text_form][plain_number]") {
  for (int power = -70; power <= 70; ++power) {
    for (const char* digits :
         {"1", "9", "9007199254740993", "1234567890123456789", "9999999999999999999"}) {
      const std::string text = fmt::format("{}e{}", digits, power);
      CAPTURE(text);
      const bool handled = agrees<double>(text);
      CHECK((handled || power < -50 || power > 50));
    }
  }
}

TEST_CASE("Zeros keep their sign", "[text_form][plain_number]") {
  double value = 1;
  const std::string text = padded("-0.000");
  REQUIRE(scan_real(text.data(), value) == text.data() + 6);
  CHECK(value == 0);
  CHECK(std::signbit(value));
}

TEST_CASE("What is not plain is left to others", "[text_form][plain_number]") {
  double value = 0;
  for (const char* text : {"",
                           "-",
                           ".",
                           "-.",
                           "+1",
                           "NaN",
                           "x",
                           ",",
                           "e5",
                           "1e",
                           "1e+",
                           "12345678901234567890",
                           "1e400",
                           "1e-400"}) {
    CAPTURE(text);
    CHECK(scan_real(padded(text).data(), value) == nullptr);
  }
  const std::string suffix = padded("1d,");
  CHECK(*scan_real(suffix.data(), value) == 'd');
}

TEST_CASE("Whole numbers are read up to eighteen digits", "[text_form][plain_number]") {
  std::int64_t value = 0;
  const std::string most = padded("-999999999999999999,");
  CHECK(*scan_integer(most.data(), value) == ',');
  CHECK(value == -999999999999999999);
  for (const char* text : {"", "-", "+1", "a", "1234567890123456789"}) {
    CAPTURE(text);
    CHECK(scan_integer(padded(text).data(), value) == nullptr);
  }
}

}  // namespace
}  // namespace alinktf::text_form
