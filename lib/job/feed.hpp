// The bounded queues of chunks between the source's thread and the pump.
#pragma once

#include "base/result.hpp"
#include "source/feed.hpp"
#include "source/open.hpp"
#include "source/split.hpp"
#include "sys/spill_file.hpp"

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

/// Where rows go that a worker does not take while another one waits for rows.
struct SpillSettings {
  std::string folder;       ///< for files without names
  std::uint64_t limit = 0;  ///< bytes of one worker
};

/// Why a worker's rows could not be kept for it.
struct FeedFailure {
  std::size_t worker = 0;
  Error error;
};

/// One queue a worker. The source's thread fills them and waits while one is full; the pump empties
/// them and never waits. Each change that the pump may act on calls `wake`.
///
/// With SpillSettings a full queue does not hold up the source while another worker is hungry, or
/// workers that wait for each other could wait for ever: up to kBehindBytes more stay in memory,
/// then the queue goes on in a file.
class Feed final : public source::ChunkTaker {
 public:
  /// Chunks that may wait for one worker.
  static constexpr std::size_t kDepth = 3;

  /// How far a worker may be behind before its rows go to a file, and all workers together.
  static constexpr std::size_t kBehindBytes = std::size_t{8} << 20U;
  static constexpr std::size_t kAllBehindBytes = std::size_t{24} << 20U;

  Feed(std::size_t workers,
       std::function<void()> wake,
       std::optional<SpillSettings> spill = std::nullopt)
      : queues_(workers), spill_(std::move(spill)), wake_(std::move(wake)) {}

  // Of the source's thread.
  /// Wait until open(); nothing if the feed was closed instead.
  std::optional<FeedRequest> wait_for_request();
  bool take(std::size_t worker, Buffer chunk, std::uint32_t records) override;
  Buffer spare() override;
  /// Nothing that the rows may still tell matters to a task that gets none: it may start.
  void release_others();
  /// What the request for columns gives is known.
  void set_columns(table::Schema schema);
  /// The source has ended, with everything handed over or with an error.
  void finish(Result<FeedTotals> result);

  // Of the pump.
  /// The rows are wanted: they are read from now on. The first request counts.
  void open(const FeedRequest& request);
  [[nodiscard]] std::optional<FeedRequest> request();
  /// As set_columns().
  [[nodiscard]] std::optional<table::Schema> columns();
  std::optional<FeedItem> pop(std::size_t worker);
  [[nodiscard]] bool waiting(std::size_t worker);
  /// Whether `worker` could take a chunk and there is none.
  void set_hungry(std::size_t worker, bool hungry);
  /// The first failure, once there has been one.
  [[nodiscard]] std::optional<FeedFailure> failure();
  void give_back(Buffer spare);
  /// Nobody wants chunks any more: the source's thread gets false and ends.
  void close();
  /// True after release_others().
  [[nodiscard]] bool others_released();
  /// The source's result, once it has ended.
  [[nodiscard]] std::optional<Result<FeedTotals>> result();

 private:
  struct Queue {
    std::deque<FeedItem> items;
    std::size_t bytes = 0;  ///< of `items`
    std::optional<sys::SpillFile> file;
    std::uint64_t spilled = 0;  ///< bytes in `file`; they come after `items`
    bool hungry = false;

    [[nodiscard]] bool empty() const { return items.empty() && spilled == 0; }
  };

  [[nodiscard]] bool has_room(std::size_t worker) const;
  [[nodiscard]] bool fits_memory(const Queue& queue, std::size_t bytes) const;
  bool spill(std::size_t worker, const Buffer& chunk);
  Result<FeedItem> unspill(Queue& queue);
  void fail(std::size_t worker, Error error);

  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<Queue> queues_;
  std::size_t bytes_ = 0;  ///< of all queues' items
  std::optional<SpillSettings> spill_;
  std::optional<FeedFailure> failure_;
  std::vector<Buffer> spares_;
  std::optional<FeedRequest> request_;
  std::condition_variable requested_;
  std::optional<table::Schema> columns_;
  std::optional<Result<FeedTotals>> result_;
  bool others_released_ = false;
  bool closed_ = false;
  std::function<void()> wake_;
};

}  // namespace alinktf::job
