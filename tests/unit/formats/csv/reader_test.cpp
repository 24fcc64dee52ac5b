#include "formats/csv/reader.hpp"

#include "unit/formats/csv/rows.hpp"

#include <catch2/catch.hpp>

namespace alinktf::csv {
namespace {

using Catch::Contains;

TEST_CASE("Every scalar type is read into its cell", "[csv][reader]") {
  const Rows rows = rows_of(
      "bo boolean, by byte, sh short, i int, l long, f float, d double, de decimal, s string, "
      "da date, ti time, ts timestamp",
      "TRUE,-128,32767,-2147483648,9223372036854775807,0.1,-1e-3,1.10,a b,2021-1-2,1:2:3,"
      "2021-1-2 3:4:5\n");
  CHECK(rows == Rows{{"1",
                      "-128",
                      "32767",
                      "-2147483648",
                      "9223372036854775807",
                      "0.10000000149011612",
                      "-0.001",
                      "'1.10",
                      "'a b",
                      "'2021-01-02",
                      "'01:02:03",
                      "'2021-01-02 03:04:05.0"}});
}

TEST_CASE("Decimals are exact wherever they stand in a row", "[csv][reader]") {
  const auto* const schema = "a decimal, b int, c decimal";
  CHECK(rows_of(schema, "1.10,1,-12.5\n1e3,2,.5\n0.0000001,3,+1\n\"2.50\",4,007\n") ==
        Rows{{"'1.10", "1", "'-12.5"},
             {"'1E+3", "2", "'0.5"},
             {"'1E-7", "3", "'1"},
             {"'2.50", "4", "'7"}});
  CHECK_THAT(failure_of(schema, "1,1,NaN\n"), Contains("column 'c' (DECIMAL): found 'NaN'"));
}

TEST_CASE("Known rows of Alinks own test are read as they were written", "[csv][reader]") {
  const Rows rows = rows_of("id long, s string",
                            "1,\"hello, world\"\n2,hello world\n3,\"hello \"\"world\"\"\"\n4,\n"
                            "5,\"\"\n6,\"\"\"\"\"\"\n");
  CHECK(rows == Rows{{"1", "'hello, world"},
                     {"2", "'hello world"},
                     {"3", "'hello \"world\""},
                     {"4", "null"},
                     {"5", "'"},
                     {"6", "'\"\""}});
}

TEST_CASE("Empty fields are null in every type", "[csv][reader]") {
  CHECK(rows_of("a boolean, b int, c double, d float, e string, f date, g decimal", ",,,,,,\n") ==
        Rows{{"null", "null", "null", "null", "null", "null", "null"}});
}

TEST_CASE("Blank and doubly quoted fields are null unless they are strings", "[csv][reader]") {
  CHECK(rows_of("a int, b double, c string, d string", " ,\"\", ,\"\"\n") ==
        Rows{{"null", "null", "' ", "'"}});
}

TEST_CASE("Quoted numbers are numbers", "[csv][reader]") {
  CHECK(rows_of("a int, b double, c boolean", "\"12\",\"1.5\",\"true\"\n") ==
        Rows{{"12", "1.5", "1"}});
}

TEST_CASE("Integers are checked against their own range", "[csv][reader]") {
  struct Case {
    const char* type;
    const char* text;
  };
  const auto [type, text] = GENERATE(Case{"byte", "128"},
                                     Case{"short", "-32769"},
                                     Case{"int", "2147483648"},
                                     Case{"long", "9223372036854775808"},
                                     Case{"long", "1.0"},
                                     Case{"long", "+1"});
  CAPTURE(type, text);
  CHECK_THAT(failure_of(std::string("v ") + type + ", w int", std::string(text) + ",1\n"),
             Contains(text) && Contains("expected a whole number"));
}

TEST_CASE("A bad field is named with source line column type and text", "[csv][reader]") {
  CHECK(failure_of("name string, age int", "a,1\n\"b\nc\",2\nd,abc\n") ==
        "t.csv: line 4, column 'age' (INT): found 'abc', expected a whole number from -2147483648 "
        "to 2147483647");
}

TEST_CASE("A bad field behind a quoted line break is named with its own line", "[csv][reader]") {
  CHECK_THAT(failure_of("s string, n int", "\"a\nb\nc\",x\n"), Contains("line 3, column 'n'"));
}

TEST_CASE("A day that does not exist is an error", "[csv][reader]") {
  CHECK_THAT(failure_of("d date", "2021-02-30\n"),
             Contains("found '2021-02-30', expected a date such as"));
}

TEST_CASE("Surplus fields are ignored and missing ones are an error", "[csv][reader]") {
  CHECK(rows_of("a int, b int", "1,2,3,\"x\ny\"\n4,5\n") == Rows{{"1", "2"}, {"4", "5"}});
  CHECK(failure_of("a int, b int, c int", "1,2,3\n4,5\n") ==
        "t.csv: line 2: found 2 fields, expected 3; column 'c' is missing");
}

TEST_CASE("Blank lines are skipped and counted as lines", "[csv][reader]") {
  CHECK(rows_of("a int", "\n1\n\n\r\n2\n\n") == Rows{{"1"}, {"2"}});
  CHECK_THAT(failure_of("a int", "\n\r\nx\n"), Contains("line 3"));
}

TEST_CASE("A lone carriage return is a row of nulls if blank lines are kept", "[csv][reader]") {
  Options options;
  options.skip_blank_line = false;
  CHECK(rows_of("a int, b string", "\n\r\n1,x\r\n", options) ==
        Rows{{"null", "null"}, {"1", "'x"}});
}

TEST_CASE("A carriage return before the line feed belongs to the line end", "[csv][reader]") {
  CHECK(rows_of("a int, s string", "1,x\r\n2,\"y\"\r\n3,\r\n4,a\rb\n") ==
        Rows{{"1", "'x"}, {"2", "'y"}, {"3", "null"}, {"4", "'a\rb"}});
  CHECK(rows_of("s string, d double", "x,1.5\r\ny,2.5\r\n") == Rows{{"'x", "1.5"}, {"'y", "2.5"}});
}

TEST_CASE("The last row needs no line end", "[csv][reader]") {
  CHECK(rows_of("a int, b double", "1,2.5\n3,4.5") == Rows{{"1", "2.5"}, {"3", "4.5"}});
  CHECK(rows_of("s string", "a\n\"b\"") == Rows{{"'a"}, {"'b"}});
}

TEST_CASE("A byte order mark is skipped", "[csv][reader]") {
  CHECK(rows_of("a int",
                "\xEF\xBB\xBF"
                "1\n") == Rows{{"1"}});
  CHECK(rows_of("a int",
                "\xEF\xBB\xBF"
                "1\n",
                {},
                1) == Rows{{"1"}});
}

TEST_CASE("An empty input has no rows", "[csv][reader]") {
  CHECK(rows_of("a int", "").empty());
  CHECK(rows_of("a int", "\n\n").empty());
}

TEST_CASE("The first line can be ignored", "[csv][reader]") {
  Options options;
  options.ignore_first_line = true;
  CHECK(rows_of("a int", "whatever,\"it\nis\"\n1\n", options) == Rows{{"1"}});
  CHECK(rows_of("a int", "", options).empty());
  const auto reader = take(open("a int", "x\ny\n", options));
  Rows rows;
  CHECK_THAT(failure(read_all(*reader, rows), ErrorCode::kInput), Contains("line 2"));
}

TEST_CASE("A header with the names of the schema is skipped", "[csv][reader]") {
  Options options;
  options.header = true;
  CHECK(rows_of("id int, name string", "ID ,\"name\"\r\n1,x\n", options) == Rows{{"1", "'x"}});
  options.ignore_first_line = true;
  CHECK(rows_of("id int, name string", "id,name\n1,x\n", options) == Rows{{"1", "'x"}});
}

TEST_CASE("A header with other names is an error that shows both", "[csv][reader]") {
  Options options;
  options.header = true;
  const char* const text = GENERATE("name,id\n1,x\n", "id\n", "id,name,age\n", "id,nam\n", "");
  CAPTURE(text);
  const std::string message =
      failure(open("id int, name string", text, options), ErrorCode::kInput);
  CHECK_THAT(message, Contains("t.csv: line 1: found the header") && Contains("'id,name'"));
}

TEST_CASE("An unbalanced quote is an error that names the line it begins in", "[csv][reader]") {
  CHECK(failure_of("a int, s string", "1,x\n2,\"y\n3,z\n") ==
        "t.csv: line 2, column 's' (STRING): the quote that begins here is not closed");
  CHECK_THAT(failure_of("a int", "1,2\n3,\"x\n"), Contains("line 2") && Contains("not closed"));
}

TEST_CASE("Rows before a bad one are delivered and the reader stays failed", "[csv][reader]") {
  const auto reader = take(open("a int", "1\n2\nx\n3\n"));
  table::RowBlock block(1);
  take(reader->read(block));
  CHECK(show(*reader, block) == Rows{{"1"}, {"2"}});
  CHECK_FALSE(reader->read(block).ok());
  CHECK(block.rows() == 0);
  CHECK_FALSE(reader->read(block).ok());
  CHECK(reader->rows_read() == 2);
}

TEST_CASE("Bad rows are given away with place reason and text", "[csv][reader]") {
  BadRows bad;
  Options options;
  options.bad_rows = &bad;
  const auto reader =
      take(open("a int, s string", "1,a\nx,\"b\"\"\"\r\n\n2\n3,\"c\"\n4,\"d\n5,e\n", options));
  Rows rows;
  take(read_all(*reader, rows));
  CHECK(rows == Rows{{"1", "'a"}, {"3", "'c"}, {"5", "'e"}});
  CHECK(bad.rows == std::vector<std::string>{"2: x,\"b\"\"\"", "4: 2", "6: 4,\"d"});
  CHECK(bad.reasons[1] == "t.csv: line 4: found 1 fields, expected 2; column 's' is missing");
  CHECK(bad.sources == std::vector<std::string>(3, "t.csv"));
  CHECK(reader->rows_read() == 3);
  CHECK(reader->skipped() == 3);
}

TEST_CASE("The text of a bad row is as it stands in the file", "[csv][reader]") {
  BadRows bad;
  Options options;
  options.bad_rows = &bad;
  CHECK(rows_of("s string, a int", "\"q\"\"r\",x\n\"s\"\"t\",1\n", options) ==
        Rows{{"'s\"t", "1"}});
  CHECK(bad.rows == std::vector<std::string>{"1: \"q\"\"r\",x"});
}

/// Fails at the second row.
class OneBadRow final : public table::BadRowTaker {
 public:
  Result<void> take(const table::BadRow& /*row*/) override {
    return ++count_ == 1 ? Result<void>() : Error(ErrorCode::kInput, "too many");
  }

