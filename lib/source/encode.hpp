// Rows to framed tf.train.Examples.
#pragma once

#include "base/result.hpp"
#include "formats/example/encoder.hpp"
#include "source/open.hpp"
#include "source/record_stream.hpp"
#include "source/shapes.hpp"
#include "table/row_block.hpp"

#include <optional>

namespace alinktf::source {

/// Encodes rows of one schema into batches.
class BatchEncoder {
 public:
  explicit BatchEncoder(const table::Schema& schema)
      : encoder_(schema), block_(schema.size()), shapes_(schema) {}

  /// Append rows of `rows` to `batch` until it has `bytes` or the next row would have to be waited
  /// for; false if `rows` has ended. An error comes behind the rows before it, which are in the
  /// batch. To be called until it is false before another reader's rows may follow.
  Result<bool> fill(table::RowReader& rows, RecordBatch& batch, std::size_t bytes);

  /// True if fill() has read rows that wait for the next batch.
  [[nodiscard]] bool holds_rows() const { return next_ < block_.rows(); }
  /// Rows that read() of the reader has added to those that are encoded.
  [[nodiscard]] const table::RowBlock& block() const { return block_; }
  /// True if the error that fill() gave is one of the row behind the batch's records, which cannot
  /// be encoded: its place is not in the message yet.
  [[nodiscard]] bool bad_record() const { return bad_record_; }
  [[nodiscard]] const ShapeWatch& shapes() const { return shapes_; }
  /// The shapes since the last time.
  ShapeWatch take_shapes() {
    ShapeWatch taken = shapes_;
    shapes_.reset();
    return taken;
  }

 private:
  Result<bool> have_rows(table::RowReader& rows);
  Result<void> encode_block(RecordBatch& batch, std::size_t bytes);

  example::Encoder encoder_;
  table::RowBlock block_;
  std::size_t next_ = 0;  ///< the row of block_ to encode next
  bool bad_record_ = false;
  ShapeWatch shapes_;
};

/// `error` of row `row` (from 1) of those that become records.
Error at_row(Error error, std::uint64_t row);

/// The records of a table, read and encoded in the caller's thread.
class EncodeStream final : public RecordStream {
 public:
  explicit EncodeStream(Table table) : table_(std::move(table)), encoder_(table_.rows->schema()) {}

  Result<void> read(RecordBatch& batch) override;
  [[nodiscard]] const table::Schema& schema() const override { return table_.rows->schema(); }
  [[nodiscard]] bool would_wait() const override {
    return !failed_ && !encoder_.holds_rows() && table_.rows->would_wait();
  }
  [[nodiscard]] ReadCounts counts() const override { return table_.counts(); }
  [[nodiscard]] TensorShapes shapes() const override { return encoder_.shapes().result(); }
  Result<void> finish() override { return table_.finish(); }

 private:
  Table table_;
  BatchEncoder encoder_;
  std::uint64_t rows_ = 0;
  bool ended_ = false;
  std::optional<Error> failed_;
};

}  // namespace alinktf::source
