#include "formats/example/table_reader.hpp"

#include <fmt/format.h>

#include <string>

namespace alinktf::example {

namespace {

/// Nested values take up to eight times what their record does, so blocks have to end.
constexpr std::size_t kBlockBytes = std::size_t{256} << 10U;

}  // namespace

Result<void> TableReader::read(table::RowBlock& block) {
  arena_.clear();
  Result<void> result = failed_.read(block, [&] { return fill(block); });
  rows_read_ += block.rows();
  return result;
}

Result<void> TableReader::fill(table::RowBlock& block) {
  std::size_t bytes = 0;
  // Reading what is not buffered would pull the texts from under the rows that are in the block.
  while (!block.full() && (block.rows() == 0 || (bytes < kBlockBytes && records_.buffered()))) {
    std::string_view record;
    const std::uint64_t offset = records_.offset();
    ALINKTF_ASSIGN_OR_RETURN(const bool there, records_.next(record));
    if (!there) {
      break;
    }
    ALINKTF_TRY(add_record(record, offset, block));
    bytes += record.size();
  }
  return {};
}

Result<void> TableReader::add_record(std::string_view record,
                                     std::uint64_t offset,
                                     table::RowBlock& block) {
  const Result<void> decoded = decoder_.decode(record, block.next_row(), arena_);
  if (decoded.ok()) {
    block.add_row();
    return {};
  }
  if (block.rows() == 0) {
    arena_.clear();  // bad records may be many
  }
  return leave_out(decoded.error(), offset);
}

/// The record that has just been read, which begins at `offset`, is bad.
Result<void> TableReader::leave_out(const Error& problem, std::uint64_t offset) {
  const std::uint64_t index = records_.records_read() - 1;
  const std::string reason =
      fmt::format("{}: record {} at byte {}: {}", records_.name(), index, offset, problem.str());
  if (bad_rows_ == nullptr) {
    return Error(ErrorCode::kInput, reason);
  }
  ++skipped_;
  return bad_rows_->take(
      {.source = records_.name(), .number = index, .reason = reason, .text = {}});
}

}  // namespace alinktf::example
