// The wire between runner and task: chunks. Contract: worker/runtime/PROTOCOL.md.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace alinktf::chunk {

enum class Kind : std::uint32_t {
  kTfrecord = 1,
  kTensorproto = 2,
  kColumns = 3,
  kRecords = 4,
  kEnd = 5,
  kError = 6,
};

constexpr std::size_t kHeaderBytes = 12;
/// A record may be up to 1 GiB; the rest is room for its chunk's framing.
constexpr std::uint32_t kMaxPayloadBytes = (1U << 30U) + (16U << 20U);

struct Header {
  Kind kind = Kind::kEnd;
  std::uint32_t payload_bytes = 0;
  std::uint32_t records = 0;
};

/// Read the header at the kHeaderBytes bytes at `from`, which is not checked.
Header load_header(const char* from);

/// Write `header` to the kHeaderBytes bytes at `to`.
void store_header(char* to, const Header& header);

/// What stands before the records in the payload of a `tensorproto` chunk: a one-dimensional string
/// tensor of as many values. Then each record follows as kTensorValue, its length as a varint, and
/// its bytes; and behind them where each ends, so that the task can cut batches of any size.
constexpr std::size_t kTensorHeadBytes = 12;
constexpr char kTensorValue = 0x42;  // field 8, string_val, with a length
/// Write it to the kTensorHeadBytes bytes at `to`.
void store_tensor_head(char* to, std::uint32_t records);
/// Append the ends of the records of a `tensorproto` chunk, counted from the first one's begin;
/// `sizes` are those of the records with what stands before each.
void append_tensor_ends(Buffer& out, std::span<const std::uint32_t> sizes);

/// Append a whole `end` chunk that says `total` records were sent, or an `error` chunk. `text` of
/// an end is JSON that tells more about the data; empty: none.
void append_end(Buffer& out, std::uint64_t total, std::string_view text = {});
void append_error(Buffer& out, std::string_view text);

/// Cuts a stream of bytes into chunks. Bytes are handed in as they come; a chunk is handed out when
/// it is whole.
class Decoder {
 public:
  /// Room to read `size` bytes into, behind the bytes that are not used up yet; then received().
  char* reserve(std::size_t size) { return bytes_.reserve(size); }
  void received(std::size_t size) { bytes_.commit(size); }

  /// How many bytes to reserve for the next read: the rest of a chunk that has begun, at least 64
  /// KiB.
  [[nodiscard]] std::size_t wanted() const;

  enum class Step { kChunk, kNeedMore };

  /// The next whole chunk, if there is one: `payload` points into this object and is valid until
  /// the next call of next() or reserve(). kWorker for an unknown kind or a payload that is too
  /// large.
  Result<Step> next(Header& header, std::string_view& payload);

  /// True if no byte of an unfinished chunk is waiting.
  [[nodiscard]] bool at_boundary() const { return used_ == bytes_.size(); }

 private:
  Buffer bytes_;
  std::size_t used_ = 0;
};

/// Calls `visit(record)` for each record of a `records` payload. kWorker if lengths do not add up.
template <typename Visit>
Result<void> for_each_record(const Header& header, std::string_view payload, Visit&& visit) {
  std::uint32_t seen = 0;
  while (!payload.empty()) {
    if (payload.size() < sizeof(std::uint32_t)) {
      return Error(ErrorCode::kWorker, "a results chunk ends inside a record's length");
    }
    const auto length = load_le<std::uint32_t>(payload.data());
    payload.remove_prefix(sizeof length);
    if (length > payload.size()) {
      return Error(ErrorCode::kWorker, "a results chunk ends inside a record");
    }
    ALINKTF_TRY(visit(payload.substr(0, length)));
    payload.remove_prefix(length);
    ++seen;
  }
  if (seen != header.records) {
    return Error(ErrorCode::kWorker,
                 "a results chunk holds another number of records than its header says");
  }
  return {};
}

}  // namespace alinktf::chunk
