#include "job/source_stage.hpp"

#include "source/broadcast.hpp"
#include "source/open.hpp"
#include "source/split.hpp"
#include "spec/component.hpp"
#include "worker/tensor_files.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace alinktf::job {

namespace {

/// Move all records of `stream` to the feed. kCancelled if it was closed.
Result<void> pass(source::RecordStream& stream,
                  source::Splitter& splitter,
                  source::RecordForm form) {
  const auto cancelled = [] { return Error(ErrorCode::kCancelled, "the feed was closed"); };
  source::RecordBatch batch(form);
  for (;;) {
    ALINKTF_TRY(stream.read(batch));
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

/// Nothing is read before a task asks for it; a feed that is closed has had enough.
Result<FeedTotals> run_stream(const spec::JobSpec& job, int cancel_fd, Feed& feed) {
  constexpr auto kForm = source::RecordForm::kTensorproto;
  const std::size_t readers = job.data_to_chief ? 1 : static_cast<std::size_t>(job.num_workers);
  FeedTotals totals{.read = {}, .split = {.sent = std::vector<std::uint64_t>(readers)}};
  if (!feed.wait_for_request()) {
    totals.cut_short = true;
    return totals;
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto stream, source::open_records(job, cancel_fd, kForm));
  source::Splitter splitter(readers, job.even_split, feed, kForm);
  const auto passed = pass(*stream, splitter, kForm);
  const auto finished = stream->finish();
  totals.cut_short = !passed.ok() && passed.error().code() == ErrorCode::kCancelled;
  ALINKTF_TRY(totals.cut_short ? Result<void>() : passed);
  ALINKTF_TRY(finished);
  totals.read = stream->counts();
  totals.split = splitter.counts();
  return totals;
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
  thread_ =
      std::thread([&job, files = std::move(broadcast_files), &feed, cancel = cancel_.read.get()] {
        const bool streams = spec::family_of(job.component) == spec::Family::kStream;
        feed.finish(streams ? run_stream(job, cancel, feed) : run_batch(job, files, cancel, feed));
      });
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
