// Where the source puts its chunks: the pump's side implements it.
#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>

namespace alinktf::source {

/// Takes whole chunks (wire format: formats/chunk) for workers. Called from the source's thread.
class ChunkTaker {
 public:
  ChunkTaker() = default;
  ChunkTaker(const ChunkTaker&) = delete;
  ChunkTaker& operator=(const ChunkTaker&) = delete;
  ChunkTaker(ChunkTaker&&) = delete;
  ChunkTaker& operator=(ChunkTaker&&) = delete;
  virtual ~ChunkTaker() = default;

  /// Hand over a chunk for worker `worker` (from 0). Blocks while that worker has enough waiting.
  /// False if nobody wants chunks any more: stop.
  virtual bool take(std::size_t worker, Buffer chunk, std::uint32_t records) = 0;

  /// An empty buffer to fill, with the storage of a chunk that has been sent if there is one.
  virtual Buffer spare() = 0;
};

}  // namespace alinktf::source
