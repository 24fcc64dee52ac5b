// How many rows files have, as fast as that can be told.
#include "convert/show.hpp"
#include "formats/tfrecord/reader.hpp"
#include "source/files.hpp"
#include "source/input_reader.hpp"

#include <cstring>

namespace alinktf::convert {

namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10U;

Error stopped() {
  return {ErrorCode::kCancelled, "stopped"};
}

/// Counts lines that are not blank, in text that comes in pieces.
class LineCounter {
 public:
  void add(std::string_view text) {
    while (!text.empty()) {
      const void* found = std::memchr(text.data(), '\n', text.size());
      const std::size_t size =
          found == nullptr
              ? text.size()
              : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
      filled_ =
          filled_ || text.substr(0, size).find_first_not_of(" \t\r") != std::string_view::npos;
      if (found != nullptr) {
        end_line();
      }
      text.remove_prefix(found == nullptr ? size : size + 1);
    }
  }
  void end_line() { lines_ += std::exchange(filled_, false) ? 1U : 0U; }
  [[nodiscard]] std::uint64_t lines() const { return lines_; }

 private:
  bool filled_ = false;
  std::uint64_t lines_ = 0;
};

Result<std::uint64_t> count_lines(ByteSource& source, Progress& progress, std::uint64_t before) {
  std::string bytes(kReadBytes, '\0');
  LineCounter counter;
  for (;;) {
    ALINKTF_ASSIGN_OR_RETURN(const std::size_t got, source.read(bytes.data(), bytes.size()));
    if (got == 0) {
      counter.end_line();
      return counter.lines();
    }
    counter.add(std::string_view(bytes).substr(0, got));
    progress.rows_in = before + counter.lines();
    if (progress.stop) {
      return stopped();
    }
  }
}

Result<std::uint64_t> count_records(std::unique_ptr<ByteSource> source,
                                    Progress& progress,
                                    std::uint64_t before) {
  const std::string name = source->name();
  tfrecord::Reader reader(std::move(source));
  std::string_view record;
  for (;;) {
    auto more = reader.next(record);
    if (!more.ok()) {
      return std::move(more).error();
    }
    if (!more.value()) {
      return reader.records_read();
    }
    progress.rows_in.store(before + reader.records_read(), std::memory_order_relaxed);
    if (progress.stop.load(std::memory_order_relaxed)) {
      return stopped();
    }
  }
}

/// Read all rows.
Result<std::uint64_t> count_read(const spec::InputSpec& input, int cancel_fd, Progress& progress) {
  ALINKTF_ASSIGN_OR_RETURN(auto reader, source::InputReader::open(input, cancel_fd));
  table::RowBlock block(reader->schema().size());
  for (;;) {
    ALINKTF_TRY(reader->read(block));
    if (block.rows() == 0) {
      return reader->counts().read;
    }
    progress.rows_in.store(reader->counts().read, std::memory_order_relaxed);
    if (progress.stop.load(std::memory_order_relaxed)) {
      return stopped();
    }
  }
}

/// CSV rows end where quotes say, so they are read, but as one text column.
Result<std::uint64_t> count_csv(spec::InputSpec input, int cancel_fd, Progress& progress) {
  input.schema = {{"row", table::ColumnType::kString}};
  input.ignore_first_line = input.ignore_first_line || std::exchange(input.csv.header, false);
  input.bad_rows = {};
  input.bad_rows.action = spec::BadRowSpec::Action::kSkip;
  return count_read(input, cancel_fd, progress);
}

}  // namespace

Result<std::uint64_t> count_rows(const spec::InputSpec& input, int cancel_fd, Progress& progress) {
  if (input.format == spec::Format::kCsv) {
    return count_csv(input, cancel_fd, progress);
  }
  if (input.format == spec::Format::kAk || input.format == spec::Format::kSavedModel) {
    return count_read(input, cancel_fd, progress);
  }
  if (input.format == spec::Format::kRandom) {
    return static_cast<std::uint64_t>(input.num_rows);
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto files, source::expand_files(input));
  std::uint64_t rows = 0;
  for (const std::string& file : files) {
    ALINKTF_ASSIGN_OR_RETURN(auto bytes, source::open_bytes(input, file, cancel_fd));
    ALINKTF_ASSIGN_OR_RETURN(const std::uint64_t more,
                             input.format == spec::Format::kJsonl
                                 ? count_lines(*bytes, progress, rows)
                                 : count_records(std::move(bytes), progress, rows));
    rows += more;
  }
  return rows;
}

}  // namespace alinktf::convert
