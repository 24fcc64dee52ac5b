#include "source/rejects.hpp"

#include "base/text.hpp"
#include "formats/csv/writer.hpp"

#include <fmt/format.h>

#include <array>

namespace alinktf::source {

namespace {

using Action = spec::BadRowSpec::Action;

constexpr std::size_t kFlushBytes = std::size_t{64} << 10U;

const csv::Writer& writer() {
  static const csv::Writer made({{"source", table::ColumnType::kString},
                                 {"line", table::ColumnType::kLong},
                                 {"reason", table::ColumnType::kString},
                                 {"row", table::ColumnType::kString}},
                                {.header = true});
  return made;
}

}  // namespace

Result<void> Rejects::precheck(const spec::BadRowSpec& spec) {
  if (spec.action != Action::kReject) {
    return {};
  }
  ALINKTF_TRY(sys::AtomicFile::create(spec.rejects, sys::Overwrite::kYes));
  return {};
}

Result<void> Rejects::open() {
  if (file_) {
    return {};
  }
  ALINKTF_ASSIGN_OR_RETURN(auto file, sys::AtomicFile::create(spec_.rejects, sys::Overwrite::kYes));
  file_.emplace(std::move(file));
  writer().append_header(text_);
  return {};
}

Result<void> Rejects::take(const table::BadRow& row) {
  ++count_;
  if (spec_.action != Action::kReject) {
    return {};
  }
  ALINKTF_TRY(open());
  const std::array<table::Cell, 4> cells{
      table::Cell::of_bytes(row.source),
      table::Cell::of_integer(static_cast<std::int64_t>(row.number)),
      table::Cell::of_bytes(row.reason),
      row.text.empty() ? table::Cell::of_null() : table::Cell::of_bytes(row.text)};
  writer().append_row(cells, text_);
  if (spec_.most && count_ > *spec_.most) {
    return Error(ErrorCode::kInput,
                 fmt::format("{} rows were rejected, onBadRow.max allows {}; the last one: {}; all "
                             "of them are in {}",
                             count_,
                             *spec_.most,
                             row.reason,
                             quote(spec_.rejects)));
  }
  return text_.size() >= kFlushBytes ? flush() : Result<void>();
}

Result<void> Rejects::flush() {
  ALINKTF_TRY(file_->write(text_.view()));
  text_.clear();
  return {};
}

Result<void> Rejects::finish() {
  if (spec_.action != Action::kReject) {
    return {};
  }
  ALINKTF_TRY(open());
  ALINKTF_TRY(flush());
  return file_->commit();
}

}  // namespace alinktf::source
