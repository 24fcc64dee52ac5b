#include "formats/example/encoder.hpp"

#include "formats/example/wire.hpp"
#include "formats/text_form/decimal.hpp"
#include "formats/tfrecord/reader.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <random>

#include <formats/example/example.pb.h>

namespace alinktf::example {
namespace {

using table::Cell;
using table::ColumnType;
using table::Storage;

constexpr std::array kTypes = {ColumnType::kBoolean,
                               ColumnType::kByte,
                               ColumnType::kShort,
                               ColumnType::kInt,
                               ColumnType::kLong,
                               ColumnType::kFloat,
                               ColumnType::kDouble,
                               ColumnType::kDecimal,
                               ColumnType::kString,
                               ColumnType::kVarbinary,
                               ColumnType::kDate,
                               ColumnType::kTime,
                               ColumnType::kTimestamp};

std::string encode(const table::Schema& schema, const std::vector<Cell>& row) {
  Encoder encoder(schema);
  Buffer out;
  take(encoder.append(row, out));
  return std::string(out.view());
}

/// Random cells; `texts` holds the bytes they point to.
Cell random_cell(ColumnType type, std::mt19937_64& random, std::vector<std::string>& texts) {
  if (random() % 8 == 0) {
    return Cell::of_null();
  }
  switch (table::storage(type)) {
    case Storage::kInteger:
      // Every length of varint, negative numbers too.
      return Cell::of_integer(static_cast<std::int64_t>(random()) >> (random() % 64));
    case Storage::kReal:
      return Cell::of_real(
          std::ldexp(static_cast<double>(random()), -static_cast<int>(random() % 90)));
    default: {
      if (type == ColumnType::kDecimal) {
        Buffer digits;
        text_form::append_decimal(
            std::ldexp(static_cast<double>(random()), -static_cast<int>(random() % 90)), digits);
        return Cell::of_bytes(texts.emplace_back(digits.view()));
      }
      constexpr std::array<std::size_t, 8> kSizes = {0, 1, 20, 118, 127, 128, 16'000, 17'000};
      std::string& text = texts.emplace_back(kSizes[random() % kSizes.size()], 'x');
      text += static_cast<char>(random());
      return Cell::of_bytes(text);
    }
  }
}

proto::Feature feature_of(ColumnType type, const Cell& cell) {
  proto::Feature feature;
  if (cell.null) {
    return feature;
  }
  switch (table::storage(type)) {
    case Storage::kInteger:
      feature.mutable_int64_list()->add_value(cell.integer);
      break;
    case Storage::kReal:
      feature.mutable_float_list()->add_value(static_cast<float>(cell.real));
      break;
    default:
      if (type == ColumnType::kDecimal) {
        feature.mutable_float_list()->add_value(text_form::decimal_to_float(cell.bytes()));
        break;
      }
      feature.mutable_bytes_list()->add_value(std::string(cell.bytes()));
      break;
  }
  return feature;
}

/// Compares 30 random rows of one column with what protobuf writes for them.
void check_column(const table::Column& column, std::mt19937_64& random) {
  for (int i = 0; i < 30; ++i) {
    std::vector<std::string> texts;
    texts.reserve(1);
    const Cell cell = random_cell(column.type, random, texts);
    proto::Example expected;
    (*expected.mutable_features()->mutable_feature())[column.name] = feature_of(column.type, cell);
    if (encode({column}, {cell}) != expected.SerializeAsString()) {
      FAIL_CHECK(table::type_name(column.type)
                 << ", name of " << column.name.size() << " bytes, row " << i);
    }
  }
}

TEST_CASE("A row of one column has the bytes that protobuf writes", "[example][encoder]") {
  std::mt19937_64 random(11);
  for (const ColumnType type : kTypes) {
    for (const std::size_t name_bytes : {1U, 2U, 15U, 16U, 17U, 100U, 120U, 127U, 128U, 300U}) {
      check_column({std::string(name_bytes, 'n'), type}, random);
    }
  }
}

TEST_CASE("Random rows of all types are parsed by protobuf as they were", "[example][encoder]") {
  std::mt19937_64 random(12);
  table::Schema schema;
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    schema.push_back({"column_" + std::to_string(i), kTypes[i]});
  }
  Encoder encoder(schema);
  Buffer out;
  std::vector<proto::Example> expected;
  for (int row = 0; row < 500; ++row) {
    std::vector<std::string> texts;
    texts.reserve(schema.size());
    std::vector<Cell> cells;
    proto::Example& example = expected.emplace_back();
    for (const table::Column& column : schema) {
      cells.push_back(random_cell(column.type, random, texts));
      (*example.mutable_features()->mutable_feature())[column.name] =
          feature_of(column.type, cells.back());
    }
    take(encoder.append_framed(cells, out));
  }
  tfrecord::Reader reader(std::make_unique<StringSource>(std::string(out.view())));
  std::string_view record;
  for (const proto::Example& example : expected) {
    REQUIRE(take(reader.next(record)));
    proto::Example found;
    REQUIRE(found.ParseFromArray(record.data(), static_cast<int>(record.size())));
    REQUIRE(found.features().feature().size() == example.features().feature().size());
    for (const auto& [name, feature] : example.features().feature()) {
      CAPTURE(name);
      CHECK(found.features().feature().at(name).SerializeAsString() == feature.SerializeAsString());
    }
  }
  CHECK_FALSE(take(reader.next(record)));
}

TEST_CASE("Features stand in column order", "[example][encoder]") {
  const std::string bytes =
      encode({{"zz", ColumnType::kLong}, {"aa", ColumnType::kLong}, {"mm", ColumnType::kLong}},
             {Cell::of_integer(1), Cell::of_integer(2), Cell::of_integer(3)});
  CHECK(bytes.find("zz") < bytes.find("aa"));
  CHECK(bytes.find("aa") < bytes.find("mm"));
}

TEST_CASE("A null is an entry whose Feature has no kind", "[example][encoder]") {
  CHECK(encode({{"d", ColumnType::kDouble}}, {Cell::of_null()}) ==
        std::string("\x0a\x07\x0a\x05\x0a\x01"
                    "d\x12\x00",
                    9));
}

TEST_CASE("A row as a field has its tag and its length before it, however long it is",
          "[example][encoder]") {
  const auto schema = take(table::parse_schema("s string"));
  Encoder encoder(schema);
  for (const std::size_t size : {1U, 200U, 20'000U, 3'000'000U, 5U}) {
    const std::string text(size, 'x');
    const table::Cell cell = table::Cell::of_bytes(text);
    Buffer bare;
    take(Encoder(schema).append({&cell, 1}, bare));
    Buffer field;
    take(encoder.append_field('\x42', {&cell, 1}, field));
    std::string expected = "\x42";
    std::array<char, 10> length{};
    expected.append(length.data(), wire::write_varint(bare.size(), length.data()));
    expected += bare.view();
    CHECK(field.view() == expected);
  }
}

TEST_CASE("A row of no columns is an empty Features message", "[example][encoder]") {
  CHECK(encode({}, {}) == std::string("\x0a\x00", 2));
}

TEST_CASE("Rows whose sizes differ much are encoded one after the other", "[example][encoder]") {
  // The length before the features takes one, two, three bytes, and one again.
  const table::Schema schema = {{"s", ColumnType::kString}};
  Encoder encoder(schema);
  Buffer out;
  std::string expected;
  for (const std::size_t size : {1U, 200U, 20'000U, 1U, 3'000'000U, 2U}) {
    const std::string text(size, 't');
    const std::vector<Cell> row = {Cell::of_bytes(text)};
    take(encoder.append(row, out));
    expected += encode(schema, row);
  }
  CHECK(out.view() == expected);
}

}  // namespace
}  // namespace alinktf::example