 private:
  int count_ = 0;
};

TEST_CASE("An error of the taker of bad rows ends the reading", "[csv][reader]") {
  OneBadRow taker;
  Options options;
  options.bad_rows = &taker;
  CHECK(failure_of("a int", "x\ny\n1\n", options) == "too many");
}

TEST_CASE("Delimiters and quote can be chosen", "[csv][reader]") {
  Options options;
  options.field_delimiter = "::";
  options.row_delimiter = "|";
  options.quote_char = '\'';
  CHECK(rows_of("a int, s string, d double", "1::'x::|''y'::2.5|2::\"z\n::3|", options) ==
        Rows{{"1", "'x::|'y", "2.5"}, {"2", "'\"z\n", "3.0"}});
}

TEST_CASE("Delimiters that occur in numbers work", "[csv][reader]") {
  Options options;
  options.field_delimiter = "-";
  CHECK(rows_of("a int, b double", "1-2.5\n", options) == Rows{{"1", "2.5"}});
  options.field_delimiter = "e";
  CHECK(rows_of("a double, b int", "1.5e3\n", options) == Rows{{"1.5", "3"}});
}

TEST_CASE("Without a quote character quotes are text", "[csv][reader]") {
  Options options;
  options.quote_char = std::nullopt;
  CHECK(rows_of("a string, b string", "\"x,y\"\n\"\",\"\n", options) ==
        Rows{{"'\"x", "'y\""}, {"'\"\"", "'\""}});
}

TEST_CASE("Delimiters that make no sense are refused", "[csv][reader]") {
  Options empty;
  empty.field_delimiter = "";
  CHECK_FALSE(open("a int", "", empty).ok());
  Options quote;
  quote.field_delimiter = "\"";
  CHECK_FALSE(open("a int", "", quote).ok());
  Options same;
  same.field_delimiter = "\n";
  CHECK_FALSE(open("a int", "", same).ok());
}

TEST_CASE("NUL bytes are ordinary text", "[csv][reader]") {
  const std::string nul(1, '\0');
  CHECK(rows_of("s string, t string", nul + "," + nul + "x\n") ==
        Rows{{"'" + nul, "'" + nul + "x"}});
}

TEST_CASE("A row delimiter that overlaps itself is refused", "[csv][reader]") {
  Options options;
  options.row_delimiter = "\n\n";
  CHECK_THAT(failure(Reader::open(std::make_unique<StringSource>("a,1\n\nb,2\n"),
                                  take(table::parse_schema("a string, b long")),
                                  options),
                     ErrorCode::kSpec),
             Catch::Contains("rowDelimiter"));
}

}  // namespace
}  // namespace alinktf::csv
