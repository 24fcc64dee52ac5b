#include "formats/text_form/temporal.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::text_form {
namespace {

template <typename Parse>
std::string canonical(Parse parse, std::string_view text) {
  TemporalText room{};
  return std::string(parse(text, room).value_or("none"));
}

TEST_CASE("Dates get two digits for month and day", "[text_form][temporal]") {
  CHECK(canonical(parse_date, "2021-01-31") == "2021-01-31");
  CHECK(canonical(parse_date, "2021-1-2") == "2021-01-02");
  CHECK(canonical(parse_date, "2000-02-29") == "2000-02-29");
}

TEST_CASE("Days that the calendar does not have are refused", "[text_form][temporal]") {
  for (const char* text : {"2021-02-30",
                           "2021-02-29",
                           "1900-02-29",
                           "2021-13-01",
                           "2021-00-01",
                           "2021-04-31",
                           "2021-01-00",
                           "21-01-01",
                           "02021-01-01",
                           "2021-01-001",
                           "2021/01/01",
                           "2021-01",
                           "2021-01-01 ",
                           " 2021-01-01",
                           "2021-01-01x",
                           ""}) {
    CAPTURE(text);
    CHECK(canonical(parse_date, text) == "none");
  }
}

TEST_CASE("Times get two digits for each part and wrap nothing", "[text_form][temporal]") {
  CHECK(canonical(parse_time, "1:2:3") == "01:02:03");
  CHECK(canonical(parse_time, "23:59:59") == "23:59:59");
  for (const char* text :
       {"25:00:00", "24:00:00", "00:60:00", "00:00:60", "12:34", "12:34:56.5", "-1:00:00", ""}) {
    CAPTURE(text);
    CHECK(canonical(parse_time, text) == "none");
  }
}

TEST_CASE("Timestamps get the fraction that Java prints", "[text_form][temporal]") {
  CHECK(canonical(parse_timestamp, "2021-01-01 00:00:00") == "2021-01-01 00:00:00.0");
  CHECK(canonical(parse_timestamp, "2021-1-2 3:4:5") == "2021-01-02 03:04:05.0");
  CHECK(canonical(parse_timestamp, "2021-01-01 00:00:00.10") == "2021-01-01 00:00:00.1");
  CHECK(canonical(parse_timestamp, "2021-01-01 12:34:56.123456789") ==
        "2021-01-01 12:34:56.123456789");
  for (const char* text : {"2021-01-01",
                           "2021-01-01T00:00:00",
                           "2021-01-01 00:00:00.",
                           "2021-01-01 00:00:00.1234567891",
                           "2021-01-01 00:00:00.a",
                           "2021-01-01  00:00:00",
                           "2021-02-30 00:00:00"}) {
    CAPTURE(text);
    CHECK(canonical(parse_timestamp, text) == "none");
  }
}

TEST_CASE("A canonical text is returned as it stands", "[text_form][temporal]") {
  TemporalText room{};
  const std::string_view text = "2021-01-31";
  CHECK(parse_date(text, room)->data() == text.data());
  CHECK(parse_date("2021-1-31", room)->data() == room.data());
}

}  // namespace
}  // namespace alinktf::text_form
