#include "formats/csv/block_cutter.hpp"

#include "formats/csv/preamble.hpp"

#include <algorithm>

namespace alinktf::csv {

BlockCutter::BlockCutter(std::unique_ptr<ByteSource> source,
                         const Options& options,
                         std::size_t block_bytes)
    : name_(source->name()),
      scanner_(options),
      window_(std::move(source), options.row_delimiter),
      block_bytes_(block_bytes) {}

Result<std::unique_ptr<BlockCutter>> BlockCutter::open(std::unique_ptr<ByteSource> source,
                                                       const table::Schema& schema,
                                                       const Options& options,
                                                       std::size_t block_bytes) {
  ALINKTF_TRY(check_options(options));
  // The constructor is private, so std::make_unique cannot call it.
  std::unique_ptr<BlockCutter> cutter(new BlockCutter(std::move(source), options, block_bytes));
  ALINKTF_ASSIGN_OR_RETURN(
      cutter->line_,
      skip_preamble(cutter->window_, cutter->scanner_, cutter->name_, schema, options));
  return cutter;
}

/// Have `size` bytes in the window, or all that are left, or whole rows if more would have to be
/// waited for.
void BlockCutter::fill(std::size_t size) {
  while (!failed_ && !window_.is_last() && window_.size() < size &&
         !(!window_.ready() && !would_wait())) {
    Result<void> result = window_.refill(size - window_.size());
    if (!result.ok()) {
      failed_ = std::move(result).error();
    }
  }
}

Result<bool> BlockCutter::next(Block& block) {
  for (std::size_t size = block_bytes_;; size = std::min(window_.size() * 2, kMaxRowBytes + 1)) {
    fill(size);
    WholeRows rows = scanner_.whole_rows(window_.begin(), window_.end(), window_.is_last());
    if (rows.end == nullptr && window_.is_last()) {
      rows.end = window_.end();  // a quote is not closed: the reader will say so
    }
    if (rows.end != nullptr && rows.end != window_.begin()) {
      window_.split_off(static_cast<std::size_t>(rows.end - window_.begin()), block.bytes);
      block.first_line = line_;
      line_ += rows.lines;
      progress_ = {};
      return true;
    }
    if (failed_) {
      return *failed_;
    }
    if (window_.is_last()) {
      return false;
    }
    if (window_.size() > kMaxRowBytes) {
      failed_ = row_too_long(name_, line_);
      return *failed_;
    }
  }
}

bool BlockCutter::would_wait() const {
  return !failed_ && !window_.ready() &&
         !scanner_.has_row_end(window_.begin(), window_.end(), progress_);
}

}  // namespace alinktf::csv
