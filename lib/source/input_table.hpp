// A RowReader as SQLite's virtual table "input".
#pragma once

#include "base/result.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <memory>
#include <optional>

struct sqlite3;

namespace alinktf::source {

/// The rows of a reader for one pass by SQLite. Owns the reader; lives longer than the connection
/// that it is registered with. Declared column types are an affinity and the column's index, such
/// as INT_3, so that sqlite3_column_decltype tells which result columns are bare columns.
class InputTable {
 public:
  explicit InputTable(std::unique_ptr<table::RowReader> reader)
      : reader_(std::move(reader)), block_(reader_->schema().size()) {}

  Result<void> register_in(sqlite3* database);

  [[nodiscard]] const table::Schema& schema() const { return reader_->schema(); }
  [[nodiscard]] bool would_wait() const {
    return at_ + 1 >= block_.rows() && reader_->would_wait();
  }
  [[nodiscard]] std::uint64_t rows_taken() const { return rows_taken_; }
  /// The reader's error, if that is what ended the pass.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  // What the virtual table's methods call.
  [[nodiscard]] std::string declaration() const;
  bool start();  ///< false: a second pass
  bool advance();
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] const table::Cell& cell(std::size_t column) const {
    return block_.row(at_)[column];
  }

 private:
  std::unique_ptr<table::RowReader> reader_;
  table::RowBlock block_;
  std::size_t at_ = 0;
  bool started_ = false;
  bool ended_ = false;
  std::uint64_t rows_taken_ = 0;
  std::optional<Error> error_;
};

}  // namespace alinktf::source
