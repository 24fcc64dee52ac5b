// Alink's own dataset files, byte for byte.
#include "unit/golden.hpp"

#include "formats/example/decoder.hpp"
#include "formats/example/encoder.hpp"
#include "formats/java_random/random_table.hpp"
#include "formats/tfrecord/reader.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

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
      encoder.append_framed(block.row(i), out);
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
    encoder.append_framed(std::vector<Cell>{Cell::of_integer(id),
                                            Cell::of_real(0.5 * static_cast<double>(id)),
                                            Cell::of_bytes(text)},
                          out);
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
                                                            {"bd DECIMAL", Cell::of_real(1.1)}};
  int checked = 0;
  for (const auto& line : golden::read_tsv("csv/types_cases.tsv")) {
    for (const auto& [column, cell] : values) {
      if (line[0] == "TFRECORD" && line[1] == column && line[2] != "ERR") {
        CAPTURE(column);
        Encoder encoder(schema(column));
        Buffer out;
        encoder.append_framed(std::vector<Cell>{cell}, out);
        CHECK(out.view() == from_hex(line[2]));
        ++checked;
      }
    }
  }
  CHECK(checked == 7);
}

}  // namespace
}  // namespace alinktf::example
