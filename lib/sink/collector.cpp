#include "sink/collector.hpp"

#include <fmt/format.h>

namespace alinktf::sink {

Result<void> Collector::add(const std::string& task,
                            std::uint64_t first_row,
                            const chunk::Header& header,
                            std::string_view payload) {
  auto added = header.kind == chunk::Kind::kColumns ? add_columns(first_row, header, payload)
                                                    : add_records(first_row, header, payload);
  const bool of_task = !added.ok() && added.error().code() == ErrorCode::kWorker;
  return of_task ? std::move(added).context([&] { return task; }) : added;
}

Result<void> Collector::add_records(std::uint64_t row,
                                    const chunk::Header& header,
                                    std::string_view payload) {
  return chunk::for_each_record(header, payload, [&](std::string_view record) -> Result<void> {
    ALINKTF_TRY(append(row, decoder_.decode(record, row_.data())));
    ++row;
    return {};
  });
}

Result<void> Collector::add_columns(std::uint64_t row,
                                    const chunk::Header& header,
                                    std::string_view payload) {
  auto opened = columns_.open(payload, header.records);
  if (!opened.ok()) {
    return std::move(opened).context([&] { return fmt::format("output row {}", row); });
  }
  for (std::uint32_t i = 0; i < header.records; ++i) {
    ALINKTF_TRY(append(row + i, columns_.read(row_.data())));
  }
  return {};
}

/// Hand over row_, which `decoded` says is good, as the task's number `number`.
Result<void> Collector::append(std::uint64_t number, Result<void> decoded) {
  if (!decoded.ok()) {
    return std::move(decoded).context([&] { return fmt::format("output row {}", number); });
  }
  ALINKTF_TRY(output_.append(row_));
  ++rows_;
  return {};
}

}  // namespace alinktf::sink
