#include "sink/table_printer.hpp"

#include "sink/text_width.hpp"

#include <algorithm>

namespace alinktf::sink {

namespace {

constexpr std::size_t kMeasuredRows = 100;
constexpr std::size_t kWidest = 40;

/// A cell is made printable only as far as any of it can be shown.
constexpr std::size_t kReadBytes = 4096;

bool is_number(table::ColumnType type) {
  return type == table::ColumnType::kDecimal || table::storage(type) == table::Storage::kInteger ||
         table::storage(type) == table::Storage::kReal;
}

/// `text`, or what fits of it and an ellipsis.
std::string cut(std::string text) {
  return display_width(text) > kWidest ? std::string(head(text, kWidest - 1)) + "…"
                                       : std::move(text);
}

}  // namespace

TablePrinter::TablePrinter(sys::AtomicFile file, table::Schema schema, Life life)
    : file_(std::move(file)), schema_(std::move(schema)), life_(life) {
  for (const table::Column& column : schema_) {
    // A row delimiter that stands in no text and no quoting: the bare text of the cell.
    writers_.emplace_back(table::Schema{column},
                          csv::Options{.row_delimiter = "\n", .quote_char = std::nullopt});
    widths_.push_back(display_width(cut(printable(column.name))));
  }
}

std::string TablePrinter::text(std::size_t column, const table::Cell& cell) {
  if (cell.null) {
    return "null";
  }
  scratch_.clear();
  writers_[column].append_row({&cell, 1}, scratch_);
  const auto bare = scratch_.view().substr(0, scratch_.size() - 1);
  return cut(printable(bare.substr(0, kReadBytes)));
}

Result<void> TablePrinter::append(std::span<const table::Cell> row) {
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < row.size(); ++i) {
    cells.push_back(text(i, row[i]));
  }
  if (!measuring_) {
    return print(cells);
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    widths_[i] = std::max(widths_[i], display_width(cells[i]));
  }
  first_.push_back(std::move(cells));
  return first_.size() == kMeasuredRows ? print_first() : Result<void>();
}

Result<void> TablePrinter::print_first() {
  measuring_ = false;
  std::vector<std::string> names;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    names.push_back(cut(printable(schema_[i].name)));
    lines.emplace_back(widths_[i], '-');
  }
  ALINKTF_TRY(print(names));
  ALINKTF_TRY(print(lines));
  for (const auto& cells : first_) {
    ALINKTF_TRY(print(cells));
  }
  first_.clear();
  return {};
}

Result<void> TablePrinter::print(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t shown = display_width(cells[i]);
    const std::string padding(widths_[i] - std::min(shown, widths_[i]), ' ');
    const bool right = is_number(schema_[i].type);
    line += i == 0 ? "" : "  ";
    line += right ? padding + cells[i] : cells[i] + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return file_.write(line + "\n");
}

Result<void> TablePrinter::flush() {
  const bool show = life_ == Life::kGrowing && measuring_ && !first_.empty();
  return show ? print_first() : Result<void>();
}

Result<void> TablePrinter::finish() {
  if (measuring_) {
    ALINKTF_TRY(print_first());
  }
  return file_.commit();
}

}  // namespace alinktf::sink
