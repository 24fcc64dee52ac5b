// CSV text to rows.
#pragma once

#include "base/byte_source.hpp"
#include "base/result.hpp"
#include "formats/csv/cell.hpp"
#include "formats/csv/options.hpp"
#include "formats/csv/scanner.hpp"
#include "formats/csv/window.hpp"
#include "formats/text_form/nested_text.hpp"
#include "table/arena.hpp"
#include "table/deferred_error.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::csv {

/// How to parse a field of a column whose text has the common form.
struct PlainParser {
  enum class Kind : std::uint8_t { kNone, kDouble, kFloat, kInteger, kDecimal, kText };

  Kind kind = Kind::kNone;
  std::int64_t least = 0;  ///< Of integers.
  std::int64_t most = 0;
};

/// Reads a CSV source row by row, straight into cells. Texts stay where they were read to: nothing
/// is allocated for a row or a cell.
///
/// What each type accepts stands at parse_cell() and at text_form::NestedParser, the quoting rules
/// in scanner.hpp. A vector or tensor of blanks is null. Surplus fields
/// of a row are ignored, missing ones are an error. Errors are kInput and name source, line (from
/// 1), column, what was found and what was expected; with Options::bad_rows a bad row is
/// given to that, counted and left out. If such a row has several lines, this is so for the first
/// only, and the others are read on as if each were a row, because it is likely that a stray quote
/// has joined them. A row above 1 GiB is an error in any case.
class Reader final : public table::RowReader {
 public:
  /// Start reading `source`: a byte order mark is skipped, and the first line as the options say.
  /// kSpec if an option makes no sense; kInput if the
  /// source cannot be read, or if its header's names (blanks around them and case ignored) are not
  /// those of `schema` in the same order.
  static Result<std::unique_ptr<Reader>> open(std::unique_ptr<ByteSource> source,
                                              table::Schema schema,
                                              const Options& options);

  /// A reader of blocks that a BlockCutter has cut off a source called `name`. There is nothing to
  /// read before next_block(). What options say of the first line is not for it. kSpec as above.
  static Result<std::unique_ptr<Reader>> over_blocks(std::string name,
                                                     table::Schema schema,
                                                     const Options& options);

  /// Read `bytes` next, which begin with a row in line `first_line`; they are not copied. Rows that
  /// the block before still has, and its failure, are forgotten. Returns the storage of that block
  /// for the cutter, whereby the cells read from it lose their texts.
  Buffer next_block(Buffer bytes, std::uint64_t first_line);

  /// Blocks come from another source now.
  void set_name(std::string name) { name_ = std::move(name); }

  [[nodiscard]] const table::Schema& schema() const override { return schema_; }
  Result<void> read(table::RowBlock& block) override;
  [[nodiscard]] bool would_wait() const override;

  /// Rows delivered so far, and bad rows left out.
  [[nodiscard]] std::uint64_t rows_read() const { return rows_read_; }
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }
  /// Values that are null because of Options::null_for_invalid.
  [[nodiscard]] std::uint64_t invalid_values() const { return invalid_values_; }

 private:
  enum class Step : std::uint8_t { kRow, kBlank, kBad, kMore };
  /// Where parsing a row has got to.
  struct Row {
    const char* at = nullptr;
    const char* end = nullptr;  ///< Of the text; more may come behind it unless `is_last`.
    bool is_last = false;
    std::size_t column = 0;
    bool ended = false;
    std::uint32_t line_breaks = 0;
    std::uint32_t invalid_values = 0;
  };

  Reader(std::string name, Window window, table::Schema schema, const Options& options);

  Result<void> fill(table::RowBlock& block);
  Step parse_row(table::Cell* cells);
  Step parse_blank_row(table::Cell* cells);
  void parse_plain(Row& row, table::Cell* cells) const;
  const char* scan_plain(const PlainParser& parser, const char* at, table::Cell& cell) const;
  Step parse_field(Row& row, table::Cell& cell);
  Step finish_row(const Row& row);
  Step skip_rest(Row& row, std::optional<Error> problem);
  void parse_text(std::size_t column, const Field& field, table::Cell& cell);
  Result<void> parse_encoded(table::ColumnType type, const Field& field, table::Cell& cell);
  bool parse_value(table::ColumnType type, const Field& field, table::Cell& cell);
  Step reduce_doubled(Step step, table::Cell* cells);
  Result<void> give_bad_row();
  Step leave_out(const Row& row, Error problem);
  [[nodiscard]] Row next_row() const;
  [[nodiscard]] Error broken_quote(const Row& row, const Field& field) const;
  [[nodiscard]] Error bad_field(const Row& row, const Field& field, std::string_view reason) const;
  [[nodiscard]] Error bad_row(std::string_view what) const;

  std::string name_;
  table::Schema schema_;
  Scanner scanner_;
  std::vector<PlainParser> parsers_;  ///< One a column.
  char quote_;
  char field_end_;  ///< The first characters of the delimiters.
  char row_end_;
  bool has_plain_fields_;  ///< The delimiters allow parse_plain().
  bool skip_blank_line_;
  bool null_for_invalid_;
  table::BadRowTaker* bad_rows_;
  Window window_;
  table::Arena arena_;  ///< What of a block's cells is not in the window.
  text_form::NestedParser nested_;
  CellRoom room_;
  Buffer unquoted_;  ///< The field that is being converted, and what it becomes.
  Buffer converted_;
  std::uint64_t line_ = 1;  ///< Of the row at window_.begin().
  std::uint64_t rows_read_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t invalid_values_ = 0;
  std::optional<Error> problem_;  ///< Of the row that parse_row() called bad.
  std::uint64_t bad_line_ = 0;    ///< That row's first line, and what stands there.
  std::string_view bad_text_;
  const char* lines_end_ = nullptr;   ///< Up to here each line is read on its own.
  std::vector<std::size_t> doubled_;  ///< Columns of the row whose texts have doubled quotes.
  table::DeferredError failed_;
  mutable RowProgress progress_;  ///< How far the row at window_.begin() has been looked at.
};

}  // namespace alinktf::csv
