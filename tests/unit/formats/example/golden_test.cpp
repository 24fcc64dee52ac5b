// Alink's own dataset files, byte for byte.
#include "unit/golden.hpp"

#include "formats/example/decoder.hpp"
#include "formats/example/encoder.hpp"
#include "formats/java_random/random_table.hpp"
#include "formats/tfrecord/framing.hpp"
#include "formats/tfrecord/reader.hpp"
#include "table/nested.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <span>
#include <type_traits>

namespace alinktf::example {
namespace {

using table::Cell;

table::Schema schema(const std::string& text) {
  return take(table::parse_schema(text));
}

TEST_CASE("The generated table has the bytes that Alink writes for it", "[example][golden]") {
  const auto table = take(java_random::RandomTable::open({.num_rows = 100, .num_cols = 10}));
  Encoder encoder(table->schema());
  table::RowBlock block(table->schema().size());
  Buffer out;
  do {
    take(table->read(block));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      take(encoder.append_framed(block.row(i), out));
    }
  } while (block.rows() != 0);
  CHECK(out.view() == golden::read_file("tfrecord/random_100x10_p1.tfrecord"));
}

TEST_CASE("Dataset files of scripts have the bytes that Alink writes", "[example][golden]") {
  struct Case {
    const char* path;
    std::vector<std::int64_t> ids;
  };
  const Case test = GENERATE(Case{"jobs/b1/dataset_chief_0.tfrecords", {0, 1, 2, 3, 4}},
                             Case{"jobs/b3/dataset_chief_0.tfrecords", {0, 3, 6, 9}},
                             Case{"jobs/b3/dataset_worker_0.tfrecords", {1, 4, 7, 9}},
                             Case{"jobs/b3/dataset_worker_1.tfrecords", {2, 5, 8, 9}});
  Encoder encoder(schema("id long, x double, s string"));
  Buffer out;
  for (const std::int64_t id : test.ids) {
    const std::string text = "s" + std::to_string(id);
    take(encoder.append_framed(std::vector<Cell>{Cell::of_integer(id),
                                                 Cell::of_real(0.5 * static_cast<double>(id)),
                                                 Cell::of_bytes(text)},
                               out));
  }
  CHECK(out.view() == golden::read_file(test.path));
}

TEST_CASE("Dataset files of Alink are decoded", "[example][golden]") {
  tfrecord::Reader reader(
      std::make_unique<StringSource>(golden::read_file("jobs/b1/dataset_chief_0.tfrecords")));
  Decoder decoder(schema("s string, id long, x double"));
  std::vector<Cell> row(3);
  std::string_view record;
  std::int64_t id = 0;
  for (; take(reader.next(record)); ++id) {
    take(decoder.decode(record, row.data()));
    CHECK(row[0].bytes() == "s" + std::to_string(id));
    CHECK(row[1].integer == id);
    CHECK(row[2].real == 0.5 * static_cast<double>(id));
  }
  CHECK(id == 5);
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

TEST_CASE("Every scalar type has the bytes of Alinks TFRecord sink", "[example][golden]") {
  const std::vector<std::pair<std::string, Cell>> values = {{"i INT", Cell::of_integer(7)},
                                                            {"l BIGINT", Cell::of_integer(8)},
                                                            {"sh SMALLINT", Cell::of_integer(9)},
                                                            {"f FLOAT", Cell::of_real(1.5)},
                                                            {"d DOUBLE", Cell::of_real(0.1)},
                                                            {"s STRING", Cell::of_bytes("hé")},
                                                            {"bd DECIMAL", Cell::of_bytes("1.10")}};
  int checked = 0;
  for (const auto& line : golden::read_tsv("csv/types_cases.tsv")) {
    for (const auto& [column, cell] : values) {
      if (line[0] == "TFRECORD" && line[1] == column && line[2] != "ERR") {
        CAPTURE(column);
        Encoder encoder(schema(column));
        Buffer out;
        take(encoder.append_framed(std::vector<Cell>{cell}, out));
        CHECK(out.view() == from_hex(line[2]));
        ++checked;
      }
    }
  }
  CHECK(checked == 7);
}

/// The bytes of a tensor of `element` and `dims`.
template <typename T>
std::string tensor(table::Element element,
                   const std::vector<std::int64_t>& dims,
                   const std::vector<T>& values) {
  Buffer bytes;
  table::append_tensor_head(bytes, element, dims);
  if constexpr (std::is_same_v<T, std::string_view>) {
    table::append_texts(bytes, values);
  } else {
    table::append_values(bytes, std::span<const T>(values));
  }
  return std::string(bytes.view());
}

/// The frame that Alink's sink wrote for a row of the one `column`.
std::string sink_frame(const std::string& column) {
  for (const auto& line : golden::read_tsv("csv/types_cases.tsv")) {
    if (line[0] == "TFRECORD" && line[1] == column) {
      return from_hex(line[2]);
    }
  }
  FAIL("no case of " << column);
  return "";
}

TEST_CASE("Tensors have the bytes of Alinks TFRecord sink and come back as Alink reads them",
          "[example][golden]") {
  using table::Element;
  struct Case {
    const char* column;
    std::string written;
    std::string read;
  };
  const std::vector<double> doubles = {0.1, 1e-10};
  const std::vector<double> narrowed = {static_cast<double>(0.1F), static_cast<double>(1e-10F)};
  const std::vector<float> floats = {0.6F, 0.7F, 0.8F, 0.9F};
  const std::vector<std::string_view> texts = {"ab", "b,cd"};
  const std::string ints = tensor<std::int32_t>(Element::kInt, {2}, {1, -2});
  const std::string longs = tensor<std::int64_t>(Element::kLong, {2}, {3, 4});
  const std::string bytes = tensor<std::int8_t>(Element::kByte, {2, 2}, {1, 2, 3, -4});
  const std::string strings = tensor(Element::kString, {2}, texts);
  const std::string any = tensor<float>(Element::kFloat, {2}, {1, 2});
  for (const Case& test : {Case{"t TENSOR", any, any},
                           Case{"ft FLOAT_TENSOR",
                                tensor(Element::kFloat, {2, 2}, floats),
                                tensor(Element::kFloat, {4}, floats)},
                           Case{"dbt DOUBLE_TENSOR",
                                tensor(Element::kDouble, {2}, doubles),
                                tensor(Element::kDouble, {2}, narrowed)},
                           Case{"it INT_TENSOR", ints, ints},
                           Case{"lt LONG_TENSOR", longs, longs},
                           Case{"st STRING_TENSOR", strings, strings},
                           Case{"byt BYTE_TENSOR", bytes, bytes}}) {
    CAPTURE(test.column);
    Encoder encoder(schema(test.column));
    Buffer out;
    take(encoder.append_framed(std::vector<Cell>{Cell::of_bytes(test.written)}, out));
    CHECK(out.view() == sink_frame(test.column));
    Decoder decoder(schema(test.column));
    Cell cell{};
    take(decoder.decode(tfrecord::payload_of(out.view()), &cell));
    CHECK(cell.bytes() == test.read);
  }
}

TEST_CASE("Vectors are written, where Alink loses their values", "[example][golden]") {
  // Alink's sink leaves VECTOR without a kind and DENSE_VECTOR without values.
  for (const char* column : {"v VECTOR", "dv DENSE_VECTOR"}) {
    CAPTURE(column);
    Buffer value;
    table::append_dense_vector_head(value, 2);
    table::append_values(value, std::span<const double>(std::array<double, 2>{0.5, 2}));
    Encoder encoder(schema(column));
    Buffer out;
    take(encoder.append_framed(std::vector<Cell>{Cell::of_bytes(value.view())}, out));
    Decoder decoder(schema(column));
    Cell cell{};
    take(decoder.decode(tfrecord::payload_of(out.view()), &cell));
    CHECK(cell.bytes() == value.view());
    const std::string alinks = sink_frame(column);
    take(decoder.decode(tfrecord::payload_of(alinks), &cell));
    CHECK(cell.null);
  }
}

}  // namespace
}  // namespace alinktf::example
