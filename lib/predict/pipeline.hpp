// Batches from the reader through engines to the writer, in order.
#pragma once

#include "base/result.hpp"
#include "predict/batch.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace alinktf::predict {

/// Bounded hand-over between one thread that makes batches, several that score them, and one that
/// writes them. Batch k goes through slot k mod S, so there are never more than S of them.
class Pipeline {
 public:
  using Work = std::function<Result<void>(Batch&)>;

  /// Starts a thread for each of `scorers` and one for `write`. An error of a batch is told when
  /// the batches before it have been written. kInternal if the machine refuses a thread.
  static Result<std::unique_ptr<Pipeline>> start(std::vector<Work> scorers, Work write);

  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  Pipeline(Pipeline&&) = delete;
  Pipeline& operator=(Pipeline&&) = delete;
  /// Stops.
  ~Pipeline();

  /// Take over `batch`, in exchange for an empty one. Waits while there are too many. False if the
  /// pipeline has failed or was stopped: see finish().
  bool put(Batch& batch);

  /// Wait until all batches have been written, or for the first error among them.
  Result<void> finish();

 private:
  struct Slot {
    enum class State { kFree, kFilled, kScored };

    Batch batch;
    State state = State::kFree;
    std::optional<Error> error;
  };

  explicit Pipeline(std::size_t slots) : slots_(slots) {}
  Slot& slot_of(std::uint64_t number) { return slots_[number % slots_.size()]; }
  void score(const Work& work);
  void write(const Work& work);
  void stop();

  std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable scored_;
  std::condition_variable free_;
  std::vector<Slot> slots_;
  std::uint64_t put_ = 0;    ///< batches
  std::uint64_t taken_ = 0;  ///< to be scored
  std::uint64_t written_ = 0;
  bool ended_ = false;    ///< no more batches come
  bool stopped_ = false;  ///< give up
  std::optional<Error> error_;
  std::vector<std::thread> threads_;
};

}  // namespace alinktf::predict
