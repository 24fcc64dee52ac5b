#include "formats/ak/reader.hpp"

#include "formats/ak/meta.hpp"
#include "formats/ak/writer.hpp"
#include "formats/text_form/nested_text.hpp"
#include "unit/formats/zip/archive.hpp"

#include <catch2/catch.hpp>

#include <tuple>

namespace alinktf::ak {
namespace {

using Catch::Contains;
using table::Cell;
using namespace std::literals;

std::string meta(const std::string& schema) {
  return meta_of(take(table::parse_schema(schema)));
}

/// The texts of the first column, which are STRINGs, or the error.
Result<std::vector<std::string>> texts_of(const std::string& archive, std::size_t step) {
  ALINKTF_ASSIGN_OR_RETURN(auto reader,
                           Reader::open(std::make_unique<StringSource>(archive, "a.ak", step)));
  table::RowBlock block(reader->schema().size());
  std::vector<std::string> texts;
  for (;;) {
    ALINKTF_TRY(reader->read(block));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      texts.emplace_back(block.row(i)[0].null ? "null" : block.row(i)[0].bytes());
    }
    if (block.rows() == 0) {
      return texts;
    }
  }
}

std::string error_of(const zip::Entries& entries) {
  return failure(texts_of(zip::archive_of(entries), std::string::npos), ErrorCode::kInput);
}

/// An .ak file of one STRING column.
std::string file_of(const std::vector<std::string>& texts) {
  const table::Schema schema = {{"s", table::ColumnType::kString}};
  const Writer writer(schema);
  Container container(schema);
  Buffer records;
  Buffer out;
  for (const std::string& text : texts) {
    const Cell cell = text == "null" ? Cell::of_null() : Cell::of_bytes(text);
    take(writer.append_row({&cell, 1}, records));
    take(container.add(records.view(), out));
    records.clear();
  }
  take(container.finish(out));
  return std::string(out.view());
}

TEST_CASE("Rows of all sizes come back, however the file arrives", "[ak][reader]") {
  std::vector<std::string> texts = {"a", "null", "", "日本 é"};
  for (int i = 0; i < 1000; ++i) {
    texts.push_back(std::string(static_cast<std::size_t>(i), 'x') + "é");
  }
  const std::string file = file_of(texts);
  const std::size_t step = GENERATE(std::size_t{7}, std::string::npos);
  CHECK((take(texts_of(file, step)) == texts));
}

TEST_CASE("The length of a row takes three bytes up to 0xFFFFFE and seven from there on",
          "[ak][reader]") {
  // A mask of one byte and a varint of four stand before the text.
  const std::vector<std::string> texts = {
      std::string(16'777'209, 'a'), std::string(16'777'210, 'b'), "c"};
  const std::string file = file_of(texts);
  CHECK((take(texts_of(file, std::string::npos)) == texts));
  const std::string data = take(zip::entries_of(file))[1].second;
  CHECK(data.substr(3, 3) == "\xFF\xFF\xFE");
  CHECK(data.substr(3 + 3 + 0xFFFFFE, 7) == "\xFF\xFF\xFF\0\xFF\xFF\xFF"sv);
}

TEST_CASE("Several data entries, Flink's framing and names in any case are read", "[ak][reader]") {
  const std::string archive =
      zip::archive_of({{"Alink_Meta.json", meta("s string, b boolean")},
                       {"folder/", ""},
                       {"data", "ALK\0\0\4\0\2x\1"s},
                       {"more", "FLK\0\0\0\3\0\2y\0\0\0\0\3\x20\2z\0\0\0\2\x10\1"s}});
  // The kind of a row takes two bits, so 0x20 is a null in the first column. That leaves bytes.
  CHECK_FALSE(texts_of(archive, 1).ok());
  const std::string good = zip::archive_of({{"Alink_Meta.json", meta("s string, b boolean")},
                                            {"data", "ALK\0\0\4\0\2x\1"s},
                                            {"more", "FLK\0\0\0\4\0\2y\0\0\0\0\2\x20\1"s}});
  CHECK(take(texts_of(good, 1)) == std::vector<std::string>{"x", "y", "null"});
}

TEST_CASE("Every type that .ak files have comes back", "[ak][reader]") {
  const table::Schema schema =
      take(table::parse_schema("bo boolean, by byte, sh short, i int, l long, f float, d double, "
                               "de decimal, bin varbinary"));
  const std::vector<Cell> row = {Cell::of_integer(1),
                                 Cell::of_integer(-128),
                                 Cell::of_integer(-32768),
                                 Cell::of_integer(-2147483648LL),
                                 Cell::of_integer(INT64_MIN),
                                 Cell::of_real(-0.5),
                                 Cell::of_real(1e-300),
                                 Cell::of_bytes("-12.750"),
                                 Cell::of_bytes("\0\xFFz"sv)};
  Buffer records;
  Buffer out;
  take(Writer(schema).append_row(row, records));
  Container container(schema);
  take(container.add(records.view(), out));
  take(container.finish(out));
  const auto reader =
      take(Reader::open(std::make_unique<StringSource>(std::string(out.view()), "a.ak")));
  CHECK(reader->schema() == schema);
  table::RowBlock block(schema.size());
  take(reader->read(block));
  REQUIRE(block.rows() == 1);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(block.row(0)[i].integer == row[i].integer);
  }
  for (std::size_t i = 5; i < 7; ++i) {
    CHECK(block.row(0)[i].real == row[i].real);
  }
  CHECK(block.row(0)[7].bytes() == "-12.750");
  CHECK(block.row(0)[8].bytes() == "\0\xFFz"sv);
}

