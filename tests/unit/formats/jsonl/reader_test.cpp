#include "formats/jsonl/reader.hpp"

#include "unit/formats/jsonl/rows.hpp"

#include <catch2/catch.hpp>

namespace alinktf::jsonl {
namespace {

using Catch::Contains;
using Catch::EndsWith;

TEST_CASE("Every scalar type is read into its cell", "[jsonl][reader]") {
  const Rows rows = rows_of(
      "bo boolean, by byte, sh short, i int, l long, f float, d double, de decimal, s string, "
      "da date, ti time, ts timestamp, bin varbinary",
      R"({"bo":true,"by":-128,"sh":32767,"i":-2147483648,"l":9223372036854775807,"f":0.1,"d":-1e-3,)"
      R"("de":1.10,"s":"a b","da":"2021-1-2","ti":"1:2:3","ts":"2021-1-2 3:4:5","bin":"AP8="})"
      "\n");
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
                      "'2021-01-02 03:04:05.0",
                      std::string("'\0\xFF", 3)}});
}

TEST_CASE("Keys are found in any order and with blanks around them", "[jsonl][reader]") {
  CHECK(rows_of("a int, b int",
                "{\"a\":1,\"b\":2}\n{\"b\":4, \"a\": 3}\r\n \t{ \"a\" : 5 , \"b\" : 6 } \r\n") ==
        Rows{{"1", "2"}, {"3", "4"}, {"5", "6"}});
}

TEST_CASE("Absent keys and nulls are null cells", "[jsonl][reader]") {
  CHECK(rows_of("a int, b string, c vector",
                "{\"a\":1}\n{\"b\":null,\"a\":null,\"c\":null}\n{}\n{\"b\":\"x\"}\n") ==
        Rows{{"1", "null", "null"},
             {"null", "null", "null"},
             {"null", "null", "null"},
             {"null", "'x", "null"}});
}

TEST_CASE("Keys of no column are ignored whatever their values are", "[jsonl][reader]") {
  CHECK(rows_of("a int",
                R"({"x":{"a":[1,{"a":"}\""}],"y":NaN},"a":1,"z":[[],-Infinity,true,null,1.5e3]})"
                "\n"
                R"({"z":"é","a":2,"x":{}})") == Rows{{"1"}, {"2"}});
}

TEST_CASE("A line may have more other keys than are remembered", "[jsonl][reader]") {
  std::string text;
  Rows expected;
  for (int i = 0; i < 5000; ++i) {
    text += fmt::format("{{\"user {}\":0,\"a\":{},\"B\":1}}\n", i, i);
    expected.push_back({std::to_string(i), "1"});
  }
  CHECK(rows_of("a int, b int", text) == expected);
}

TEST_CASE("Keys are matched by their very name first and then without case", "[jsonl][reader]") {
  CHECK(rows_of("Id int", "{\"ID\":1}\n{\"id\":2}\n{\"Id\":3}\n") == Rows{{"1"}, {"2"}, {"3"}});
  CHECK(rows_of("Id int", "{\"ID\":1,\"Id\":2}\n{\"Id\":3,\"ID\":4}\n") == Rows{{"2"}, {"3"}});
}

TEST_CASE("Keys may be written with escapes", "[jsonl][reader]") {
  CHECK(rows_of("ab int", "{\"\\u0061b\":1}\n{\"ab\":2}\n") == Rows{{"1"}, {"2"}});
}

TEST_CASE("A columns key that stands twice is an error", "[jsonl][reader]") {
  const auto* const keys =
      GENERATE(R"({"a":1,"a":1})", R"({"A":1,"A":1})", R"({"A":1,"a":null,"a":1})");
  CHECK(failure_of("a int", keys) ==
        "t.jsonl: line 1, column 'a' (INT): found the key twice, expected it once");
}

TEST_CASE("Blank lines and a byte order mark are skipped", "[jsonl][reader]") {
  CHECK(rows_of("a int", "\xEF\xBB\xBF{\"a\":1}\n\n \t\r\n{\"a\":2}\n\n") == Rows{{"1"}, {"2"}});
  CHECK(rows_of("a int", "\xEF\xBB\xBF{\"a\":1}", 1) == Rows{{"1"}});
  CHECK(rows_of("a int", "").empty());
  CHECK(rows_of("a int", "\xEF\xBB\xBF\n\n").empty());
}

