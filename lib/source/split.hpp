// Records to the workers' chunks: deal out, fill up, hand over.
#pragma once

#include "base/result.hpp"
#include "source/feed.hpp"
#include "source/record_stream.hpp"
#include "spec/job_spec.hpp"

#include <cstdint>
#include <vector>

namespace alinktf::source {

/// What a feed did with the rows it was given.
struct SplitCounts {
  std::uint64_t rows = 0;           ///< given
  std::uint64_t repeated = 0;       ///< copies of the last row (evenSplit pad)
  std::uint64_t dropped = 0;        ///< left out at the end (evenSplit drop)
  std::vector<std::uint64_t> sent;  ///< per worker
};

/// Deals records to workers: row k goes to worker k mod W, in a `tfrecord` or `tensorproto` chunk.
///
/// One worker gets the batches as they are. For several, records are copied to a chunk for each; a
/// chunk is handed over when it is full or when flush() is called; unless evenSplit is off only
/// between rounds of W rows, so that the last, incomplete round can still be padded or dropped.
class Splitter {
 public:
  static constexpr std::size_t kChunkBytes = RecordBatch::kFullBytes;

  /// `form` is that of the batches.
  Splitter(std::size_t workers,
           spec::EvenSplit even_split,
           ChunkTaker& taker,
           RecordForm form = RecordForm::kTfrecord);
  ~Splitter() = default;
  Splitter(const Splitter&) = delete;
  Splitter& operator=(const Splitter&) = delete;
  Splitter(Splitter&&) = delete;
  Splitter& operator=(Splitter&&) = delete;

  /// Take the records of `batch`, which is empty afterwards, with storage to fill again. False if
  /// the taker wants no more. kInput if a record is larger than 1 GiB.
  Result<bool> add(RecordBatch& batch);
  /// Hand over what has been gathered, but for an incomplete round.
  bool flush();
  /// Pad or drop the last round, then hand over everything.
  bool finish();

  [[nodiscard]] const SplitCounts& counts() const { return counts_; }

 private:
  [[nodiscard]] Result<void> check_sizes(const RecordBatch& batch) const;
  bool deal(const RecordBatch& batch);
  /// False in an incomplete round that may have to be padded or dropped.
  [[nodiscard]] bool may_flush() const {
    return next_ == 0 || even_split_ == spec::EvenSplit::kOff;
  }
  /// Hand the records of `batch` over, which is empty afterwards, with storage to fill again. False
  /// if the taker wants no more.
  bool hand_over(std::size_t worker, RecordBatch& batch);
  void pad();
  void drop();

  std::vector<RecordBatch> shares_;  ///< being filled, one for each worker; none if there is one
  spec::EvenSplit even_split_;
  ChunkTaker& taker_;
  RecordForm form_;
  std::size_t next_ = 0;  ///< the worker that gets the next row
  bool full_ = false;
  SplitCounts counts_;
};

}  // namespace alinktf::source
