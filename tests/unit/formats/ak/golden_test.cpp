// What Alink wrote is read, and written again, byte by byte.
#include "unit/golden.hpp"

#include "formats/ak/reader.hpp"
#include "formats/ak/writer.hpp"
#include "formats/csv/writer.hpp"
#include "formats/text_form/nested_text.hpp"
#include "table/nested.hpp"
#include "unit/formats/zip/archive.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace alinktf::ak {
namespace {

std::unique_ptr<Reader> open(const std::string& bytes) {
  return take(Reader::open(std::make_unique<StringSource>(bytes, "a.ak")));
}

/// All rows of `reader` by way of `append`.
template <typename Append>
void each_row(Reader& reader, Append&& append) {
  table::RowBlock block(reader.schema().size());
  for (take(reader.read(block)); block.rows() != 0; take(reader.read(block))) {
    for (std::size_t i = 0; i < block.rows(); ++i) {
      append(block.row(i));
    }
  }
}

std::string as_csv(const std::string& bytes) {
  const auto reader = open(bytes);
  const csv::Writer writer(reader->schema(), csv::Options{});
  Buffer out;
  each_row(*reader, [&](std::span<const table::Cell> row) { writer.append_row(row, out); });
  return std::string(out.view());
}

std::string class_of(const table::NestedView& value) {
  if (value.kind() != table::NestedKind::kTensor) {
    return value.kind() == table::NestedKind::kDenseVector ? "DenseVector" : "SparseVector";
  }
  constexpr std::array<const char*, 8> kNames = {
      "Float", "Double", "Int", "Long", "Bool", "Byte", "UByte", "String"};
  return std::string(kNames.at(static_cast<std::size_t>(value.element()))) + "Tensor";
}

/// As the program that made types_nested.tsv printed it.
std::string described(table::ColumnType type, const table::Cell& cell) {
  if (cell.null) {
    return "null";
  }
  if (type == table::ColumnType::kLong) {
    return std::to_string(cell.integer);
  }
  if (table::storage(type) != table::Storage::kNested) {
    return std::string(cell.bytes());
  }
  Buffer text;
  text_form::append_nested(cell.bytes(), text);
  return class_of(table::NestedView(cell.bytes())) + " " + std::string(text.view());
}

/// The entries of the .ak file that we make of the rows of the file `bytes`.
zip::Entries rewritten(const std::string& bytes) {
  const auto reader = open(bytes);
  const Writer writer(reader->schema());
  Container container(reader->schema());
  Buffer records;
  each_row(*reader, [&](auto row) { take(writer.append_row(row, records)); });
  Buffer out;
  take(container.add(records.view(), out));
  take(container.finish(out));
  return take(zip::entries_of(std::string(out.view())));
}

TEST_CASE("Files that Alink wrote have the rows that its CSV sink wrote", "[ak][golden]") {
  CHECK(as_csv(golden::read_file("ak/random_100x10_p1.ak")) ==
        golden::read_file("random/random_100x10_p1.csv"));
  CHECK(as_csv(golden::read_file("jobs/r2/model.ak")) == golden::read_file("jobs/r2/output.csv"));
  CHECK(as_csv(golden::read_file("jobs/r5/model.ak")) == golden::read_file("jobs/r5/output.csv"));
  CHECK(as_csv(golden::read_file("ak/types_scalar.ak")) ==
        golden::read_file("csv/types_scalar.csv"));
}

TEST_CASE("Vectors and tensors that Alink wrote have the classes and texts that it reads again",
          "[ak][golden]") {
  const auto reader = open(golden::read_file("ak/types_nested.ak"));
  std::string lines;
  each_row(*reader, [&](std::span<const table::Cell> row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      lines += described(reader->schema()[i].type, row[i]) + (i + 1 == row.size() ? "\n" : "\t");
    }
  });
  CHECK(lines == golden::read_file("ak/types_nested.tsv"));
}

TEST_CASE("Rows are written as Alink wrote them", "[ak][golden]") {
  for (const auto* file : {"ak/random_100x10_p1.ak",
                           "ak/types_scalar.ak",
                           "ak/types_nested.ak",
                           "jobs/r2/model.ak",
                           "jobs/r5/model.ak"}) {
    CAPTURE(file);
    const std::string bytes = golden::read_file(file);
    CHECK((rewritten(bytes) == take(zip::entries_of(bytes))));
  }
}

}  // namespace
}  // namespace alinktf::ak
