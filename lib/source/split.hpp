// Rows to the workers' chunks: encode, frame, deal out.
#pragma once

#include "base/result.hpp"
#include "formats/example/encoder.hpp"
#include "source/feed.hpp"
#include "spec/job_spec.hpp"
#include "table/row_block.hpp"

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

/// Deals rows to workers: row k goes to worker k mod W, as one TFRecord frame in a `tfrecord`
/// chunk. A chunk is handed over when it is full or when flush() is called, and only between rounds
/// of W rows, so that the last, incomplete round can still be padded or dropped.
class Splitter {
 public:
  static constexpr std::size_t kChunkBytes = 256U << 10U;

  Splitter(const table::Schema& schema,
           std::size_t workers,
           spec::EvenSplit even_split,
           ChunkTaker& taker);
  ~Splitter() = default;
  Splitter(const Splitter&) = delete;
  Splitter& operator=(const Splitter&) = delete;
  Splitter(Splitter&&) = delete;
  Splitter& operator=(Splitter&&) = delete;

  /// Encode the rows of `block`. False if the taker wants no more. kInput if a row is larger than 1
  /// GiB.
  Result<bool> add(const table::RowBlock& block);
  /// Hand over what complete rounds have gathered.
  bool flush();
  /// Pad or drop the last round, then hand over everything.
  bool finish();

  [[nodiscard]] const SplitCounts& counts() const { return counts_; }

 private:
  /// The chunk that is being filled for one worker.
  struct Share {
    Buffer chunk;
    std::uint32_t records = 0;
    std::size_t last_row = 0;  ///< where in `chunk` its last row begins

    void start(Buffer empty);
  };

  bool hand_over(std::size_t worker);
  void pad();
  void drop();

  example::Encoder encoder_;
  std::vector<Share> shares_;
  spec::EvenSplit even_split_;
  ChunkTaker& taker_;
  std::size_t next_ = 0;  ///< the worker that gets the next row
  bool full_ = false;
  SplitCounts counts_;
};

}  // namespace alinktf::source
