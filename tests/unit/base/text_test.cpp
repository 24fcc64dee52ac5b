#include "base/text.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace alinktf {
namespace {

const std::vector<std::string_view> kKeys = {"numWorkers", "numPSs", "name", "select"};

TEST_CASE("Quoting keeps readable text as it is", "[base][text]") {
  CHECK(quote("") == "''");
  CHECK(quote("two words") == "'two words'");
  CHECK(quote("Größe 表") == "'Größe 表'");
}

TEST_CASE("Quoting shows control characters as escapes", "[base][text]") {
  CHECK(quote("a\nb\tc\rd") == R"('a\nb\tc\rd')");
  CHECK(quote(std::string_view("\0\x1b\x7f", 3)) == R"('\x00\x1b\x7f')");
}

TEST_CASE("Quoting shows bytes that are not UTF-8 as escapes", "[base][text]") {
  CHECK(quote("\xff") == R"('\xff')");
  CHECK(quote("a\xc3") == R"('a\xc3')");                // cut off
  CHECK(quote("\xc3(") == R"('\xc3(')");                // not continued
  CHECK(quote("\xc0\xaf") == R"('\xc0\xaf')");          // overlong
  CHECK(quote("\xed\xa0\x80") == R"('\xed\xa0\x80')");  // half of a surrogate pair
}

TEST_CASE("Quoting cuts long text at a character", "[base][text]") {
  CHECK(quote(std::string(80, 'x')) == "'" + std::string(80, 'x') + "'");
  CHECK(quote(std::string(500, 'x')) == "'" + std::string(80, 'x') + "…'");
  std::string umlauts;
  for (int i = 0; i < 100; ++i) {
    umlauts += "ä";
  }
  CHECK(quote("x" + umlauts) == "'x" + umlauts.substr(0, 80) + "…'");
}

TEST_CASE("The nearest word is the one with the fewest edits", "[base][text]") {
  CHECK(nearest("numWorker", kKeys) == "numWorkers");
  CHECK(nearest("NUMPSS", kKeys) == "numPSs");
  CHECK(nearest("selct", kKeys) == "select");
}

TEST_CASE("A word that is far from all others has no nearest", "[base][text]") {
  CHECK(nearest("timeout", kKeys).empty());
  CHECK(nearest("x", kKeys).empty());
  CHECK(nearest("name", {}).empty());
}

TEST_CASE("A guess is offered only when there is one", "[base][text]") {
  CHECK(did_you_mean("nam", kKeys) == " (did you mean 'name'?)");
  CHECK(did_you_mean("timeout", kKeys).empty());
}

TEST_CASE("Lower case changes ASCII letters only", "[base][text]") {
  CHECK(to_lower("AbC-Ä1") == "abc-Ä1");
}

TEST_CASE("Trimming removes blanks at both ends only", "[base][text]") {
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim("a") == "a");
  CHECK(trim(" \n ").empty());
  CHECK(trim("").empty());
}

TEST_CASE("Comparing without case looks at every character", "[base][text]") {
  CHECK(equal_ignoring_case("Sepal_Length", "sepal_length"));
  CHECK_FALSE(equal_ignoring_case("col1", "col2"));
  CHECK_FALSE(equal_ignoring_case("col", "col1"));
}

TEST_CASE("A version has a major and a minor number, or 0", "[base][text]") {
  CHECK(version_numbers("2.15.1") == std::pair(2, 15));
  CHECK(version_numbers("3.11") == std::pair(3, 11));
  CHECK(version_numbers("2") == std::pair(2, 0));
  CHECK(version_numbers("2.x") == std::pair(2, 0));
  CHECK(version_numbers("") == std::pair(0, 0));
}

TEST_CASE("A text whose end is its beginning overlaps itself", "[base][text]") {
  for (const char* text : {"\n\n", "||", "aba", "\r\n\r"}) {
    CAPTURE(text);
    CHECK(overlaps_itself(text));
  }
  for (const char* text : {"", "\n", "\r\n", "ab", "____x"}) {
    CAPTURE(text);
    CHECK_FALSE(overlaps_itself(text));
  }
}

}  // namespace
}  // namespace alinktf
