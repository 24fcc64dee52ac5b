#include "serve/lines.hpp"

#include "log/log.hpp"
#include "spec/document.hpp"
#include "sys/fd.hpp"

#include <fmt/format.h>

#include <limits>

#include <unistd.h>

namespace alinktf::serve {

namespace {

constexpr std::size_t kBlockRows = 256;
constexpr std::size_t kWriteBytes = std::size_t{64} << 10U;

}  // namespace

Result<void> LineServer::BadRows::take(const table::BadRow& row) {
  server_.unparsed_.emplace_back(server_.block_->rows(), std::string(row.reason));
  return {};
}

Result<void> LineServer::open(int cancel_fd) {
  ALINKTF_ASSIGN_OR_RETURN(table_, source::open(job_, cancel_fd, &bad_rows_));
  block_ = std::make_unique<table::RowBlock>(schema().size(), kBlockRows);
  return {};
}

Result<void> LineServer::run(const std::vector<Link>& links) {
  ALINKTF_ASSIGN_OR_RETURN(format_,
                           sink::make_row_format(job_.output, links.back().binding.schema));
  format_->append_head(out_);
  Chain chain(links,
              {.row = [this](std::uint64_t number,
                             std::span<const table::Cell> row) { return answer(number, row); },
               .failure =
                   [this](std::uint64_t number, const std::string& reason) {
                     failures_.emplace(number, reason);
                     return Result<void>();
                   }});
  for (;;) {
    unparsed_.clear();
    auto read = table_.rows->read(*block_);
    number_rows();
    const bool more = read.ok() && block_->rows() > 0;
    if (more) {
      ALINKTF_TRY(chain.add(*block_, numbers_));
    }
    // Texts of the block's rows are in the batch by now, so that batches may span blocks.
    if (!more || stopped_ || table_.rows->would_wait()) {
      ALINKTF_TRY(chain.flush());
      answer_failures_before(std::numeric_limits<std::uint64_t>::max());
      ALINKTF_TRY(write());
    }
    if (!more || stopped_) {
      return read;
    }
  }
}

/// Rows that did not parse have numbers too.
void LineServer::number_rows() {
  numbers_.clear();
  auto bad = unparsed_.begin();
  for (std::size_t row = 0; row <= block_->rows(); ++row) {
    for (; bad != unparsed_.end() && (bad->first <= row || row == block_->rows()); ++bad) {
      failures_.emplace(next_number_++, std::move(bad->second));
    }
    if (row < block_->rows()) {
      numbers_.push_back(next_number_++);
    }
  }
}

Result<void> LineServer::answer(std::uint64_t number, std::span<const table::Cell> row) {
  answer_failures_before(number);
  ALINKTF_TRY(format_->append_row(row, out_));
  return out_.size() < kWriteBytes ? Result<void>() : write();
}

void LineServer::answer_failures_before(std::uint64_t number) {
  while (!failures_.empty() && failures_.begin()->first < number) {
    const auto& [row, reason] = *failures_.begin();
    if (job_.output.format == spec::Format::kJsonl) {
      out_.append(fmt::format("{{\"error\":{}}}\n", spec::json_string(reason)));
    } else {
      log::message(log::Level::kError, fmt::format("row {}: {}", row, reason));
      out_.append(job_.output.csv.row_delimiter);
    }
    failures_.erase(failures_.begin());
  }
}

Result<void> LineServer::write() {
  auto written = sys::write_all(STDOUT_FILENO, out_.view());
  out_.clear();
  if (!written.ok()) {
    return Error(ErrorCode::kOutput, "standard output", written.error().cause());
  }
  return {};
}

}  // namespace alinktf::serve