TEST_CASE("A boolean may be a number", "[jsonl][reader]") {
  CHECK(cell_of("boolean", "true") == "1");
  CHECK(cell_of("boolean", "false") == "0");
  CHECK(cell_of("boolean", "1") == "1");
  CHECK(cell_of("boolean", "0") == "0");
  const auto* const bad = GENERATE("2", "1.0", "\"true\"", "10", "00", "True");
  CHECK_THAT(cell_failure("boolean", bad), Contains("line 1") && Contains("found"));
}

TEST_CASE("Integers are whole numbers in range", "[jsonl][reader]") {
  CHECK(cell_of("long", "-0") == "0");
  CHECK(cell_of("long", "-9223372036854775808") == "-9223372036854775808");
  struct Case {
    const char* type;
    const char* text;
  };
  const auto [type, text] = GENERATE(Case{"byte", "128"},
                                     Case{"short", "-32769"},
                                     Case{"int", "2147483648"},
                                     Case{"long", "9223372036854775808"},
                                     Case{"long", "1e3"},
                                     Case{"int", "\"1\""},
                                     Case{"int", "true"},
                                     Case{"int", "NaN"},
                                     Case{"int", "[1]"});
  CAPTURE(type, text);
  CHECK_THAT(cell_failure(type, text),
             Contains(fmt::format("found '{}', expected a whole number from -", text)));
}

TEST_CASE("What keeps a value from its column says how to mend it", "[jsonl][reader]") {
  CHECK(cell_failure("byte", "1.0") ==
        "t.jsonl: line 1, column 'v' (TINYINT): found '1.0', expected a whole number from -128 to "
        "127; write it without fraction and exponent, or make the column a DOUBLE");
  CHECK_THAT(cell_failure("int", "\"1\""),
             EndsWith("2147483647; remove the quotes, or make the column a STRING"));
  CHECK(cell_failure("double", "\"1.5\"") ==
        "t.jsonl: line 1, column 'v' (DOUBLE): found '\"1.5\"', expected a number such as 1.5 or "
        "-2e-3; remove the quotes, or make the column a STRING");
  CHECK(cell_failure("string", "1.5") ==
        "t.jsonl: line 1, column 'v' (STRING): found '1.5', expected a text between quotes; put it "
        "between quotes, or change the column's type");
}

TEST_CASE("Reals are any number of JSON", "[jsonl][reader]") {
  struct Case {
    const char* text;
    const char* value;
  };
  const auto [text, value] = GENERATE(Case{"0", "0"},
                                      Case{"-0.0", "-0"},
                                      Case{"17", "17"},
                                      Case{"1E+2", "100"},
                                      Case{"0.1e-2", "0.001"},
                                      Case{"12345678901234567890123", "1.2345678901234568e+22"},
                                      Case{"4.9e-324", "5e-324"},
                                      Case{"1e999", "inf"},
                                      Case{"NaN", "nan"},
                                      Case{"\"NaN\"", "nan"},
                                      Case{"Infinity", "inf"},
                                      Case{"\"Infinity\"", "inf"},
                                      Case{"-Infinity", "-inf"},
                                      Case{"\"-Infinity\"", "-inf"});
  CAPTURE(text);
  CHECK(cell_of("double", text) == value);
}

TEST_CASE("Numbers that JSON does not know are refused", "[jsonl][reader]") {
  const auto* const text = GENERATE(
      "01", "-01", "1.", "1.e3", ".5", "+1", "1e", "1e+", "-", "0x10", "1d", "1_0", "inf", "nan");
  CAPTURE(text);
  CHECK_THAT(cell_failure("double", text), Contains("line 1, byte"));
  CHECK_THAT(cell_failure("long", text), Contains("line 1, byte"));
  CHECK_THAT(failure_of("a int", fmt::format("{{\"x\":{}}}\n", text)), Contains("line 1, byte"));
}

TEST_CASE("Decimals are exact", "[jsonl][reader]") {
  CHECK(cell_of("decimal", "1.10") == "'1.10");
  CHECK(cell_of("decimal", "-5") == "'-5");
  CHECK(cell_of("decimal", "1e3") == "'1E+3");
  CHECK(cell_of("decimal", "0.0000001") == "'1E-7");
  CHECK(cell_of("decimal", "12345678901234567890.1234567890") ==
        "'12345678901234567890.1234567890");
  CHECK_THAT(cell_failure("decimal", "1e9999999999"), Contains("found '1e9999999999', expected"));
  CHECK_THAT(cell_failure("decimal", "NaN"), Contains("expected a number such as"));
  CHECK_THAT(cell_failure("decimal", "01"), Contains("line 1, byte"));
}

