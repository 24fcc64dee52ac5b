#include "job/source_stage.hpp"

#include "source/broadcast.hpp"
#include "source/open.hpp"
#include "source/split.hpp"
#include "worker/tensor_files.hpp"

#include <fmt/format.h>

#include <sys/eventfd.h>
#include <unistd.h>

namespace alinktf::job {

namespace {

/// Move all records of `stream` to the feed.
Result<void> pass(source::RecordStream& stream, source::Splitter& splitter) {
  const auto cancelled = [] { return Error(ErrorCode::kCancelled, "the feed was closed"); };
  source::RecordBatch batch;
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

Result<FeedTotals> run(const spec::JobSpec& job,
                       const std::vector<std::string>& broadcast_files,
                       int cancel_fd,
                       Feed& feed) {
  ALINKTF_TRY(write_broadcasts(job, broadcast_files, cancel_fd));
  ALINKTF_ASSIGN_OR_RETURN(const auto stream, source::open_records(job, cancel_fd));
  if (!worker::has_tensors(stream->schema())) {
    feed.release_others();
  }
  source::Splitter splitter(static_cast<std::size_t>(job.num_workers), job.even_split, feed);
  const auto passed = pass(*stream, splitter);
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

}  // namespace

Result<SourceStage> SourceStage::create() {
  sys::Fd cancel(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!cancel) {
    return os_error(ErrorCode::kInternal, "eventfd");
  }
  return SourceStage(std::move(cancel));
}

void SourceStage::start(const spec::JobSpec& job,
                        std::vector<std::string> broadcast_files,
                        Feed& feed) {
  feed_ = &feed;
  thread_ = std::thread([&job, files = std::move(broadcast_files), &feed, cancel = cancel_.get()] {
    feed.finish(run(job, files, cancel, feed));
  });
}

void SourceStage::stop() {
  if (!thread_.joinable()) {
    return;
  }
  feed_->close();
  const std::uint64_t one = 1;
  static_cast<void>(!::write(cancel_.get(), &one, sizeof one));
  thread_.join();
}

}  // namespace alinktf::job
