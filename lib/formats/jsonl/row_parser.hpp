// One line to the cells of one row.
#pragma once

#include "formats/jsonl/keys.hpp"
#include "formats/jsonl/nested.hpp"
#include "formats/jsonl/scanner.hpp"
#include "table/arena.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::jsonl {

/// Parses lines. What each column type accepts stands at Reader.
class RowParser {
 public:
  enum class Outcome : std::uint8_t { kRow, kBlank, kBad };

  /// `keep_text`: original() is wanted of bad lines. `null_for_invalid`: a vector or tensor that
  /// does not fit its column is null.
  RowParser(const table::Schema& schema, bool keep_text, bool null_for_invalid);

  /// Parse `line` into `cells`, one a column. Their texts lie in the line, or in the parser until
  /// release().
  Outcome parse(const Line& line, table::Cell* cells);

  /// Of the bad line: what is wrong, with the byte or the column, and its text.
  [[nodiscard]] std::string problem() const;
  [[nodiscard]] std::string_view original() const { return scanner_.original(); }

  /// Values of rows that are null because of `null_for_invalid`.
  [[nodiscard]] std::uint64_t invalid_values() const { return invalid_values_; }

  /// Give up the texts of all cells so far.
  void release() {
    arena_.clear();
    nested_.release();
  }

 private:
  static constexpr std::string_view kNumber = "a number such as 1.5 or -2e-3";

  char* parse_object(char* at, table::Cell* cells);
  char* parse_member(char* at, table::Cell* cells);
  const Key* parse_key(char*& at);
  bool take(const Key& key);
  char* parse_value(char* at, table::ColumnType type, table::Cell& cell);
  char* parse_rare(char* at, table::ColumnType type, table::Cell& cell);
  template <typename T>
  char* parse_real(char* at, table::Cell& cell);
  template <typename T>
  char* parse_integer(char* at, table::Cell& cell);
  char* parse_boolean(char* at, table::Cell& cell);
  char* parse_decimal(char* at, table::Cell& cell);
  char* parse_text(char* at, table::Cell& cell);
  char* parse_temporal(char* at, table::ColumnType type, table::Cell& cell);
  char* parse_binary(char* at, table::Cell& cell);
  char* parse_or_null(char* at, table::ColumnType type, table::Cell& cell);
  char* fail_cell(char* at, std::string_view expected);

  const table::Schema& schema_;
  bool null_for_invalid_;
  Keys keys_;
  Scanner scanner_;
  NestedParser nested_;
  table::Arena arena_;
  Buffer bytes_;
  std::size_t column_ = 0;  ///< Whose value is being parsed.
  std::uint64_t row_ = 0;   ///< Of the line, from 1.
  std::uint64_t invalid_in_row_ = 0;
  std::uint64_t invalid_values_ = 0;
  std::vector<std::uint64_t> seen_;  ///< By column: 2 × the last row it was in, + 1 if exactly.
};

}  // namespace alinktf::jsonl
