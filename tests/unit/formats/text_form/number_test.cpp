#include "formats/text_form/number.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

namespace alinktf::text_form {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST_CASE("Doubles are read in every form that Java reads", "[text_form][number]") {
  struct Case {
    const char* text;
    double value;
  };
  const auto [text, value] = GENERATE(Case{"1d", 1},
                                      Case{"1F", 1},
                                      Case{".5", 0.5},
                                      Case{"1.", 1},
                                      Case{"+1", 1},
                                      Case{"-2.5e-3D", -0.0025},
                                      Case{"1E+2", 100},
                                      Case{"Infinity", kInfinity},
                                      Case{"-Infinity", -kInfinity},
                                      Case{"0x1.8p1", 3},
                                      Case{"-0X.8P-1f", -0.25},
                                      Case{"123456789012345678901234567890", 1.2345678901234568e29},
                                      Case{"4.9e-324", 4.9e-324});
  CAPTURE(text);
  REQUIRE(parse_double(text));
  CHECK(*parse_double(text) == value);
}

TEST_CASE("What is no number in Java is none here", "[text_form][number]") {
  const auto* const text = GENERATE("",
                                    "+",
                                    ".",
                                    "1e",
                                    "1e+",
                                    "e5",
                                    "--1",
                                    "+-1",
                                    " 1",
                                    "1 ",
                                    "nan",
                                    "inf",
                                    "INFINITY",
                                    "Infinityd",
                                    "1L",
                                    "1dd",
                                    "0x10",
                                    "0x1p",
                                    "0xp1",
                                    "1_000",
                                    "1,5");
  CAPTURE(text);
  CHECK_FALSE(parse_double(text));
  CHECK_FALSE(parse_float(text));
}

TEST_CASE("Numbers out of range become infinite or zero", "[text_form][number]") {
  CHECK(parse_double("1e309") == kInfinity);
  CHECK(parse_double("-1e309") == -kInfinity);
  CHECK(parse_double("1e-400") == 0.0);
  CHECK(std::signbit(*parse_double("-1e-400")));
  CHECK(parse_double("1e99999999999999999999") == kInfinity);
  CHECK(parse_double("1e-99999999999999999999") == 0.0);
  CHECK(parse_double("0e99999999999999999999") == 0.0);
  CHECK(parse_double("0." + std::string(400, '0') + "1") == 0.0);
  CHECK(parse_double("1" + std::string(400, '0')) == kInfinity);
  CHECK(parse_double("1" + std::string(400, '0') + "e-400") == 1.0);
  CHECK(parse_double("0x1p5000") == kInfinity);
  CHECK(parse_double("0x1p-5000") == 0.0);
  CHECK(parse_float("3.5e38") == std::numeric_limits<float>::infinity());
}

TEST_CASE("A float is rounded once", "[text_form][number]") {
  // Halfway between two floats, and a little more: by way of a double the little is lost.
  CHECK(parse_float("1.00000005960464477539062500000000001") == 1.00000012F);
  CHECK(parse_float("1.000000059604644775390625") == 1.0F);
}

TEST_CASE("NaN has no sign", "[text_form][number]") {
  CHECK(std::isnan(*parse_double("NaN")));
  CHECK_FALSE(std::signbit(*parse_double("-NaN")));
}

TEST_CASE("Integers have digits and a minus at most and stay in range", "[text_form][number]") {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  CHECK(parse_integer("-128", -128, 127) == -128);
  CHECK(parse_integer("007", -128, 127) == 7);
  CHECK(parse_integer("9223372036854775807", kLeast, kMost) == kMost);
  CHECK(parse_integer("-9223372036854775808", kLeast, kMost) == kLeast);
  for (const char* text : {"", "-", "+1", "1.0", " 1", "1 ", "0x1", "9223372036854775808"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_integer(text, kLeast, kMost));
  }
  CHECK_FALSE(parse_integer("128", -128, 127));
}

}  // namespace
}  // namespace alinktf::text_form
