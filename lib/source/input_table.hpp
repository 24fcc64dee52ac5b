// A RowReader as SQLite's virtual table "input".
#pragma once

#include "base/result.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct sqlite3;

namespace alinktf::source {

/// What SQL sees a column as.
enum class SqlType { kInteger, kReal, kDecimal, kText, kBlob };

/// Numbers as numbers (DECIMAL as REAL), dates and times as their texts, VARBINARY, vectors and
/// tensors as blobs.
SqlType sql_type(table::ColumnType type);

/// The rows of a reader for SQLite. Owns the reader; lives longer than the connection that it is
/// registered with. Declared column types are an affinity and the column's index, such as INT_3, so
/// that sqlite3_column_decltype tells which result columns are bare columns.
///
/// A pass of SQLite reads the whole input, or after read_by_block() the block at hand, again and
/// again after each next_block().
class InputTable {
 public:
  explicit InputTable(std::unique_ptr<table::RowReader> reader);

  Result<void> register_in(sqlite3* database);

  /// From now on a pass ends with the block. Before any pass.
  void read_by_block() { by_block_ = true; }
  /// Have the next block for a pass. False if the input has ended.
  Result<bool> next_block();

  [[nodiscard]] const table::Schema& schema() const { return reader_->schema(); }
  /// True if the row at hand is the block's last one.
  [[nodiscard]] bool at_block_end() const { return next_ >= block_.rows(); }
  /// True if the block after this one is not there yet.
  [[nodiscard]] bool would_wait() const { return reader_->would_wait(); }
  [[nodiscard]] std::uint64_t rows_taken() const { return rows_taken_; }
  /// The reader's error, if that is what ended the pass.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  /// The cells of the row at hand, valid until the next block is read.
  [[nodiscard]] const table::Cell* row() const { return row_; }

  /// Go to the next row of the block. False at its end.
  bool advance_in_block() {
    if (at_block_end()) {
      return false;
    }
    row_ = block_.row(next_++).data();
    ++rows_taken_;
    return true;
  }

  // What the virtual table's methods call.
  [[nodiscard]] std::string declaration() const;
  bool start();    ///< false: a second pass over an input that has streamed by
  bool advance();  ///< false: see error()
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] SqlType column_type(std::size_t column) const { return types_[column]; }
  /// True if texts stay where they are until the pass has ended.
  [[nodiscard]] bool keeps_texts() const { return by_block_; }

 private:
  std::unique_ptr<table::RowReader> reader_;
  std::vector<SqlType> types_;
  table::RowBlock block_;
  const table::Cell* row_ = nullptr;
  std::size_t next_ = 0;  ///< row of the block
  bool by_block_ = false;
  bool started_ = false;
  bool ended_ = false;
  std::uint64_t rows_taken_ = 0;
  std::optional<Error> error_;
};

}  // namespace alinktf::source