/// The cell of a vector or tensor.
std::string nested(table::ColumnType type, std::string_view text) {
  Buffer bytes;
  take(text_form::parse_nested(type, text, bytes));
  return std::string(bytes.view());
}

/// The text of the only cell, of type `type`, in a file of the record `fields` behind its mask.
Result<std::string> nested_text(const std::string& type, const std::string& fields) {
  std::string length(3, '\0');
  length[1] = static_cast<char>((fields.size() + 1) >> 8U);
  length[2] = static_cast<char>(fields.size() + 1);
  const std::string file = zip::archive_of(
      {{"alink_meta.json", meta("x " + type)}, {"data", "ALK" + length + '\0' + fields}});
  ALINKTF_ASSIGN_OR_RETURN(auto reader, Reader::open(std::make_unique<StringSource>(file, "a.ak")));
  table::RowBlock block(1);
  ALINKTF_TRY(reader->read(block));
  Buffer text;
  text_form::append_nested(block.row(0)[0].bytes(), text);
  return std::string(text.view());
}

/// What is written for `text`, which parses as `from`, in a column of `type`, without its mask.
std::string nested_fields(table::ColumnType type, table::ColumnType from, std::string_view text) {
  const std::string bytes = nested(from, text);
  const Cell cell = Cell::of_bytes(bytes);
  Buffer out;
  take(Writer({{"x", type}}).append_row({&cell, 1}, out));
  return std::string(out.view().substr(4));
}

TEST_CASE("Vectors are written as what their column says", "[ak][nested]") {
  using table::ColumnType;
  CHECK(take(nested_text("sparse_vector",
                         nested_fields(ColumnType::kSparseVector, ColumnType::kVector, "1.5 2"))) ==
        "$2$0:1.5 1:2.0");
  CHECK(take(nested_text("dense_vector",
                         nested_fields(ColumnType::kDenseVector, ColumnType::kVector, "$3$1:2"))) ==
        "0.0 2.0 0.0");
}

TEST_CASE("A text that Java wrote once and named again is there twice", "[ak][nested]") {
  using table::ColumnType;
  const std::string two =
      nested_fields(ColumnType::kStringTensor, ColumnType::kStringTensor, "STRING#2#2 2 #ab ab ");
  std::string once = two;
  const std::string text = "\1a\xE2";                 // a new object: "ab"
  once.replace(once.rfind(text), text.size(), "\6");  // the object of number 4
  CHECK(take(nested_text("string_tensor", once)) == "STRING#2#2 2 #ab ab ");
  once.replace(once.find(text) + text.size(), 1, "\7");
  CHECK_FALSE(nested_text("string_tensor", once).ok());
}

