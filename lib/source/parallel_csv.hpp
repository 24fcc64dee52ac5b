// CSV files parsed and encoded by several threads.
#pragma once

#include "base/result.hpp"
#include "formats/csv/block_cutter.hpp"
#include "formats/csv/reader.hpp"
#include "source/encode.hpp"
#include "source/record_stream.hpp"
#include "source/rejects.hpp"
#include "spec/job_spec.hpp"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace alinktf::source {

/// The blocks of all files of a CSV input, one file after the other.
class CsvBlocks {
 public:
  struct Block {
    csv::Block csv;
    std::string name;  ///< of its file
  };

  /// `input` must outlive this object. `options` are those of the blocks' readers.
  CsvBlocks(const spec::InputSpec& input,
            std::vector<std::string> files,
            csv::Options options,
            std::size_t block_bytes)
      : input_(input),
        files_(std::move(files)),
        options_(std::move(options)),
        block_bytes_(block_bytes) {}

  /// Open the next file; the first one before next(). Errors as csv::BlockCutter::open().
  Result<void> open_next();

  /// Cut off the next block, in the storage of `block`: false if there is none.
  Result<bool> next(Block& block);

 private:
  const spec::InputSpec& input_;
  std::vector<std::string> files_;
  csv::Options options_;
  std::size_t next_ = 0;  ///< the file that comes after cutter_'s
  std::size_t block_bytes_;
  std::unique_ptr<csv::BlockCutter> cutter_;
};

/// The same records, counts, rejected rows and errors as one thread gives, in the same order.
///
/// Threads take turns in cutting a block of whole rows off the input, which is quick, and parse and
/// encode it side by side. Block k goes through slot k mod S to read(), which waits for block after
/// block; so there are never more than S blocks between the input and read(). S is two more than
/// there are threads, and blocks are as large as stays in the caches: so threads wait the least for
/// each other, measured. All of it is for regular files: nothing here waits for a pipe.
class ParallelCsv final : public RecordStream {
 public:
  struct Options {
    std::size_t threads = 2;
    std::size_t block_bytes = std::size_t{512} << 10U;  ///< of text
    RecordForm form = RecordForm::kTfrecord;
  };

  /// Open the first file of `files`, which the job's input is made of, and start the threads. The
  /// job has no select and no where. `job` must outlive the stream. Errors as open_records().
  static Result<std::unique_ptr<ParallelCsv>> open(const spec::JobSpec& job,
                                                   std::vector<std::string> files,
                                                   const Options& options);
  ParallelCsv(const ParallelCsv&) = delete;
  ParallelCsv& operator=(const ParallelCsv&) = delete;
  ParallelCsv(ParallelCsv&&) = delete;
  ParallelCsv& operator=(ParallelCsv&&) = delete;
  /// Ends the threads, wherever they are.
  ~ParallelCsv() override;

  Result<void> read(RecordBatch& batch) override;
  [[nodiscard]] const table::Schema& schema() const override { return schema_; }
  [[nodiscard]] ReadCounts counts() const override {
    return {.read = rows_ + rejects_.count(),
            .skipped = rejects_.count(),
            .invalid_values = invalid_values_};
  }
  [[nodiscard]] TensorShapes shapes() const override { return shapes_.result(); }
  Result<void> finish() override { return rejects_.finish(); }

 private:
  struct KeptBadRow {
    std::size_t records_before = 0;  ///< in the batch
    std::string source;
    std::uint64_t number = 0;
    std::string reason;
    std::string text;
  };
  /// What has become of a block, or of a part of it if it makes more than a batch.
  struct Slot {
    RecordBatch batch;
    std::vector<KeptBadRow> bad_rows;
    std::uint64_t invalid_values = 0;
    std::optional<ShapeWatch> shapes;
    std::optional<Error> error;  ///< behind the batch
    bool bad_record = false;     ///< the error is BatchEncoder::bad_record()
    bool last = false;           ///< of its block
    bool end = false;            ///< of the input; there is no batch
    bool ready = false;          ///< for read(), which then has the slot for itself
  };
  /// What a thread parses with.
  struct Parser;

  ParallelCsv(const spec::InputSpec& input,
              std::vector<std::string> files,
              table::Schema schema,
              const Options& options);

  Result<std::unique_ptr<Parser>> make_parser(const spec::JobSpec& job);
  void work(Parser& parser);
  std::optional<std::uint64_t> cut(CsvBlocks::Block& block);
  bool parse(std::uint64_t number, CsvBlocks::Block& block, Parser& parser);
  void publish(Slot& slot);
  Slot& slot_of(std::uint64_t number) { return slots_[number % slots_.size()]; }
  void take(Slot& slot, RecordBatch& batch);

  Rejects rejects_;  ///< of read()

  // Of the thread that cuts.
  std::mutex cut_mutex_;
  CsvBlocks blocks_;
  std::uint64_t next_block_ = 0;
  bool cut_all_ = false;

  std::mutex mutex_;
  std::condition_variable ready_;  ///< a slot is ready
  std::condition_variable free_;   ///< a slot is not ready any more
  std::vector<Slot> slots_;
  std::uint64_t taken_ = 0;  ///< blocks that read() has done with
  bool stopped_ = false;

  // Of read().
  table::Schema schema_;
  ShapeWatch shapes_;
  std::uint64_t rows_ = 0;
  std::uint64_t invalid_values_ = 0;
  bool ended_ = false;
  std::optional<Error> failed_;

  std::vector<std::unique_ptr<Parser>> parsers_;
  std::vector<std::thread> threads_;
};

}  // namespace alinktf::source
