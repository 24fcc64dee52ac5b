#include "sink/collector.hpp"

#include <fmt/format.h>

namespace alinktf::sink {

Result<void> Collector::add(const std::string& task,
                            std::uint64_t first_row,
                            const chunk::Header& header,
                            std::string_view payload) {
  std::uint64_t row = first_row;
  auto added =
      chunk::for_each_record(header, payload, [&](std::string_view record) -> Result<void> {
        auto decoded = decoder_.decode(record, row_.data());
        if (!decoded.ok()) {
          return std::move(decoded).context([&] { return fmt::format("output row {}", row); });
        }
        ALINKTF_TRY(output_.append(row_));
        ++row;
        ++rows_;
        return {};
      });
  const bool of_task = !added.ok() && added.error().code() == ErrorCode::kWorker;
  return of_task ? std::move(added).context([&] { return task; }) : added;
}

}  // namespace alinktf::sink
