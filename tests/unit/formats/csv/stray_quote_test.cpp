// What a quote costs that stands where none should.
#include "formats/csv/reader.hpp"
#include "unit/formats/csv/rows.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace alinktf::csv {
namespace {

struct Outcome {
  Rows rows;
  std::vector<std::string> bad;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// The rows of `text` and its bad ones, the same whether it arrives whole or byte by byte.
Outcome read(const std::string& schema, const std::string& text, std::size_t most = 1000) {
  const auto once = [&](std::size_t step) {
    BadRows bad;
    Options options;
    options.bad_rows = &bad;
    options.max_quoted_bytes = most;
    Outcome outcome;
    outcome.rows = rows_of(schema, text, options, step);
    outcome.bad = bad.rows;
    return outcome;
  };
  const Outcome whole = once(std::string::npos);
  const Outcome piecewise = once(1);
  CHECK(piecewise.rows == whole.rows);
  CHECK(piecewise.bad == whole.bad);
  return whole;
}

TEST_CASE("An unclosed quote costs its own line only", "[csv][stray_quote]") {
  // Alink reads the two rows before the quote of such a file and drops all that comes behind it,
  // because to it the quote is open to the end of the file.
  const Outcome outcome = read("i int, s string", "1,a\n2,b\n3,\"c\n4,d\n5,e\n6,f\n7,g\n");
  CHECK(outcome.rows ==
        Rows{{"1", "'a"}, {"2", "'b"}, {"4", "'d"}, {"5", "'e"}, {"6", "'f"}, {"7", "'g"}});
  CHECK(outcome.bad == std::vector<std::string>{"3: 3,\"c"});
}

TEST_CASE("Two stray quotes in different lines cost their own lines only", "[csv][stray_quote]") {
  const Outcome outcome = read("i int, s string", "1,\"a\n2,b\n3,\"c\n4,\"d\ne\"\n5,f\n");
  CHECK(outcome.rows == Rows{{"2", "'b"}, {"4", "'d\ne"}, {"5", "'f"}});
  CHECK(outcome.bad == std::vector<std::string>{"1: 1,\"a", "3: 3,\"c"});
}

TEST_CASE("Two stray quotes that look like a pair cannot be told from a field",
          "[csv][stray_quote]") {
  const Outcome outcome =
      read("s string, i int, t string", "\"a,1,x\nb,2,y\nc,3,z\nd\",4,w\ne,5,v\n");
  CHECK(outcome.rows == Rows{{"'a,1,x\nb,2,y\nc,3,z\nd", "4", "'w"}, {"'e", "5", "'v"}});
}

TEST_CASE("The lines of a bad row are read on their own", "[csv][stray_quote]") {
  const Outcome outcome =
      read("s string, i int", "\"a,1\nb,2\n\nc,\"x\nd,4\",5\ne,6\n\"p\nq\",7\n");
  CHECK(outcome.rows == Rows{{"'b", "2"}, {"'e", "6"}, {"'p\nq", "7"}});
  CHECK(outcome.bad == std::vector<std::string>{"1: \"a,1", "4: c,\"x", "5: d,4\",5"});
}

TEST_CASE("A row with too few fields gives its other lines back", "[csv][stray_quote]") {
  const Outcome outcome = read("i int, s string, j int", "1,\"a,2\n3,b,4\n5,c,6\"\n7,d,8\n");
  CHECK(outcome.rows == Rows{{"3", "'b", "4"}, {"7", "'d", "8"}});
  CHECK(outcome.bad == std::vector<std::string>{"1: 1,\"a,2", "3: 5,c,6\""});
}

TEST_CASE("A quote behind fields with line breaks costs the lines up to its own",
          "[csv][stray_quote]") {
  const Outcome outcome =
      read("s string, i int, t string", "\"a\nb,1,c\n\",2,\"d\ne,3,f\ng,4,\"h\n");
  CHECK(outcome.rows == Rows{{"'b", "1", "'c"}, {"'e", "3", "'f"}});
  CHECK(outcome.bad == std::vector<std::string>{"1: \"a", "3: \",2,\"d", "5: g,4,\"h"});
}

TEST_CASE("A quoted field may be as long as allowed and no longer", "[csv][stray_quote]") {
  const Outcome fits = read("i int, s string", "1,\"a\n2,b\"\n3,c\n", 8);
  CHECK(fits.rows == Rows{{"1", "'a\n2,b"}, {"3", "'c"}});
  const Outcome longer = read("i int, s string", "1,\"a\n2,b\"\n3,c\n", 5);
  CHECK(longer.rows == Rows{{"2", "'b\""}, {"3", "'c"}});
  CHECK(longer.bad == std::vector<std::string>{"1: 1,\"a"});
}

TEST_CASE("A stray quote does not make the reader hold the rest of a large file",
          "[csv][stray_quote]") {
  std::string text = "0,\"x\n";
  for (int i = 1; i <= 200'000; ++i) {
    text += fmt::format("{},y\n", i);
  }
  BadRows bad;
  Options options;
  options.bad_rows = &bad;
  options.max_quoted_bytes = 100'000;
  const Rows rows = rows_of("i int, s string", text, options);
  CHECK(rows.size() == 200'000);
  CHECK(bad.rows == std::vector<std::string>{"1: 0,\"x"});
}

TEST_CASE("Many stray quotes take time in proportion to the text", "[csv][stray_quote]") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    text += "q\",z,\"b\n";
  }
  const Outcome outcome = read("i int, s string", text, std::size_t{16} << 20U);
  CHECK(outcome.rows.empty());
  CHECK(outcome.bad.size() == 100'000);
}

TEST_CASE("Stray quotes are errors that name both lines", "[csv][stray_quote]") {
  CHECK(failure_of("i int, s string, t string", "1,a,b\n2,\"x,y\n3,c,d\n4,\"e,f\n") ==
        "t.csv: line 2, column 's' (STRING): the quote that begins here ends in line 4; found "
        "'e,f' behind it, expected a delimiter");
  CHECK(failure_of("i int", "1,\"x\n2\"y\n") ==
        "t.csv: line 1, behind the last column: the quote that begins here ends in line 2; found "
        "'y' behind it, expected a delimiter");
}

TEST_CASE("Text behind a closing quote in the same line is kept", "[csv][stray_quote]") {
  CHECK(rows_of("s string, t string", "\"a\"x,\"b\" \n") == Rows{{"'a\"x", "'b\" "}});
}

TEST_CASE("A first line that is ignored costs one line whatever quotes it has",
          "[csv][stray_quote]") {
  BadRows bad;
  Options options;
  options.bad_rows = &bad;
  options.ignore_first_line = true;
  CHECK(rows_of("i int, s string", "id,\"name\n1,a\n2,b\n", options) ==
        Rows{{"1", "'a"}, {"2", "'b"}});
  CHECK(bad.rows.empty());
}

}  // namespace
}  // namespace alinktf::csv
