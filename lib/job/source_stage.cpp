#include "job/source_stage.hpp"

#include "formats/columns/encoder.hpp"
#include "source/broadcast.hpp"
#include "source/column_dealer.hpp"
#include "source/open.hpp"
#include "source/pass_through.hpp"
#include "source/split.hpp"
#include "spec/component.hpp"
#include "sys/thread.hpp"
#include "worker/tensor_files.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace alinktf::job {

namespace {

/// Move all records of `stream` to the feed, also those before an error. kCancelled if it was
/// closed.
Result<void> pass(source::RecordStream& stream,
                  source::Splitter& splitter,
                  source::RecordForm form) {
  const auto cancelled = [] { return Error(ErrorCode::kCancelled, "the feed was closed"); };
  source::RecordBatch batch(form);
  for (;;) {
    auto read = stream.read(batch);
    if (!read.ok()) {
      static_cast<void>(splitter.flush());
      return read;
    }
    if (batch.empty()) {
      break;
    }
    ALINKTF_ASSIGN_OR_RETURN(const bool wanted, splitter.add(batch));
    if (!wanted || (stream.would_wait() && !splitter.flush())) {
      return cancelled();
    }
  }
  return splitter.finish() ? Result<void>() : cancelled();
}

Result<void> write_broadcasts(const spec::JobSpec& job,
                              const std::vector<std::string>& files,
                              int cancel_fd) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto written = source::write_broadcast(job.broadcast_inputs[i], files[i], cancel_fd);
    ALINKTF_TRY(std::move(written).context([i] { return fmt::format("broadcastInputs/{}", i); }));
  }
  return {};
}

Result<FeedTotals> run_batch(const spec::JobSpec& job,
                             const std::vector<std::string>& broadcast_files,
                             int cancel_fd,
                             Feed& feed) {
  constexpr auto kForm = source::RecordForm::kTfrecord;
  ALINKTF_TRY(write_broadcasts(job, broadcast_files, cancel_fd));
  ALINKTF_ASSIGN_OR_RETURN(const auto stream, source::open_records(job, cancel_fd, kForm));
  if (!worker::has_tensors(stream->schema())) {
    feed.release_others();
  }
  source::Splitter splitter(static_cast<std::size_t>(job.num_workers), job.even_split, feed, kForm);
  const auto passed = pass(*stream, splitter, kForm);
  const auto finished = stream->finish();
  ALINKTF_TRY(passed);
  ALINKTF_TRY(finished);
  source::TensorShapes shapes = stream->shapes();
  return FeedTotals{.read = stream->counts(),
                    .split = splitter.counts(),
                    .tensor_shapes_json = std::move(shapes.json),
                    .changing_shapes = std::move(shapes.changing),
                    .tensor_types_json = worker::tensor_types_json(stream->schema())};
}

bool is_cancelled(const Result<void>& result) {
  return !result.ok() && result.error().code() == ErrorCode::kCancelled;
}

/// What became of a stream whose rows were handed over as `passed` says; a feed that was closed has
/// had enough.
template <typename Input>
Result<FeedTotals> totals_of(const Result<void>& passed,
                             const Result<void>& finished,
                             const Input& counts,
                             const source::SplitCounts& split) {
  const bool cut_short = is_cancelled(passed);
  ALINKTF_TRY(cut_short ? Result<void>() : passed);
  ALINKTF_TRY(finished);
  return FeedTotals{.read = counts(), .split = split, .cut_short = cut_short};
}

Result<FeedTotals> run_records(const spec::JobSpec& job,
                               std::size_t readers,
                               int cancel_fd,
                               Feed& feed) {
  constexpr auto kForm = source::RecordForm::kTensorproto;
  ALINKTF_ASSIGN_OR_RETURN(const auto stream, source::open_records(job, cancel_fd, kForm));
  source::Splitter splitter(readers, job.even_split, feed, kForm);
  const auto passed = pass(*stream, splitter, kForm);
  const auto finished = stream->finish();
  return totals_of(
      passed, finished, [&stream] { return stream->counts(); }, splitter.counts());
}

