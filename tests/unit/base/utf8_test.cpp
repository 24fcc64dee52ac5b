#include "base/utf8.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf {
namespace {

TEST_CASE("Characters of every length are UTF-8", "[base][utf8]") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("Größe"));
  CHECK(is_utf8("plain, then €, then \xF0\x9F\x98\x80"));
  CHECK(utf8_sequence("a") == 1);
  CHECK(utf8_sequence("ö!") == 2);
  CHECK(utf8_sequence("€!") == 3);
  CHECK(utf8_sequence("\xF0\x9F\x98\x80!") == 4);
}

TEST_CASE("What RFC 3629 forbids is no UTF-8", "[base][utf8]") {
  const std::string text = GENERATE("\xFF",
                                    "\x80",
                                    "\xC3",              // cut off
                                    "\xC3(",             // not continued
                                    "\xC0\xAF",          // overlong
                                    "\xE0\x80\x80",      // overlong
                                    "\xF0\x8F\xBF\xBF",  // overlong
                                    "\xED\xA0\x80",      // half of a surrogate pair
                                    "\xF4\x90\x80\x80",  // beyond U+10FFFF
                                    "\xF5\x80\x80\x80");
  CAPTURE(text);
  CHECK(utf8_sequence(text) == 0);
  CHECK_FALSE(is_utf8(text));
  CHECK(utf8_prefix("twelve bytes" + text) == 12);
}

TEST_CASE("Repairing puts U+FFFD where the bytes are none of UTF-8", "[base][utf8]") {
  CHECK(repaired_utf8("a\xFFö") == "a\xEF\xBF\xBDö");
  CHECK(repaired_utf8("\xE2\x82") == "\xEF\xBF\xBD");  // what was begun is one
  CHECK(repaired_utf8("ö") == "ö");
}

}  // namespace
}  // namespace alinktf
