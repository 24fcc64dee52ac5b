// All files of an input as one table.
#pragma once

#include "base/byte_source.hpp"
#include "base/result.hpp"
#include "formats/csv/reader.hpp"
#include "source/record_stream.hpp"
#include "source/rejects.hpp"
#include "spec/job_spec.hpp"
#include "table/row_block.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alinktf::source {

/// The generated table that `input` asks for; no row is generated yet. kSpec.
Result<std::unique_ptr<table::RowReader>> open_random(const spec::InputSpec& input);

/// False for what is no file, or several files, of rows: generated tables and SavedModels.
bool has_files(const spec::InputSpec& input);

/// Open one file of `input` and unpack it. `cancel_fd` as for open(). kInput.
Result<std::unique_ptr<ByteSource>> open_bytes(const spec::InputSpec& input,
                                               const std::string& path,
                                               int cancel_fd);

/// How the files of a CSV input are laid out. Bad rows go to `rejects`, unless one of them is to
/// end the job.
csv::Options csv_options(const spec::InputSpec& input, table::BadRowTaker* rejects);

/// The rows of an input's files, one file after the other, of a generated table, or of a model.
/// Every file has a header, a first line to ignore and a byte order mark of its own.
class InputReader final : public table::RowReader {
 public:
  /// Opens the first file. `bad_rows`: takes all rows that do not parse, whatever onBadRow says;
  /// they are not counted then. `input` and `bad_rows` must outlive the reader. kSpec, kInput as
  /// the formats' readers and expand_files().
  static Result<std::unique_ptr<InputReader>> open(const spec::InputSpec& input,
                                                   int cancel_fd,
                                                   table::BadRowTaker* bad_rows = nullptr);

  [[nodiscard]] const table::Schema& schema() const override { return reader_->schema(); }
  Result<void> read(table::RowBlock& block) override;
  [[nodiscard]] bool would_wait() const override { return reader_->would_wait(); }

  [[nodiscard]] ReadCounts counts() const;
  /// As RecordStream::finish().
  Result<void> finish() { return rejects_.finish(); }

 private:
  InputReader(const spec::InputSpec& input, std::vector<std::string> files, int cancel_fd)
      : input_(input), files_(std::move(files)), cancel_fd_(cancel_fd), rejects_(input.bad_rows) {}

  [[nodiscard]] table::BadRowTaker* taker();
  Result<void> open_next();
  Result<void> open_ak(std::unique_ptr<ByteSource> bytes);

  const spec::InputSpec& input_;
  std::vector<std::string> files_;
  std::size_t next_ = 0;  ///< the file that comes after reader_'s
  int cancel_fd_;
  Rejects rejects_;
  table::BadRowTaker* bad_rows_ = nullptr;  ///< instead of rejects_
  std::unique_ptr<table::RowReader> reader_;
  std::function<std::uint64_t()> invalid_in_file_;  ///< of reader_, if it can tell
  std::uint64_t rows_ = 0;
  std::uint64_t invalid_values_ = 0;  ///< of the files before reader_'s
};

}  // namespace alinktf::source
