#include "formats/example/decoder.hpp"

#include "unit/formats/example/sample.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace alinktf::example {
namespace {

using Catch::Contains;
using table::Cell;

table::Schema schema(const std::string& text) {
  return take(table::parse_schema(text));
}

std::string failure_of(const std::string& columns, const Sample& sample) {
  Decoder decoder(schema(columns));
  std::vector<Cell> row(decoder.schema().size());
  return failure(decoder.decode(sample.serialized(), row.data()), ErrorCode::kWorker);
}

TEST_CASE("Each column takes its value from the feature of its name", "[example][decoder]") {
  Decoder decoder(schema("l long, f float, d double, e decimal, s string, v varbinary, b boolean"));
  std::vector<Cell> row(7);
  const std::string binary("\xFF\x00", 2);
  const std::string record = Sample()
                                 .bytes("s", {"é"})
                                 .bytes("v", {binary})
                                 .floats("f", {0.5F})
                                 .floats("d", {0.1F})
                                 .floats("e", {-2})
                                 .ints("l", {-7})
                                 .ints("b", {1})
                                 .ints("extra", {9})
                                 .serialized();
  take(decoder.decode(record, row.data()));
  CHECK(row[0].integer == -7);
  CHECK(row[1].real == 0.5);
  CHECK(row[2].real == static_cast<double>(0.1F));
  CHECK(row[3].bytes() == "-2.0");
  CHECK(row[4].bytes() == "é");
  CHECK(row[5].bytes() == binary);
  CHECK(row[6].integer == 1);
}

TEST_CASE("A DECIMAL has the fewest digits of its float, and must be finite",
          "[example][decoder]") {
  Decoder decoder(schema("e decimal"));
  std::vector<Cell> row(1);
  take(decoder.decode(Sample().floats("e", {1.1F}).serialized(), row.data()));
  CHECK(row[0].bytes() == "1.1");
  take(decoder.decode(Sample().floats("e", {1000}).serialized(), row.data()));
  CHECK(row[0].bytes() == "1000.0");
  CHECK(failure_of("e decimal", Sample().floats("e", {std::numeric_limits<float>::infinity()})) ==
        "column 'e' (DECIMAL): found inf, expected a finite number; declare the column as DOUBLE "
        "in outputSchemaStr if such values are right");
}

TEST_CASE("No kind and an empty list are null", "[example][decoder]") {
  Decoder decoder(schema("a long, b string, c float, d long"));
  std::vector<Cell> row(4);
  take(decoder.decode(
      Sample().nothing("a").bytes("b", {}).floats("c", {}).floats("d", {}).serialized(),
      row.data()));
  for (const Cell& cell : row) {
    CHECK(cell.null);
  }
}

TEST_CASE("An absent feature is an error that lists those that are there", "[example][decoder]") {
  CHECK(failure_of("id long", Sample().ints("ID", {1}).floats("a", {1})) ==
        "column 'id' (BIGINT): the Example has no such feature; it has 'ID', 'a'");
  CHECK_THAT(failure_of("id long", Sample()), Contains("none at all"));
}

TEST_CASE("A wrong kind is an error that says what to write", "[example][decoder]") {
  CHECK(failure_of("id long", Sample().floats("id", {1})) ==
        "column 'id' (BIGINT): found a float_list, expected an int64_list; write "
        "an int in a dict, or tf.train.Feature(int64_list=tf.train.Int64List(value=[...]))");
  CHECK_THAT(failure_of("x float", Sample().ints("x", {1})),
             Contains("found an int64_list, expected a float_list") && Contains("FloatList"));
  CHECK_THAT(failure_of("s string", Sample().ints("s", {1})),
             Contains("expected a bytes_list") && Contains("BytesList"));
}

TEST_CASE("Several values in a scalar column are an error", "[example][decoder]") {
  CHECK_THAT(failure_of("x double", Sample().floats("x", {1, 2, 3})),
             Contains("column 'x' (DOUBLE): found 3 values, expected one"));
}

TEST_CASE("Integers that do not fit the column are an error", "[example][decoder]") {
  struct Case {
    const char* type;
    std::int64_t value;
  };
  const auto [type, value] = GENERATE(
      Case{"byte", 128}, Case{"short", -32'769}, Case{"int", 2'147'483'648}, Case{"boolean", 2});
  CHECK_THAT(failure_of(std::string("v ") + type, Sample().ints("v", {value})),
             Contains("found " + std::to_string(value) + ", expected"));
}

TEST_CASE("Bytes of a string that are no UTF-8 are replaced as in Java", "[example][decoder]") {
  struct Case {
    std::string bytes;
    std::string text;
  };
  const std::string bad = "\xEF\xBF\xBD";
  const Case test = GENERATE_COPY(Case{"ok é 日 \xF0\x9F\x98\x80", "ok é 日 \xF0\x9F\x98\x80"},
                                  Case{"a\xFFz", "a" + bad + "z"},
                                  Case{"\xC3", bad},
                                  Case{"\xE6\x97z", bad + "z"},
                                  Case{"\xF0\x9F\x98", bad},
                                  Case{"\xC0\x80", bad + bad},
                                  Case{"\xED\xA0\x80", bad + bad + bad});
  Decoder decoder(schema("s string"));
  Cell cell{};
  const std::string record = Sample().bytes("s", {test.bytes}).serialized();
  take(decoder.decode(record, &cell));
  CHECK(cell.bytes() == test.text);
}

TEST_CASE("Bytes that are no Example are an error", "[example][decoder]") {
  Decoder decoder(schema("a long"));
  Cell cell{};
  CHECK_THAT(failure(decoder.decode("no protobuf", &cell), ErrorCode::kWorker),
             Contains("found 11 bytes that are no tf.train.Example"));
}

TEST_CASE("A decoder is used again after an error and for many rows", "[example][decoder]") {
  Decoder decoder(schema("id long, s string"));
  std::vector<Cell> row(2);
  for (std::int64_t i = 0; i < 20'000; ++i) {
    if (i % 100 == 0) {
      CHECK_FALSE(decoder.decode("\xFF", row.data()).ok());
    }
    const std::string text(static_cast<std::size_t>(i % 300), 't');
    const std::string record = Sample().ints("id", {i}).bytes("s", {text}).serialized();
    take(decoder.decode(record, row.data()));
    if (row[0].integer != i || row[1].bytes() != text) {
      FAIL_CHECK(i);
    }
  }
}

}  // namespace
}  // namespace alinktf::example
