#include "convert/meter.hpp"

#include "job/progress.hpp"
#include "log/log.hpp"
#include "source/files.hpp"
#include "sys/file_source.hpp"

#include <algorithm>
#include <filesystem>

namespace alinktf::convert {

namespace {

constexpr std::chrono::seconds kMessage{30};

}  // namespace

std::optional<std::uint64_t> input_bytes(const spec::InputSpec& input) {
  const auto files = source::expand_files(input);
  if (!files.ok()) {
    return {};
  }
  std::uint64_t total = 0;
  for (const std::string& file : files.value()) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
      return {};
    }
    total += std::filesystem::file_size(file, error);
    if (error) {
      return {};
    }
  }
  return total;
}

Meter::Meter(const Progress& progress, std::optional<std::uint64_t> total, bool shown)
    : progress_(progress),
      total_(total),
      shown_(shown),
      bytes_before_(sys::FileSource::bytes_read()) {}

void Meter::tick() {
  const auto now = Clock::now();
  const std::chrono::duration<double> step = now - last_;
  if (!shown_ || progress_.printing || (!log::has_terminal() && step < kMessage) ||
      step.count() <= 0) {
    return;
  }
  const std::uint64_t rows = progress_.rows_in;
  const double rate = static_cast<double>(rows - last_rows_) / step.count();
  rate_ += (rate - rate_) * std::min(1.0, step.count() / 2);  // smoothed over two seconds
  last_ = now;
  last_rows_ = rows;
  job::ProgressFacts facts{.rows_in = rows,
                           .bytes_in = sys::FileSource::bytes_read() - bytes_before_,
                           .rows_out = progress_.rows_out};
  if (total_ && *total_ > 0) {
    const double share = static_cast<double>(facts.bytes_in) / static_cast<double>(*total_);
    facts.share = std::min(1.0, share);
  }
  const std::string line = job::progress_line(facts, now - began_, rate_);
  if (log::has_terminal()) {
    log::status(line);
    if (progress_.printing) {
      hide();
    }
  } else {
    log::message(log::Level::kInfo, line);
  }
}

void Meter::hide() const {
  if (shown_ && log::has_terminal()) {
    log::status("");
  }
}

}  // namespace alinktf::convert