TEST_CASE("Decimals may be texts", "[jsonl][reader]") {
  CHECK(cell_of("decimal", "\"12.50\"") == "'12.50");
  CHECK(cell_failure("decimal", "\"12,50\"") ==
        "t.jsonl: line 1, column 'v' (DECIMAL): found '12,50', expected a number such as 1.5 or "
        "-2e-3");
}

TEST_CASE("Texts are freed of their escapes", "[jsonl][reader]") {
  CHECK(cell_of("string", R"("")") == "'");
  CHECK(cell_of("string", R"("\"\\\/\b\f\n\r\t")") == "'\"\\/\b\f\n\r\t");
  CHECK(cell_of("string", R"("\u00e9\u65E5x\u0000")") == std::string("'é日x\0", 8));
  CHECK(cell_of("string", R"("a\ud83d\ude00b")") == "'a😀b");
  CHECK(cell_of("string", R"("é日😀 longer than a word")") == "'é日😀 longer than a word");
}

TEST_CASE("Halves of surrogate pairs become the replacement character", "[jsonl][reader]") {
  CHECK(cell_of("string", R"("\ud83d")") == "'\xEF\xBF\xBD");
  CHECK(cell_of("string", R"("\ude00x")") == "'\xEF\xBF\xBDx");
  CHECK(cell_of("string", R"("\ud83d\ud83d\ude00")") == "'\xEF\xBF\xBD😀");
  CHECK(cell_of("string", R"("\ud83d\n")") == "'\xEF\xBF\xBD\n");
}

TEST_CASE("Bytes that are not UTF-8 are an error that names them", "[jsonl][reader]") {
  CHECK(cell_failure("string", "\"ab\xFF\"") ==
        "t.jsonl: line 1, byte 9: found the byte 0xFF, which is not UTF-8 here, expected a text in "
        "UTF-8");
  const auto* const bytes =
      GENERATE("\x80", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE9", "\xE2\x82", "\xF8");
  CHECK_THAT(cell_failure("string", fmt::format("\"{}\"", bytes)),
             Contains("byte 7: found the byte"));
  CHECK_THAT(failure_of("a int", fmt::format("{{\"{}\":1}}\n", bytes)), Contains("byte 3"));
}

TEST_CASE("Texts that are not JSON are refused", "[jsonl][reader]") {
  struct Case {
    const char* text;
    const char* problem;
  };
  const auto [text, problem] =
      GENERATE(Case{"\"a", "the text that begins at byte 6 is not closed"},
               Case{"\"a\\", "the text that begins at byte 6 is not closed"},
               Case{"\"a\tb\"", "byte 8: found the control character 0x09"},
               Case{"\"\\x\"", "byte 7: found '\\x\"}', expected an escape"},
               Case{"\"\\u12g4\"", "byte 7: found '\\u12g4', expected an escape"});
  CAPTURE(text);
  const std::string line =
      std::string("{\"v\":") + text + (std::string_view(text).ends_with("\"") ? "}\n" : "\n");
  CHECK_THAT(failure_of("v string", line), Contains(problem));
  CHECK_THAT(failure_of("w string", line), Contains(problem));
}

TEST_CASE("A line that is not an object is refused with the byte", "[jsonl][reader]") {
  struct Case {
    const char* line;
    const char* problem;
  };
  const auto [line, problem] = GENERATE(
      Case{"1", "byte 1: found '1', expected '{': one object a line"},
      Case{"[{\"a\":1}]", "byte 1: found '[', expected '{': one object a line, not all of them"},
      Case{"{", "byte 2: found the end of the line, expected a key between quotes"},
      Case{"{a:1}", "byte 2: found 'a', expected a key between quotes"},
      Case{"{\"a\" 1}", "byte 6: found '1', expected ':'"},
      Case{"{\"a\":}", "byte 6: found '}', expected a value of JSON"},
      Case{"{\"a\":1", "byte 7: found the end of the line, expected ',' or '}'"},
      Case{"{\"a\":1,}", "byte 8: found '}', expected a key between quotes"},
      Case{"{\"a\":1x}", "byte 7: found 'x', expected ',' or '}'"},
      Case{"{\"a\":1}{\"a\":2}", "byte 8: found '{', expected the end of the line"},
      Case{"{\"x\":[1 2]}", "byte 9: found '2', expected ',' or ']'"},
      Case{"{\"x\":{1}}", "byte 7: found '1', expected a key between quotes"},
      Case{"{\"a\":'1'}", "byte 6: found ''1'', expected a value of JSON"});
  CAPTURE(line);
  CHECK_THAT(failure_of("a int", std::string("{}\n") + line + "\n"),
             Catch::StartsWith(std::string("t.jsonl: line 2, ") + problem));
}

TEST_CASE("Arrays and objects may be a hundred deep and no deeper", "[jsonl][reader]") {
  const auto nested = [](std::size_t depth) {
    return "{\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}\n";
  };
  CHECK(rows_of("a int", nested(99)) == Rows{{"null"}});
  CHECK_THAT(failure_of("a int", nested(100)), Contains("no more than 100"));
  CHECK_THAT(failure_of("x tensor", nested(101)), Contains("no more than 100"));
  CHECK_THAT(failure_of("a int", nested(1'000'000)), Contains("no more than 100"));
}

TEST_CASE("Rows before a bad line are delivered and the reader stays failed", "[jsonl][reader]") {
  const auto reader = open("a int", "{\"a\":1}\n{\"a\":2}\nx\n{\"a\":3}\n");
  table::RowBlock block(1);
  take(reader->read(block));
  CHECK(block.rows() == 2);
  CHECK(reader->rows_read() == 2);
  const std::string error = failure(reader->read(block), ErrorCode::kInput);
  CHECK_THAT(error, Contains("line 3"));
  CHECK(failure(reader->read(block), ErrorCode::kInput) == error);
}

class Rejects final : public table::BadRowTaker {
 public:
  Result<void> take(const table::BadRow& row) override {
    rows.push_back(fmt::format("{} {} [{}] {}", row.source, row.number, row.text, row.reason));
    if (rows.size() == most) {
      return Error(ErrorCode::kInput, "too many");
    }
    return {};
  }

  std::vector<std::string> rows;
  std::size_t most = 10;
};

TEST_CASE("Vectors and tensors that do not fit can be null", "[jsonl][reader]") {
  Rejects bad;
  Reader reader(std::make_unique<StringSource>("{\"v\":[1,\"x\"],\"t\":[\"a\\\"b\",1],\"i\":1}\n"
                                               "{\"v\":[1,2],\"t\":{\"a\":[]},\"i\":2}\n"
                                               "{\"v\":[1,\"x\"],\"i\":\"y\"}\n"
                                               "{\"v\":[1,}\n"),
                take(table::parse_schema("v vector, t string_tensor, i int")),
                &bad,
                true);
  Rows rows;
  take(read_all(reader, rows));
  CHECK(rows == Rows{{"null", "null", "1"}, {"DENSE[2] 1 2", "null", "2"}});
  CHECK(reader.invalid_values() == 3);
  CHECK(bad.rows.size() == 2);
}

TEST_CASE("Bad lines go to their taker as they stand in the file", "[jsonl][reader]") {
  Rejects rejects;
  const auto reader = open("a int, s string",
                           "{\"a\":1}\n\n{\"s\":\"\\u0041\\n\",\"a\":1.5}\r\n{\"a\":2}\nx\n",
                           3,
                           &rejects);
  Rows rows;
  take(read_all(*reader, rows));
  CHECK(rows == Rows{{"1", "null"}, {"2", "null"}});
  CHECK(reader->skipped() == 2);
  CHECK(reader->rows_read() == 2);
  REQUIRE(rejects.rows.size() == 2);
  CHECK_THAT(
      rejects.rows[0],
      Catch::StartsWith("t.jsonl 3 [{\"s\":\"\\u0041\\n\",\"a\":1.5}] t.jsonl: line 3, column 'a' "
                        "(INT): found '1.5'"));
  CHECK_THAT(rejects.rows[1], Catch::StartsWith("t.jsonl 5 [x] t.jsonl: line 5, byte 1"));
}

TEST_CASE("An error of the taker ends the reading", "[jsonl][reader]") {
  Rejects rejects;
  rejects.most = 2;
  const auto reader = open("a int", "x\n{\"a\":1}\ny\n{\"a\":2}\n", std::string::npos, &rejects);
  Rows rows;
  CHECK(failure(read_all(*reader, rows), ErrorCode::kInput) == "too many");
  CHECK(rows == Rows{{"1"}});
}

}  // namespace
}  // namespace alinktf::jsonl
