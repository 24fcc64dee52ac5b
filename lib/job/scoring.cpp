#include "job/scoring.hpp"

#include "base/text.hpp"
#include "formats/csv/writer.hpp"
#include "log/log.hpp"
#include "spec/component.hpp"

#include <fmt/format.h>

#include <array>
#include <numeric>
#include <set>

namespace alinktf::job {

namespace {

/// Rows that are read at once; a batch is gathered of several such blocks.
constexpr std::size_t kBlockRows = 256;

void warn_of_cut_columns(const std::vector<std::unique_ptr<predict::Scorer>>& scorers) {
  std::set<std::string> told;
  for (const auto& scorer : scorers) {
    for (const table::Column* const column : scorer->cut_columns()) {
      if (told.insert(column->name).second) {
        log::message(log::Level::kWarn,
                     fmt::format("column {}: the model gives several values for a row, and {} "
                                 "takes the first alone; STRING or a tensor type takes all",
                                 quote(column->name),
                                 table::type_name(column->type)));
      }
    }
  }
}

}  // namespace

Result<void> ScoringRejects::take(const table::BadRow& row) {
  const std::lock_guard lock(mutex_);
  ++unparsed_;
  return rejects_.take(row);
}

Result<void> ScoringRejects::take_unfit(std::uint64_t number,
                                        const std::string& reason,
                                        std::string_view text) {
  if (!goes_on()) {
    return Error(ErrorCode::kInput, fmt::format("row {}: {}", number, reason));
  }
  const std::lock_guard lock(mutex_);
  ++unfit_;
  return rejects_.take({.source = "prediction",
                        .number = number,
                        .reason = fmt::format("row {}: {}", number, reason),
                        .text = text});
}

Scoring::Scoring(const Plan& plan, int cancel_fd)
    : plan_(plan),
      stream_(spec::is_stream(plan.job.component)),
      cancel_fd_(cancel_fd),
      job_(plan.job),
      rejects_(plan.job.input.bad_rows) {}

Result<void> Scoring::run(predict::Engines& engines,
                          const predict::Model& model,
                          const tensorflow::LibraryFiles& library,
                          const OpenOutput& open_output) {
  ALINKTF_ASSIGN_OR_RETURN(const auto* const graph,
                           predict::find_graph(model.graphs, job_.predict.graph_def_tag));
  ALINKTF_ASSIGN_OR_RETURN(const auto* const signature,
                           predict::find_signature(*graph, job_.predict.signature_def_key));
  ALINKTF_TRY(engines.open(model, job_.predict, library));
  ALINKTF_ASSIGN_OR_RETURN(
      table_, source::open(job_, cancel_fd_, rejects_.goes_on() ? &rejects_ : nullptr));
  ALINKTF_ASSIGN_OR_RETURN(binding_, predict::bind(plan_.job, *signature, table_.rows->schema()));
  ALINKTF_ASSIGN_OR_RETURN(output_, open_output(binding_.schema));
  row_.resize(binding_.columns.size());
  ALINKTF_TRY(engines.wait());
  ALINKTF_ASSIGN_OR_RETURN(const std::uint32_t call, engines.bind(binding_));
  auto scored = score_all(engines, call);
  auto finished = rejects_.finish();  // whatever came: rejected rows tell why
  ALINKTF_TRY(std::move(scored));
  return finished;
}

Result<void> Scoring::score_all(predict::Engines& engines, std::uint32_t call) {
  std::vector<std::unique_ptr<predict::Scorer>> scorers;
  std::vector<predict::Pipeline::Work> work;
  for (predict::EngineChannel* const channel : engines.channels()) {
    scorers.push_back(std::make_unique<predict::Scorer>(binding_, *channel, call));
    work.emplace_back(
        [scorer = scorers.back().get()](predict::Batch& batch) { return scorer->score(batch); });
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto pipeline,
                           predict::Pipeline::start(std::move(work), [this](predict::Batch& batch) {
                             return write(batch);
                           }));
  const auto take = [&](predict::Batch& batch) {
    return pipeline->put(batch) ? Result<void>()
                                : Error(ErrorCode::kCancelled, "the rows are not wanted any more");
  };
  predict::Batcher batcher(
      binding_,
      static_cast<std::size_t>(job_.predict.batch_size),
      {.take = take,
       .reject = [this](const table::RowBlock& block,
                        const predict::UnfitRow& row,
                        std::uint64_t number) { return reject(block, row, number); }});
  auto read = read_all(batcher);
  ALINKTF_TRY(pipeline->finish());  // of rows before those that could not be read
  ALINKTF_TRY(std::move(read));
  warn_of_cut_columns(scorers);
  return {};
}

Result<void> Scoring::read_all(predict::Batcher& batcher) {
  table::RowBlock block(binding_.table.size(), kBlockRows);
  for (;;) {
    auto more = add_block(batcher, block);
    const bool ended = !more.ok() || !more.value();
    if (!ended && stopped_) {
      return Error(ErrorCode::kCancelled, "stopped");
    }
    waiting_ = !ended && table_.rows->would_wait();
    ALINKTF_TRY(ended || waiting_ ? batcher.flush() : Result<void>());
    if (ended) {
      return more.ok() ? Result<void>() : std::move(more).error();
    }
  }
}

Result<bool> Scoring::add_block(predict::Batcher& batcher, table::RowBlock& block) {
  auto read = table_.rows->read(block);
  waiting_ = false;
  ALINKTF_TRY(std::move(read));
  std::array<std::uint64_t, kBlockRows> numbers{};
  std::iota(numbers.begin(), numbers.end(), rows_in_ + 1);
  rows_in_ += block.rows();
  if (block.rows() > 0) {
    ALINKTF_TRY(batcher.add(block, numbers));
  }
  return block.rows() > 0;
}

Result<void> Scoring::reject(const table::RowBlock& block,
                             const predict::UnfitRow& row,
                             std::uint64_t number) {
  Buffer text;
  if (rejects_.goes_on()) {
    csv::Writer(binding_.table, {}).append_row(block.row(row.row), text);
  }
  return rejects_.take_unfit(number, row.reason, trim(text.view()));
}

Result<void> Scoring::write(const predict::Batch& batch) {
  auto failed = batch.failed.begin();
  for (std::size_t row = 0; row < batch.rows; ++row) {
    const bool fails = failed != batch.failed.end() && failed->row == row;
    ALINKTF_TRY(fails ? rejects_.take_unfit(batch.numbers[row], failed->reason, {})
                      : write_row(batch, row));
    failed += fails ? 1 : 0;
  }
  rows_out_ += batch.rows - batch.failed.size();
  return stream_ && waiting_ ? output_->flush() : Result<void>();
}

Result<void> Scoring::write_row(const predict::Batch& batch, std::size_t row) {
  predict::lay_out_row(binding_, batch, row, row_.data());
  return output_->append(row_);
}

source::ReadCounts Scoring::read_counts() const {
  if (!table_.counts) {
    return {};
  }
  source::ReadCounts counts = table_.counts();
  counts.read += rejects_.unparsed();
  counts.skipped += rejects_.unparsed() + rejects_.unfit();
  return counts;
}

}  // namespace alinktf::job
