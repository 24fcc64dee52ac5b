// Framed records on their way from a reader to the workers' shares.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/chunk/chunk.hpp"
#include "table/schema.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::source {

/// What became of the rows of an input so far.
struct ReadCounts {
  std::uint64_t read = 0;      ///< rows of the input, skipped ones included
  std::uint64_t skipped = 0;   ///< rows that did not parse, left out as onBadRow asks
  std::uint64_t filtered = 0;  ///< rows that `where` left out
  /// Values of rows read that did not parse and are null, as handleInvalidMethod asks.
  std::uint64_t invalid_values = 0;
};

/// How records stand in batches and chunks.
enum class RecordForm {
  kTfrecord,     ///< TFRecord frames, to be copied into a file
  kTensorproto,  ///< values of a serialized string tensor, for tf.io.parse_tensor
};

/// Records in order, laid out as the chunk that they become if one worker gets them all.
struct RecordBatch {
  /// A batch is full from here on.
  static constexpr std::size_t kFullBytes = std::size_t{256} << 10U;

  explicit RecordBatch(RecordForm of = RecordForm::kTfrecord) : form(of) {}

  RecordForm form;
  Buffer chunk;                      ///< head_bytes(form) of room, then the records
  std::vector<std::uint32_t> sizes;  ///< bytes of each record, with what stands around it

  /// Begin an empty batch in the storage of `empty`.
  void start(Buffer empty) {
    chunk = std::move(empty);
    clear();
  }
  void clear() {
    chunk.clear();
    chunk.reserve(head_bytes());
    chunk.commit(head_bytes());
    sizes.clear();
  }
  /// Add a record, with what stands around it.
  void append(std::string_view record) {
    chunk.append(record);
    sizes.push_back(static_cast<std::uint32_t>(record.size()));
  }
  /// The last record; there is one.
  [[nodiscard]] std::string_view last() const {
    return chunk.view().substr(chunk.size() - sizes.back());
  }
  /// Keep the first `count` records.
  void truncate(std::size_t count);

  /// Bytes before the first record of a chunk: its header, and what `form` puts behind it.
  static constexpr std::size_t head_bytes(RecordForm form) {
    return chunk::kHeaderBytes +
           (form == RecordForm::kTensorproto ? chunk::kTensorHeadBytes : std::size_t{0});
  }
  [[nodiscard]] std::size_t head_bytes() const { return head_bytes(form); }
  [[nodiscard]] bool empty() const { return sizes.empty(); }
  [[nodiscard]] bool full() const { return chunk.size() >= kFullBytes; }
};

/// What is known of the tensors of an input at its end.
struct TensorShapes {
  std::string json = "{}";            ///< object: tensor column -> shape of its first value
  std::vector<std::string> changing;  ///< columns whose values differ in shape
};

/// The records of an input, read once, front to back.
class RecordStream {
 public:
  RecordStream() = default;
  RecordStream(const RecordStream&) = delete;
  RecordStream& operator=(const RecordStream&) = delete;
  RecordStream(RecordStream&&) = delete;
  RecordStream& operator=(RecordStream&&) = delete;
  virtual ~RecordStream() = default;

  /// Read the next records into `batch` (cleared first; its storage may be exchanged): at least one
  /// unless the input has ended, up to about RecordBatch::kFullBytes (where several threads parse,
  /// as many as make a block, up to four times that), and no more than are there without waiting.
  /// kInput with the place; records before a bad one have been delivered by then, and the stream
  /// stays failed.
  virtual Result<void> read(RecordBatch& batch) = 0;

  /// Of the rows that become the records; empty if nobody looks into them.
  [[nodiscard]] virtual const table::Schema& schema() const = 0;

  /// True if the next read() would have to wait for input.
  [[nodiscard]] virtual bool would_wait() const { return false; }

  /// Of the records that read() has delivered.
  [[nodiscard]] virtual ReadCounts counts() const = 0;
  [[nodiscard]] virtual TensorShapes shapes() const { return {}; }

  /// The pass is over, with the end or an error: complete the file of rejected rows, if there is
  /// one. kOutput. Without it that file does not appear.
  virtual Result<void> finish() { return {}; }
};

}  // namespace alinktf::source
