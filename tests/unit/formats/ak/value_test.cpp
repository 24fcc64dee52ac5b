#include "formats/ak/value.hpp"

#include <catch2/catch.hpp>

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

std::string decimal_of(std::string_view bytes) {
  Buffer room;
  bool null = false;
  Fields fields(bytes);
  const auto value = fields.decimal(room, null);
  REQUIRE(value);
  CHECK(fields.empty());
  return null ? "null" : std::string(*value);
}

std::string decimal_bytes(std::string_view text) {
  Buffer out;
  REQUIRE(append_decimal(text, out));
  return std::string(out.view());
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

TEST_CASE("Decimals are read and written at any length", "[ak][value]") {
  struct Case {
    std::string text;
    std::string bytes;
  };
  for (const auto& [text, bytes] :
       {Case{"0.00000", "\0\0\0\x01\0\0\0\x05"s},
        Case{"0.1", "\0\0\0\x02\0\0\0\x01"s},
        Case{"1.0E+3", "\0\0\0\x03\xFF\xFF\xFF\xFE"s},
        Case{"-1", "\0\0\0\x05\xFF\0\0\0\0"s},
        Case{"-12.8", "\0\0\0\x05\x80\0\0\0\x01"s},
        Case{"12.8", "\0\0\0\x06\0\x80\0\0\0\x01"s},
        Case{"255", "\0\0\0\x06\0\xFF\0\0\0\0"s},
        Case{"-256", "\0\0\0\x06\xFF\0\0\0\0\0"s},
        Case{"1E-7", "\0\0\0\x02\0\0\0\x07"s},
        Case{"4722366482869645213696", "\0\0\0\x0E\x01\0\0\0\0\0\0\0\0\0\0\0\0\0"s},
        Case{"-12345678901234567890123", ""}}) {
    CAPTURE(text);
    if (text.front() != '-' || text.size() < 20) {
      CHECK(decimal_of(bytes) == text);
      CHECK(decimal_bytes(text) == bytes);
    }
    CHECK(decimal_of(decimal_bytes(text)) == text);
  }
  CHECK(decimal_of("\0\0\0\0"sv) == "null");
  const std::string digits(9'800, '7');
  CHECK((decimal_of(decimal_bytes(digits)) == digits));
  Buffer out;
  CHECK_FALSE(append_decimal(digits + "1", out));
  CHECK(out.empty());
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
