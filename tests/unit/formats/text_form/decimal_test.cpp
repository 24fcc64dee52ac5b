#include "formats/text_form/decimal.hpp"

#include "formats/text_form/plain_number.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

namespace alinktf::text_form {
namespace {

/// The canonical text, or "refused".
std::string canonical(const std::string& text) {
  Buffer room;
  return std::string(parse_decimal(text, room).value_or("refused"));
}

template <typename T>
std::string shortest(T value) {
  Buffer out;
  return append_decimal(value, out) ? std::string(out.view()) : "refused";
}

TEST_CASE("Decimals keep their digits and their scale", "[text_form][decimal]") {
  const std::string text = GENERATE("0",
                                    "1.10",
                                    "1E-7",
                                    "1E+3",
                                    "-5",
                                    "0.00",
                                    "0E+3",
                                    "0E-7",
                                    "0.000001",
                                    "-0.0012300",
                                    "1.0E+7",
                                    "123456789012345678901234567890.12345678901234567890",
                                    "1.23E-2147483645",
                                    "1E+2147483647");
  Buffer room;
  const auto parsed = parse_decimal(text, room);
  REQUIRE(parsed);
  CHECK(*parsed == text);
  CHECK(parsed->data() == text.data());
}

TEST_CASE("Decimals get the text that Java's BigDecimal has for them", "[text_form][decimal]") {
  CHECK(canonical("+1.10") == "1.10");
  CHECK(canonical("-.5") == "-0.5");
  CHECK(canonical("1.") == "1");
  CHECK(canonical("007.0") == "7.0");
  CHECK(canonical("-0.0") == "0.0");
  CHECK(canonical("1e3") == "1E+3");
  CHECK(canonical("1E03") == "1E+3");
  CHECK(canonical("1200e-2") == "12.00");
  CHECK(canonical("12e1") == "1.2E+2");
  CHECK(canonical("0.0000001") == "1E-7");
  CHECK(canonical("0.00000012") == "1.2E-7");
  CHECK(canonical("10e-7") == "0.0000010");
  CHECK(canonical("0e5") == "0E+5");
  CHECK(canonical("1E309") == "1E+309");
}

TEST_CASE("What is no decimal is refused", "[text_form][decimal]") {
  CHECK(canonical(GENERATE("",
                           "-",
                           ".",
                           "+-1",
                           "1e",
                           "1e+-2",
                           "1e1.5",
                           "1d",
                           "1 ",
                           "0x10",
                           "NaN",
                           "Infinity",
                           "1E2147483648",
                           "1E99999999999999999999",
                           "0.1E-2147483648")) == "refused");
}

TEST_CASE("Floats and doubles become decimals of the fewest digits", "[text_form][decimal]") {
  CHECK(shortest(1.1F) == "1.1");
  CHECK(shortest(1.1) == "1.1");
  CHECK(shortest(-2.0F) == "-2.0");
  CHECK(shortest(0.0) == "0.0");
  CHECK(shortest(-0.0) == "0.0");
  CHECK(shortest(1e7) == "1.0E+7");
  CHECK(shortest(1e-5F) == "0.000010");
  CHECK(shortest(1e-300) == "1.0E-300");
  CHECK(shortest(std::numeric_limits<double>::max()) == "1.7976931348623157E+308");
  CHECK(shortest(std::numeric_limits<float>::infinity()) == "refused");
  CHECK(shortest(std::numeric_limits<double>::quiet_NaN()) == "refused");
}

TEST_CASE("Decimals are rounded once, to the nearest double or float", "[text_form][decimal]") {
  CHECK(decimal_to_double("1.10") == 1.1);
  CHECK(decimal_to_float("1.10") == 1.1F);
  // Just above the middle of two floats: by way of a double it would be the middle.
  CHECK(decimal_to_float("1.00000005960464477540") == 1.00000011920928955078125F);
  CHECK(decimal_to_double("1E+309") == std::numeric_limits<double>::infinity());
  CHECK(decimal_to_double("1E-400") == 0);
}

TEST_CASE("Plain decimals are told at a glance if they are canonical", "[text_form][decimal]") {
  const auto scanned = [](std::string text) {
    const std::size_t size = text.size();
    text.append(16, '\0');
    const char* const end = scan_decimal(text.data());
    return end == nullptr
               ? std::string("looked at again")
               : text.substr(0, size).substr(0, static_cast<std::size_t>(end - text.data()));
  };
  CHECK(scanned("12.50,") == "12.50");
  CHECK(scanned("-5\n") == "-5");
  CHECK(scanned("1.5E3") == "1.5");
  CHECK(scanned(GENERATE("", "-", "0.5", "01", ".5", "1.", "1.,", "+1", "x")) == "looked at again");
}

}  // namespace
}  // namespace alinktf::text_form
