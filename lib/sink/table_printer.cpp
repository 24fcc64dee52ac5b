#include "sink/table_printer.hpp"

#include <algorithm>

namespace alinktf::sink {

namespace {

constexpr std::size_t kMeasuredRows = 100;
constexpr std::size_t kWidest = 40;

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Code points of `text`: what a terminal shows of it, wide characters aside.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

/// The first `count` code points of `text`.
std::string_view head(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && (count > 0 || continues(text[at]))) {
    count -= continues(text[at]) ? 0U : 1U;
    ++at;
  }
  return text.substr(0, at);
}

}  // namespace

TablePrinter::TablePrinter(sys::AtomicFile file, const table::Schema& schema)
    : file_(std::move(file)), schema_(schema) {
  for (const table::Column& column : schema) {
    // A row delimiter that stands in no text and no quoting: the bare text of the cell.
    writers_.emplace_back(table::Schema{column},
                          csv::Options{.row_delimiter = "\n", .quote_char = std::nullopt});
    widths_.push_back(std::min(kWidest, width(column.name)));
  }
}

std::string TablePrinter::text(std::size_t column, const table::Cell& cell) {
  if (cell.null) {
    return "null";
  }
  scratch_.clear();
  writers_[column].append_row({&cell, 1}, scratch_);
  std::string text(scratch_.view().substr(0, scratch_.size() - 1));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return width(text) > kWidest ? std::string(head(text, kWidest - 1)) + "…" : text;
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
    widths_[i] = std::max(widths_[i], width(cells[i]));
  }
  first_.push_back(std::move(cells));
  return first_.size() == kMeasuredRows ? print_first() : Result<void>();
}

Result<void> TablePrinter::print_first() {
  measuring_ = false;
  std::vector<std::string> names;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    names.emplace_back(head(schema_[i].name, kWidest));
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
    const std::size_t shown = width(cells[i]);
    const std::string padding(widths_[i] - std::min(shown, widths_[i]), ' ');
    const bool right = table::storage(schema_[i].type) != table::Storage::kBytes;
    line += i == 0 ? "" : "  ";
    line += right ? padding + cells[i] : cells[i] + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return file_.write(line + "\n");
}

Result<void> TablePrinter::finish() {
  if (measuring_) {
    ALINKTF_TRY(print_first());
  }
  return file_.commit();
}

}  // namespace alinktf::sink
