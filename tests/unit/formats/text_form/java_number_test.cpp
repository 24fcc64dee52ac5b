#include "formats/text_form/java_number.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

namespace alinktf::text_form {
namespace {

std::string show(double value) {
  Buffer out;
  append_java_double(value, out);
  return std::string(out.view());
}

std::string show(float value) {
  Buffer out;
  append_java_float(value, out);
  return std::string(out.view());
}

TEST_CASE("Numbers from a thousandth to ten million are written plainly",
          "[text_form][java_number]") {
  CHECK(show(0.0) == "0.0");
  CHECK(show(-0.0) == "-0.0");
  CHECK(show(1.0) == "1.0");
  CHECK(show(-12.5) == "-12.5");
  CHECK(show(0.001) == "0.001");
  CHECK(show(0.012345678901234567) == "0.012345678901234567");
  CHECK(show(9999999.0) == "9999999.0");
  CHECK(show(1234567.125) == "1234567.125");
  CHECK(show(100.0) == "100.0");
}

TEST_CASE("Other numbers are written with an exponent", "[text_form][java_number]") {
  CHECK(show(1e7) == "1.0E7");
  CHECK(show(12345678.9) == "1.23456789E7");
  CHECK(show(0.00099) == "9.9E-4");
  CHECK(show(1e-5) == "1.0E-5");
  CHECK(show(-1e10) == "-1.0E10");
  CHECK(show(std::numeric_limits<double>::max()) == "1.7976931348623157E308");
}

TEST_CASE("The smallest numbers take a second digit where it is nearer",
          "[text_form][java_number]") {
  CHECK(show(std::numeric_limits<double>::denorm_min()) == "4.9E-324");
  CHECK(show(std::numeric_limits<float>::denorm_min()) == "1.4E-45");
  CHECK(show(std::numeric_limits<double>::min()) == "2.2250738585072014E-308");
}

TEST_CASE("Special values are written as Java names them", "[text_form][java_number]") {
  CHECK(show(std::numeric_limits<double>::quiet_NaN()) == "NaN");
  CHECK(show(-std::numeric_limits<double>::quiet_NaN()) == "NaN");
  CHECK(show(std::numeric_limits<double>::infinity()) == "Infinity");
  CHECK(show(-std::numeric_limits<float>::infinity()) == "-Infinity");
}

TEST_CASE("Floats are written with the digits of floats", "[text_form][java_number]") {
  CHECK(show(0.1F) == "0.1");
  CHECK(show(16777216.0F) == "1.6777216E7");
  CHECK(show(3.4028235e38F) == "3.4028235E38");
}

}  // namespace
}  // namespace alinktf::text_form
