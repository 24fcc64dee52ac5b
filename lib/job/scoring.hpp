// The rows of a table through a model: the part of a prediction that knows no processes.
#pragma once

#include "job/plan.hpp"
#include "predict/batcher.hpp"
#include "predict/engines.hpp"
#include "predict/pipeline.hpp"
#include "predict/scorer.hpp"
#include "sink/output.hpp"
#include "source/open.hpp"
#include "source/rejects.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace alinktf::job {

/// Opens the output for rows of a schema.
using OpenOutput =
    std::function<Result<std::unique_ptr<sink::Output>>(const table::Schema& schema)>;

/// Takes bad rows of the reader and of the model, from two threads, as onBadRow asks.
class ScoringRejects final : public table::BadRowTaker {
 public:
  explicit ScoringRejects(const spec::BadRowSpec& spec) : spec_(spec), rejects_(spec) {}

  /// A row that did not parse.
  Result<void> take(const table::BadRow& row) override;
  /// Row `number` of the table, which the model did not take. kInput if that ends the job.
  Result<void> take_unfit(std::uint64_t number, const std::string& reason, std::string_view text);
  Result<void> finish() { return rejects_.finish(); }

  [[nodiscard]] bool goes_on() const { return spec_.action != spec::BadRowSpec::Action::kFail; }
  [[nodiscard]] std::uint64_t unparsed() const { return unparsed_; }
  [[nodiscard]] std::uint64_t unfit() const { return unfit_; }

 private:
  const spec::BadRowSpec& spec_;
  std::mutex mutex_;
  source::Rejects rejects_;
  std::atomic<std::uint64_t> unparsed_ = 0;
  std::atomic<std::uint64_t> unfit_ = 0;
};

/// Reads, scores and writes in the caller's thread and in those of a pipeline.
class Scoring {
 public:
  /// `cancel_fd` as for source::open(). `plan` must outlive this object.
  Scoring(const Plan& plan, int cancel_fd);

  /// Have `engines` load `model`, meanwhile open the table and the output, and score all rows.
  /// Errors as those of what it uses; those of a row name it.
  Result<void> run(predict::Engines& engines,
                   const predict::Model& model,
                   const tensorflow::LibraryFiles& library,
                   const OpenOutput& open_output);

  /// End run() soon with kCancelled; any thread. A read that waits is ended by cancel_fd.
  void stop() { stopped_ = true; }

  /// After run() has succeeded: complete the output.
  Result<void> finish() { return output_->finish(); }

  [[nodiscard]] source::ReadCounts read_counts() const;
  [[nodiscard]] std::uint64_t rows_in() const { return rows_in_; }
  [[nodiscard]] std::uint64_t rows_unfit() const { return rejects_.unfit(); }
  [[nodiscard]] std::uint64_t rows_out() const { return rows_out_; }
  /// Where the rows of a growing output are; empty if there is none.
  [[nodiscard]] std::string growing_path() const {
    return output_ ? output_->growing_path() : std::string();
  }

 private:
  Result<void> score_all(predict::Engines& engines, std::uint32_t call);
  Result<void> read_all(predict::Batcher& batcher);
  /// The next rows of the table; false at its end.
  Result<bool> add_block(predict::Batcher& batcher, table::RowBlock& block);
  Result<void> reject(const table::RowBlock& block,
                      const predict::UnfitRow& row,
                      std::uint64_t number);
  Result<void> write(const predict::Batch& batch);
  Result<void> write_row(const predict::Batch& batch, std::size_t row);

  const Plan& plan_;
  bool stream_;
  int cancel_fd_;
  const spec::JobSpec& job_;
  ScoringRejects rejects_;
  source::Table table_;
  predict::Binding binding_;
  std::unique_ptr<sink::Output> output_;
  std::vector<table::Cell> row_;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> waiting_ = false;  ///< the reader has nothing more at hand
  std::atomic<std::uint64_t> rows_in_ = 0;
  std::atomic<std::uint64_t> rows_out_ = 0;
};

}  // namespace alinktf::job
