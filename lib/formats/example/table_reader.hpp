// TFRecord files of tf.train.Examples to rows.
#pragma once

#include "base/byte_source.hpp"
#include "base/result.hpp"
#include "formats/example/decoder.hpp"
#include "formats/tfrecord/reader.hpp"
#include "table/arena.hpp"
#include "table/bad_row.hpp"
#include "table/deferred_error.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace alinktf::example {

/// Reads a table of one Example a record. Texts stay where they were read to; a block of rows holds
/// what lies in memory, 256 KiB at most unless one record is larger.
///
/// What columns take from features, and which Examples are bad, stands at Decoder. Errors are
/// kInput and name source, record (from 0) and byte offset.
class TableReader final : public table::RowReader {
 public:
  /// `bad_rows` takes the records that are no Examples or do not fit the schema, and must outlive
  /// the reader; if it is null, they end the reading. Damage to the file always does.
  TableReader(std::unique_ptr<ByteSource> source,
              table::Schema schema,
              table::BadRowTaker* bad_rows = nullptr)
      : records_(std::move(source)),
        decoder_(std::move(schema), ErrorCode::kInput),
        bad_rows_(bad_rows) {}

  [[nodiscard]] const table::Schema& schema() const override { return decoder_.schema(); }
  Result<void> read(table::RowBlock& block) override;
  [[nodiscard]] bool would_wait() const override { return !failed_ && records_.would_wait(); }

  /// Rows delivered so far, and bad rows left out.
  [[nodiscard]] std::uint64_t rows_read() const { return rows_read_; }
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

 private:
  Result<void> fill(table::RowBlock& block);
  Result<void> add_record(std::string_view record, std::uint64_t offset, table::RowBlock& block);
  Result<void> leave_out(const Error& problem, std::uint64_t offset);

  tfrecord::Reader records_;
  Decoder decoder_;
  table::BadRowTaker* bad_rows_;
  table::Arena arena_;  ///< What of a block's cells is not in its records.
  std::uint64_t rows_read_ = 0;
  std::uint64_t skipped_ = 0;
  table::DeferredError failed_;
};

}  // namespace alinktf::example
