// A table in memory as a RowReader, and the rows of any reader as text.
#pragma once

#include "table/row_block.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alinktf::source {

using Rows = std::vector<std::vector<std::string>>;

inline table::Schema schema_of(std::string_view text) {
  return take(table::parse_schema(text));
}

/// A table whose cells are given as text ("null" is a null). Texts of a block are overwritten by
/// the next read, as a reader may.
class FakeTable final : public table::RowReader {
 public:
  FakeTable(std::string_view schema, Rows rows) : FakeTable(schema_of(schema), std::move(rows)) {}
  FakeTable(table::Schema schema, Rows rows) : schema_(std::move(schema)), rows_(std::move(rows)) {}

  /// Give at most `rows` rows at a time, and let the next read wait.
  void give_at_once(std::size_t rows) { at_once_ = rows; }
  /// After the last row comes this error.
  void fail_with(Error error) { failure_ = std::move(error); }

  [[nodiscard]] const table::Schema& schema() const override { return schema_; }
  [[nodiscard]] bool would_wait() const override { return at_once_.has_value(); }

  Result<void> read(table::RowBlock& block) override {
    block.clear();
    for (std::string& text : texts_) {
      std::fill(text.begin(), text.end(), '#');
    }
    texts_.clear();
    const std::size_t most = std::min(block.capacity(), at_once_.value_or(block.capacity()));
    for (; next_ < rows_.size() && block.rows() < most; ++next_) {
      table::Cell* cell = block.next_row();
      for (std::size_t i = 0; i < schema_.size(); ++i) {
        *cell++ = parse(schema_[i].type, rows_[next_].at(i));
      }
      block.add_row();
    }
    if (block.rows() == 0 && failure_) {
      return *failure_;
    }
    return {};
  }

 private:
  table::Cell parse(table::ColumnType type, const std::string& text) {
    if (text == "null") {
      return table::Cell::of_null();
    }
    switch (table::storage(type)) {
      case table::Storage::kInteger:
        return table::Cell::of_integer(std::stoll(text));
      case table::Storage::kReal:
        return table::Cell::of_real(std::stod(text));
      default:
        return table::Cell::of_bytes(texts_.emplace_back(text));
    }
  }

  table::Schema schema_;
  Rows rows_;
  std::deque<std::string> texts_;
  std::optional<std::size_t> at_once_;
  std::optional<Error> failure_;
  std::size_t next_ = 0;
};

inline std::unique_ptr<FakeTable> table_of(std::string_view schema, Rows rows) {
  return std::make_unique<FakeTable>(schema, std::move(rows));
}

/// `count` rows of one column: 0, 1, 2 …
inline Rows numbered(std::size_t count) {
  Rows rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back({std::to_string(i)});
  }
  return rows;
}

inline std::vector<std::string> show(const table::Schema& schema,
                                     std::span<const table::Cell> cells) {
  std::vector<std::string> row;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const table::Cell& cell = cells[i];
    switch (table::storage(schema[i].type)) {
      case table::Storage::kInteger:
        row.push_back(cell.null ? "null" : fmt::format("{}", cell.integer));
        break;
      case table::Storage::kReal:
        row.push_back(cell.null ? "null" : fmt::format("{}", cell.real));
        break;
      default:
        row.emplace_back(cell.null ? "null" : cell.bytes());
    }
  }
  return row;
}

/// Read to the end, or to an error; `rows` gets what came before it.
inline Result<void> read_all(table::RowReader& reader, Rows& rows) {
  table::RowBlock block(reader.schema().size());
  for (;;) {
    ALINKTF_TRY(reader.read(block));
    if (block.rows() == 0) {
      return {};
    }
    for (std::size_t i = 0; i < block.rows(); ++i) {
      rows.push_back(show(reader.schema(), block.row(i)));
    }
  }
}

inline Rows rows_of(table::RowReader& reader) {
  Rows rows;
  take(read_all(reader, rows));
  return rows;
}

}  // namespace alinktf::source
