#include "formats/ak/value.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <string>

namespace alinktf::ak {
namespace {

using table::ColumnType;
using namespace std::literals;

std::string text_bytes(std::string_view text) {
  Buffer out;
  append_text(text, out);
  return std::string(out.view());
}

std::string text_of(std::string_view bytes) {
  Buffer room;
  bool null = false;
  Fields fields(bytes);
  const auto text = fields.text(room, null);
  REQUIRE(text);
  CHECK(fields.empty());
  return null ? "null" : std::string(*text);
}

double decimal_of(std::string_view bytes) {
  bool null = false;
  Fields fields(bytes);
  const auto value = fields.decimal(null);
  REQUIRE(value);
  CHECK(fields.empty());
  return null ? std::nan("") : *value;
}

TEST_CASE("Texts are units of UTF-16 with a varint each", "[ak][value]") {
  CHECK(text_bytes("") == "\x01");
  CHECK(text_bytes("ab") ==
        "\x03"
        "ab");
  CHECK(text_bytes("é") == "\x02\xE9\x01");
  CHECK(text_bytes("日") == "\x02\xE5\xCB\x01");
  CHECK(text_bytes("😀") == "\x03\xBD\xB0\x03\x80\xBC\x03");  // D83D DE00
  CHECK(text_bytes(std::string(200, 'x')) == "\xC9\x01" + std::string(200, 'x'));
  CHECK(text_bytes("a\xFF") == text_bytes("a\uFFFD"));
}

TEST_CASE("Texts come back as they were", "[ak][value]") {
  for (const auto& text : {""s, "abc"s, "\0x"s, "é日😀z"s, std::string(100'000, 'q')}) {
    CHECK(text_of(text_bytes(text)) == text);
  }
  CHECK(text_of("\0"sv) == "null");
}

TEST_CASE("Halves of pairs become replacement characters", "[ak][value]") {
  CHECK(text_of("\x02\xBD\xB0\x03"sv) == "\uFFFD");
  CHECK(text_of("\x02\x80\xBC\x03"sv) == "\uFFFD");
  CHECK(text_of("\x04\xBD\xB0\x03\xBD\xB0\x03\x80\xBC\x03"sv) == "\uFFFD😀");
  CHECK(text_of("\x03\xBD\xB0\x03z"sv) == "\uFFFDz");
}

TEST_CASE("Texts that are not whole, or units that are none, are nothing", "[ak][value]") {
  for (const auto bytes : {""sv,
                           "\x80"sv,
                           "\x03z"sv,
                           "\x02\xE9"sv,
                           "\x02\xFF\xFF\xFF\x01"sv,
                           "\xFF\xFF\xFF\xFF\x0Fx"sv}) {
    Buffer room;
    bool null = false;
    CHECK_FALSE(Fields(bytes).text(room, null));
  }
}

TEST_CASE("Decimals are read at any length", "[ak][value]") {
  CHECK(std::isnan(decimal_of("\0\0\0\0\0\0\0\0"sv)));
  CHECK(decimal_of("\0\0\0\x01\0\0\0\x05"sv) == 0);
  CHECK(decimal_of("\0\0\0\x02\0\0\0\x01"sv) == 0.1);
  CHECK(decimal_of("\0\0\0\x03\xFF\xFF\xFF\xFE"sv) == 1000);
  CHECK(decimal_of("\0\0\0\x05\xFF\0\0\0\0"sv) == -1);
  CHECK(decimal_of("\0\0\0\x05\x80\0\0\0\x01"sv) == -12.8);
  CHECK(decimal_of("\0\0\0\x0E\x01\0\0\0\0\0\0\0\0\0\0\0\0\0"sv) == std::ldexp(1, 72));
  CHECK(decimal_of("\0\0\0\x0E\xFF\0\0\0\0\0\0\0\0\0\0\0\0\0"sv) == -std::ldexp(1, 72));
}

TEST_CASE("Decimals are written with the fewest digits", "[ak][value]") {
  const auto bytes = [](double value) {
    Buffer out;
    append_decimal(value, out);
    return std::string(out.view());
  };
  CHECK(bytes(0) == "\0\0\0\x01\0\0\0\0"s);
  CHECK(bytes(-0.0) == "\0\0\0\x01\0\0\0\0"s);
  CHECK(bytes(1) == "\0\0\0\x02\0\0\0\0"s);
  CHECK(bytes(10) == "\0\0\0\x03\0\0\0\0"s);
  CHECK(bytes(1.1) == "\0\0\0\x05\x0B\0\0\0\x01"s);
  CHECK(bytes(-1.28) == "\0\0\0\x05\x80\0\0\0\x02"s);
  CHECK(bytes(128) == "\0\0\0\x06\0\x80\0\0\0\0"s);
  for (const double value : {0.1,
                             -3.25e-300,
                             1e300,
                             5e-324,
                             123456.789,
                             -1e17,
                             9007199254740993.0,
                             std::numeric_limits<double>::max()}) {
    CHECK(decimal_of(bytes(value)) == value);
  }
}

TEST_CASE("Dates and times are counted from 1970 on, before it as well", "[ak][value]") {
  struct Case {
    ColumnType type;
    std::string text;
    std::int64_t milliseconds;
    std::int32_t nanoseconds;
  };
  for (const auto& [type, text, milliseconds, nanoseconds] :
       {Case{ColumnType::kDate, "1970-01-02", 86'400'000, 0},
        Case{ColumnType::kDate, "1969-12-31", -86'400'000, 0},
        Case{ColumnType::kDate, "9999-12-31", 253'402'214'400'000, 0},
        Case{ColumnType::kTime, "01:02:03", 3'723'000, 0},
        Case{ColumnType::kTimestamp, "1969-12-31 23:59:59.9", -100, 900'000'000},
        Case{ColumnType::kTimestamp, "2021-01-01 00:00:00.000000001", 1'609'459'200'000, 1},
        Case{ColumnType::kTimestamp, "2021-01-01 12:34:56.789", 1'609'504'496'789, 789'000'000}}) {
    CAPTURE(text);
    const auto instant = parse_instant(type, text);
    REQUIRE(instant);
    CHECK(instant->milliseconds == milliseconds);
    CHECK(instant->nanoseconds == nanoseconds);
    Buffer room;
    CHECK(print_instant(type, *instant, room) == text);
  }
  Buffer room;
  CHECK_FALSE(parse_instant(ColumnType::kDate, "2021-02-30"));
  CHECK_FALSE(print_instant(ColumnType::kDate, {.milliseconds = 400'000'000'000'000}, room));
  CHECK_FALSE(print_instant(ColumnType::kTimestamp, {.nanoseconds = 1'000'000'000}, room));
}

}  // namespace
}  // namespace alinktf::ak
