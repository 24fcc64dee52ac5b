#include "formats/jsonl/reader.hpp"

#include <fmt/format.h>

namespace alinktf::jsonl {

namespace {

constexpr std::size_t kMaxLineBytes = std::size_t{1} << 30U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Reader::Reader(std::unique_ptr<ByteSource> source,
               table::Schema schema,
               table::BadRowTaker* bad_rows,
               bool null_for_invalid)
    : schema_(std::move(schema)),
      bad_rows_(bad_rows),
      window_(std::move(source)),
      parser_(schema_, bad_rows != nullptr, null_for_invalid) {}

Result<void> Reader::read(table::RowBlock& block) {
  parser_.release();
  Result<void> result = failed_.read(block, [&] { return fill(block); });
  rows_read_ += block.rows();
  return result;
}

Result<void> Reader::fill(table::RowBlock& block) {
  while (true) {
    ALINKTF_TRY(add_lines(block));
    // Moving the window would pull the texts from under the rows that are in the block.
    if (block.rows() != 0) {
      return {};
    }
    ALINKTF_ASSIGN_OR_RETURN(const bool more, refill());
    if (!more) {
      return {};
    }
  }
}

/// Parse the lines that are in memory, or as many as there is room for.
Result<void> Reader::add_lines(table::RowBlock& block) {
  while (!block.full()) {
    const std::optional<Line> line = window_.next();
    if (!line) {
      return {};
    }
    ALINKTF_TRY(add_line(*line, block));
  }
  return {};
}

Result<void> Reader::add_line(Line line, table::RowBlock& block) {
  ++line_;
  if (line_ == 1 && line.text().starts_with(kByteOrderMark)) {
    line.begin += kByteOrderMark.size();
  }
  switch (parser_.parse(line, block.next_row())) {
    case RowParser::Outcome::kRow:
      block.add_row();
      return {};
    case RowParser::Outcome::kBlank:
      return {};
    default:
      return leave_out();
  }
}

/// Hand the bad line to its taker.
Result<void> Reader::leave_out() {
  const std::string reason = fmt::format("{}: line {}{}", window_.name(), line_, parser_.problem());
  if (bad_rows_ == nullptr) {
    return Error(ErrorCode::kInput, reason);
  }
  ++skipped_;
  std::string_view text = parser_.original();
  text.remove_suffix(text.ends_with('\r') ? 1 : 0);
  return bad_rows_->take(
      {.source = window_.name(), .number = line_, .reason = reason, .text = text});
}

Result<bool> Reader::refill() {
  if (window_.size() > kMaxLineBytes) {
    return Error(ErrorCode::kInput,
                 fmt::format("{}: line {}: found a line of more than {} bytes, expected one object "
                             "a line",
                             window_.name(),
                             line_ + 1,
                             kMaxLineBytes));
  }
  return window_.refill();
}

bool Reader::would_wait() const {
  return !failed_ && !window_.ready() && !window_.has_line();
}

}  // namespace alinktf::jsonl