/// The same for all rows of `rows`.
Result<void> pass_columns(table::RowReader& rows, source::ColumnDealer& dealer) {
  const auto cancelled = [] { return Error(ErrorCode::kCancelled, "the feed was closed"); };
  table::RowBlock block(rows.schema().size());
  for (;;) {
    auto read = rows.read(block);
    if (!read.ok()) {
      static_cast<void>(dealer.finish());
      return read;
    }
    if (block.rows() == 0) {
      break;
    }
    ALINKTF_ASSIGN_OR_RETURN(const bool wanted, dealer.add(block));
    if (!wanted || (rows.would_wait() && !dealer.flush())) {
      return cancelled();
    }
  }
  return dealer.finish() ? Result<void>() : cancelled();
}

Result<void> check_columns(const spec::JobSpec& job, const table::Schema& schema) {
  if (schema.empty()) {
    return Error(ErrorCode::kSpec,
                 "/input/schemaStr: missing, expected the columns of the TFRecord files, because "
                 "the script reads its rows with format=\"columns\"");
  }
  if (job.even_split != spec::EvenSplit::kOff) {
    return Error(ErrorCode::kSpec,
                 "/evenSplit: expected off, because the script reads its rows with "
                 "format=\"columns\"");
  }
  return columns::Encoder::check(schema);
}

Result<FeedTotals> run_columns(const spec::JobSpec& job,
                               std::size_t readers,
                               std::uint64_t batch_rows,
                               int cancel_fd,
                               Feed& feed) {
  if (source::PassThrough::suits(job)) {
    ALINKTF_TRY(check_columns(job, {}));
  }
  ALINKTF_ASSIGN_OR_RETURN(const source::Table table, source::open(job, cancel_fd));
  ALINKTF_TRY(check_columns(job, table.rows->schema()));
  feed.set_columns(table.rows->schema());
  source::ColumnDealer dealer(
      table.rows->schema(), readers, static_cast<std::size_t>(batch_rows), feed);
  const auto passed = pass_columns(*table.rows, dealer);
  const auto finished = table.finish();
  return totals_of(passed, finished, table.counts, dealer.counts());
}

/// Nothing is read before a task asks for it.
Result<FeedTotals> run_stream(const spec::JobSpec& job, int cancel_fd, Feed& feed) {
  const std::size_t readers = job.data_to_chief ? 1 : static_cast<std::size_t>(job.num_workers);
  const auto request = feed.wait_for_request();
  if (!request) {
    return FeedTotals{
        .read = {}, .split = {.sent = std::vector<std::uint64_t>(readers)}, .cut_short = true};
  }
  return request->columns ? run_columns(job, readers, request->batch_rows, cancel_fd, feed)
                          : run_records(job, readers, cancel_fd, feed);
}

}  // namespace

Result<SourceStage> SourceStage::create() {
  ALINKTF_ASSIGN_OR_RETURN(sys::Pipe cancel, sys::Pipe::create());
  return SourceStage(std::move(cancel));
}

void SourceStage::start(const spec::JobSpec& job,
                        std::vector<std::string> broadcast_files,
                        Feed& feed) {
  feed_ = &feed;
  auto thread = sys::start_thread(
      [&job, files = std::move(broadcast_files), &feed, cancel = cancel_.read.get()] {
        const bool streams = spec::family_of(job.component) == spec::Family::kStream;
        feed.finish(streams ? run_stream(job, cancel, feed) : run_batch(job, files, cancel, feed));
      });
  if (thread.ok()) {
    thread_ = std::move(thread).value();
  } else {
    feed.finish(std::move(thread).error());
  }
}

void SourceStage::stop() {
  if (!thread_.joinable()) {
    return;
  }
  feed_->close();
  if (cancel_.write) {
    const char byte = 0;
    static_cast<void>(!::write(cancel_.write.get(), &byte, sizeof byte));
  }
  thread_.join();
}

}  // namespace alinktf::job
