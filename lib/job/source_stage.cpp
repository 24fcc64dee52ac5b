#include "job/source_stage.hpp"

#include "worker/tensor_files.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

namespace alinktf::job {

namespace {

Result<FeedTotals> run(const spec::JobSpec& job, int cancel_fd, Feed& feed) {
  ALINKTF_ASSIGN_OR_RETURN(const source::Table table, source::open(job, cancel_fd));
  table::RowReader& rows = *table.rows;
  if (!worker::has_tensors(rows.schema())) {
    feed.release_others();
  }
  source::Splitter splitter(
      rows.schema(), static_cast<std::size_t>(job.num_workers), job.even_split, feed);
  table::RowBlock block(rows.schema().size());
  const auto cancelled = [] { return Error(ErrorCode::kCancelled, "the feed was closed"); };
  for (;;) {
    ALINKTF_TRY(rows.read(block));
    if (block.rows() == 0) {
      break;
    }
    ALINKTF_ASSIGN_OR_RETURN(const bool wanted, splitter.add(block));
    if (!wanted || (rows.would_wait() && !splitter.flush())) {
      return cancelled();
    }
  }
  if (!splitter.finish()) {
    return cancelled();
  }
  return FeedTotals{.read = table.counts(),
                    .split = splitter.counts(),
                    .tensor_types_json = worker::tensor_types_json(rows.schema())};
}

}  // namespace

Result<SourceStage> SourceStage::create() {
  sys::Fd cancel(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!cancel) {
    return os_error(ErrorCode::kInternal, "eventfd");
  }
  return SourceStage(std::move(cancel));
}

void SourceStage::start(const spec::JobSpec& job, Feed& feed) {
  feed_ = &feed;
  thread_ =
      std::thread([&job, &feed, cancel = cancel_.get()] { feed.finish(run(job, cancel, feed)); });
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