TEST_CASE("A vector or tensor that is cut off, or of another class, is an error", "[ak][nested]") {
  using table::ColumnType;
  for (const auto& [type, name, text] :
       {std::tuple(ColumnType::kDenseVector, "DENSE_VECTOR", "1 2"),
        std::tuple(ColumnType::kSparseVector, "SPARSE_VECTOR", "$9$1:2 3:4"),
        std::tuple(ColumnType::kVector, "VECTOR", "1 2"),
        std::tuple(ColumnType::kTensor, "TENSOR", "FLOAT#1,2#1 2"),
        std::tuple(ColumnType::kLongTensor, "LONG_TENSOR", "LONG#1,2#1 2"),
        std::tuple(ColumnType::kStringTensor, "STRING_TENSOR", "STRING#1#3 #a é ")}) {
    CAPTURE(name);
    const std::string whole = nested_fields(type, type, text);
    REQUIRE(nested_text(name, whole).ok());
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(size);
      CHECK_FALSE(nested_text(name, whole.substr(0, size)).ok());
    }
  }
  const std::string floats =
      nested_fields(ColumnType::kFloatTensor, ColumnType::kFloatTensor, "FLOAT#1#1");
  CHECK_THAT(failure(nested_text("double_tensor", floats), ErrorCode::kInput),
             Contains("row 0 at byte 3 of the data: column 'x': expected a DOUBLE_TENSOR"));
}

TEST_CASE("Values that .ak files cannot hold are errors that append nothing", "[ak][writer]") {
  const table::Schema schema = take(table::parse_schema("s string, de decimal, da date"));
  Buffer out;
  const std::string digits(10'000, '9');
  std::vector<Cell> row = {Cell::of_bytes("x"), Cell::of_bytes(digits), Cell::of_null()};
  CHECK_THAT(failure(Writer(schema).append_row(row, out), ErrorCode::kInput),
             Contains("column 'de': found a number of 10000 digits, expected at most 9800"));
  row[1] = Cell::of_null();
  row[2] = Cell::of_bytes("yesterday");
  CHECK_THAT(failure(Writer(schema).append_row(row, out), ErrorCode::kInput),
             Contains("column 'da': found 'yesterday', expected a DATE such as 2021-01-31"));
  CHECK(out.empty());
  CHECK_THAT(
      failure(check_schema(take(table::parse_schema("v ubyte_tensor")), "output", ErrorCode::kSpec),
              ErrorCode::kSpec),
      Contains("output: column 'v' is a UBYTE_TENSOR"));
}

TEST_CASE("Errors name the row and the byte, and what was expected", "[ak][reader]") {
  const std::string columns = meta("s string, b boolean");
  const auto in_data = [&](const std::string& bytes) {
    return error_of({{"alink_meta.json", columns}, {"data", bytes}});
  };
  CHECK_THAT(error_of({{"data", "ALK"}}),
             Contains("is no .ak file: the archive begins with 'data', expected alink_meta.json"));
  CHECK_THAT(error_of({{"alink_meta.json", "[]"}}), Contains("alink_meta.json: found '[]'"));
  CHECK_THAT(error_of({{"alink_meta.json", R"({"fileFormat":"x","schemaStr":"a int"})"}}),
             Contains("found the fileFormat"));
  CHECK_THAT(error_of({{"alink_meta.json", R"({"schemaStr":"a intt"})"}}), Contains("'intt'"));
  CHECK_THAT(error_of({{"alink_meta.json", R"({"schemaStr":"a UBYTE_TENSOR"})"}}),
             Contains("column 'a' is a UBYTE_TENSOR"));
  CHECK_THAT(in_data("XYZ"), Contains("found 'XYZ' at the beginning of entry 'data'"));
  CHECK_THAT(in_data("ALK\0\0\4\0\2x\1\0\0\4\0\2x"s),
             Contains("row 1 at byte 10 of the data: the data end after 6 bytes of it"));
  CHECK_THAT(in_data("ALK\0\0\4\0\2x\2"s),
             Contains("row 0 at byte 3 of the data: column 'b': "
                      "expected a BOOLEAN"));
  CHECK_THAT(in_data("ALK\0\0\3\0\5x"s), Contains("column 's': expected a STRING"));
  CHECK_THAT(in_data("ALK\0\0\5\0\2x\1z"s), Contains("found 1 bytes behind the last column"));
  CHECK_THAT(in_data("ALK\0\0\0"s), Contains("found a row of 0 bytes, expected 2 columns"));
  CHECK_THAT(in_data("ALK\xFF\xFF\xFF\x7F\xFF\xFF\xFF"s), Contains("found a row of 2147483647"));
}

TEST_CASE("Every file that is cut off is an error", "[ak][reader]") {
  const std::string file = file_of({"a", "b", "é"});
  for (std::size_t size = 0; size < file.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(texts_of(file.substr(0, size), std::string::npos).ok());
  }
}

}  // namespace
}  // namespace alinktf::ak
