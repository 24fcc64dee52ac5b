#include "formats/csv/scanner.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::csv {
namespace {

Field scan(std::string_view text, const Options& options = {}, bool is_last = false) {
  return Scanner(options).field(text.data(), text.data() + text.size(), is_last);
}

TEST_CASE("find_either finds the first of two bytes at every offset", "[csv][scanner]") {
  for (std::size_t at = 0; at < 40; ++at) {
    for (std::size_t behind = 0; behind < 20; ++behind) {
      const std::string text =
          std::string(at, '\x80') + (at % 2 == 0 ? '\n' : ',') + std::string(behind, ',');
      CAPTURE(at, behind);
      CHECK(find_either(text.data(), text.data() + text.size(), ',', '\n') == text.data() + at);
    }
  }
  const std::string none(37, '-');
  CHECK(find_either(none.data(), none.data() + none.size(), ',', '\n') ==
        none.data() + none.size());
}

TEST_CASE("A field ends at the delimiter or with the row", "[csv][scanner]") {
  const Field first = scan("ab,c\n");
  CHECK(first.text == "ab");
  CHECK(first.end == FieldEnd::kField);
  CHECK(*first.next == 'c');
  const Field last = scan("c\r\nx");
  CHECK(last.text == "c");
  CHECK(last.end == FieldEnd::kRow);
  CHECK(*last.next == 'x');
}

TEST_CASE("Quotes count only at the start of a field", "[csv][scanner]") {
  CHECK(scan("a\"b,\"\n").text == "a\"b");
  CHECK(scan(" \"a,b\"\n").text == " \"a");
  const Field quoted = scan("\"a,\"\"\nb\",c\n");
  CHECK(quoted.quoted);
  CHECK(quoted.text == "\"a,\"\"\nb\"");
  CHECK(quoted.line_breaks == 1);
  CHECK(scan("\"a,\"x,c\n").text == "\"a,\"x");
}

TEST_CASE("Quotes over several lines must be followed by a delimiter", "[csv][scanner]") {
  const std::string text = "\"a\nb\nc\"x,d\n";
  const Field stray = scan(text);
  CHECK(stray.end == FieldEnd::kStray);
  CHECK(stray.line_breaks == 2);
  CHECK(std::string_view(stray.next).starts_with("b\n"));
  CHECK(scan("\"a\nb\"\r\n").end == FieldEnd::kRow);
  CHECK(scan("\"a\nb\"\r").end == FieldEnd::kMore);
  CHECK(scan("\"a\nb\"x", {}, true).end == FieldEnd::kStray);
}

TEST_CASE("Quotes of more bytes than are allowed are not closed", "[csv][scanner]") {
  class Taker final : public table::BadRowTaker {
    Result<void> take(const table::BadRow& /*row*/) override { return {}; }
  } taker;
  Options options;
  options.bad_rows = &taker;
  options.max_quoted_bytes = 5;
  CHECK(scan("\"1234\",\n", options).end == FieldEnd::kField);
  CHECK(scan("\"12345\"", options).end == FieldEnd::kMore);
  CHECK(scan("\"12345\",\n", options).end == FieldEnd::kUnbalanced);
  CHECK(scan("\"1\n345", options).end == FieldEnd::kUnbalanced);
  CHECK(scan("\"12345", options).end == FieldEnd::kMore);
  CHECK(scan("\"\"\"12\",\n", options).end == FieldEnd::kField);
}

TEST_CASE("A field whose end is not there yet asks for more", "[csv][scanner]") {
  CHECK(scan("abc").end == FieldEnd::kMore);
  CHECK(scan("\"abc").end == FieldEnd::kMore);
  CHECK(scan("\"abc\"").end == FieldEnd::kMore);
  CHECK(scan("\"abc\n", {}, true).end == FieldEnd::kUnbalanced);
}

TEST_CASE("Delimiters may have several characters", "[csv][scanner]") {
  Options options;
  options.field_delimiter = "||";
  options.row_delimiter = "|\n";
  const Field first = scan("a|b||c|\n", options);
  CHECK(first.text == "a|b");
  CHECK(first.end == FieldEnd::kField);
  const Field last = scan("c\r|\n", options);
  CHECK(last.text == "c\r");
  CHECK(last.end == FieldEnd::kRow);
}

TEST_CASE("The end of a row is found however its bytes arrive", "[csv][scanner]") {
  const Scanner scanner{Options{}};
  const std::string row = "a,\"b\n\"\"c\",d\"e\nnext";
  const std::size_t end = row.find("\nnext") + 1;
  RowProgress progress;
  for (std::size_t there = 0; there < end; ++there) {
    CAPTURE(there);
    CHECK_FALSE(scanner.has_row_end(row.data(), row.data() + there, progress));
  }
  CHECK(scanner.has_row_end(row.data(), row.data() + end, progress));
}

TEST_CASE("The end of a row is found with longer delimiters too", "[csv][scanner]") {
  Options options;
  options.field_delimiter = "--";
  options.row_delimiter = ";\r\n";
  const Scanner scanner(options);
  const std::string row = "a--\"b;\r\n\"--c-d;\r;\r\n";
  RowProgress progress;
  for (std::size_t there = 0; there < row.size(); ++there) {
    CAPTURE(there);
    CHECK_FALSE(scanner.has_row_end(row.data(), row.data() + there, progress));
  }
  CHECK(scanner.has_row_end(row.data(), row.data() + row.size(), progress));
}

}  // namespace
}  // namespace alinktf::csv
