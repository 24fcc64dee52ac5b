// The bounded queues of chunks between the source's thread and the pump.
#pragma once

#include "base/result.hpp"
#include "source/feed.hpp"
#include "source/open.hpp"
#include "source/split.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::job {

/// What the source did, from first to last row.
struct FeedTotals {
  source::ReadCounts read;
  source::SplitCounts split;
  /// JSON object: tensor column -> shape of its first value.
  std::string tensor_shapes_json = "{}";
  std::vector<std::string> changing_shapes = {};  ///< columns whose tensors differ in shape
  std::string tensor_types_json = "{}";           ///< JSON object: tensor column -> its type
  /// The feed was closed before the end of the input, as nobody wanted more.
  bool cut_short = false;
};

/// What the tasks of a stream have asked for.
struct FeedRequest {
  bool columns = false;
  std::uint64_t batch_rows = 0;  ///< columns: rows of each chunk; 0: as many as there are

  bool operator==(const FeedRequest&) const = default;
};

struct FeedItem {
  Buffer chunk;
  std::uint32_t records = 0;
};

/// One queue a worker. The source's thread fills them and waits while one is full; the pump empties
/// them and never waits. Each change that the pump may act on calls `wake`.
class Feed final : public source::ChunkTaker {
 public:
  /// Chunks that may wait for one worker.
  static constexpr std::size_t kDepth = 3;

  Feed(std::size_t workers, std::function<void()> wake)
      : queues_(workers), wake_(std::move(wake)) {}

  // Of the source's thread.
  /// Wait until open(); nothing if the feed was closed instead.
  std::optional<FeedRequest> wait_for_request();
  bool take(std::size_t worker, Buffer chunk, std::uint32_t records) override;
  Buffer spare() override;
  /// Nothing that the rows may still tell matters to a task that gets none: it may start.
  void release_others();
  /// The source has ended, with everything handed over or with an error.
  void finish(Result<FeedTotals> result);

  // Of the pump.
  /// The rows are wanted: they are read from now on. The first request counts.
  void open(const FeedRequest& request);
  [[nodiscard]] std::optional<FeedRequest> request();
  std::optional<FeedItem> pop(std::size_t worker);
  [[nodiscard]] bool waiting(std::size_t worker);
  void give_back(Buffer spare);
  /// Nobody wants chunks any more: the source's thread gets false and ends.
  void close();
  /// True after release_others().
  [[nodiscard]] bool others_released();
  /// The source's result, once it has ended.
  [[nodiscard]] std::optional<Result<FeedTotals>> result();

 private:
  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<std::deque<FeedItem>> queues_;
  std::vector<Buffer> spares_;
  std::optional<FeedRequest> request_;
  std::condition_variable requested_;
  std::optional<Result<FeedTotals>> result_;
  bool others_released_ = false;
  bool closed_ = false;
  std::function<void()> wake_;
};

}  // namespace alinktf::job
