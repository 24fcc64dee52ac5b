#include "sink/text_width.hpp"

#include <catch2/catch.hpp>

namespace alinktf::sink {
namespace {

TEST_CASE("Widths are counted as a terminal does", "[sink][text_width]") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("äöü€") == 4);
  CHECK(display_width("漢字かなハングル한") == 18);
  CHECK(display_width("ｗｉｄｅ") == 8);
  CHECK(display_width("\U0001F600") == 2);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("a\u200Db") == 2);
}

TEST_CASE("A head never cuts a character or takes half of a wide one", "[sink][text_width]") {
  CHECK(head("abc", 2) == "ab");
  CHECK(head("abc", 5) == "abc");
  CHECK(head("漢字", 3) == "漢");
  CHECK(head("äb", 1) == "ä");
  CHECK(head("e\u0301x", 1) == "e\u0301");
  CHECK(head("漢", 1).empty());
}

TEST_CASE("Nothing printable can command a terminal", "[sink][text_width]") {
  CHECK(printable("a\tb\x1B[1m\x7F") == "a b [1m ");
  CHECK(printable("a\u009Bm\u2028") == "a m ");
  CHECK(printable("ä漢\U0001F600") == "ä漢\U0001F600");
}

TEST_CASE("Bytes that are not UTF-8 are replaced one by one", "[sink][text_width]") {
  CHECK(printable("\xFF") == "\uFFFD");
  CHECK(printable("\xC3") == "\uFFFD");                                // ends early
  CHECK(printable("\xC0\x80") == "\uFFFD\uFFFD");                      // overlong
  CHECK(printable("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");            // surrogate
  CHECK(printable("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond Unicode
  CHECK(printable("\xE6\xBCx") == "\uFFFD\uFFFDx");
}

}  // namespace
}  // namespace alinktf::sink
