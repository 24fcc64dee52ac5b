// .ak files to rows.
#pragma once

#include "base/byte_source.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/ak/nested.hpp"
#include "formats/ak/value.hpp"
#include "formats/zip/reader.hpp"
#include "table/arena.hpp"
#include "table/deferred_error.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace alinktf::ak {

/// Reads a table in Alink's own format: a zip archive of the columns and of records that Flink's
/// serializers wrote, in Alink's framing (ALK) or Flink's (FLK). Texts of ASCII stay where they
/// were read to; a block of rows holds what lies in memory, 256 KiB at most unless one row is
/// larger.
///
/// DATE, TIME and TIMESTAMP are read as UTC. Errors are kInput
/// and name source, row (from 0) and byte in the unpacked data, or what zip::Reader says.
class Reader final : public table::RowReader {
 public:
  /// Reads as far as the columns. kInput if it is no such file, or its columns cannot be read.
  static Result<std::unique_ptr<Reader>> open(std::unique_ptr<ByteSource> source);

  [[nodiscard]] const table::Schema& schema() const override { return schema_; }
  Result<void> read(table::RowBlock& block) override;
  [[nodiscard]] bool would_wait() const override { return !failed_ && !archive_.ready(); }

 private:
  enum class Framing { kAlink, kFlink };

  explicit Reader(std::unique_ptr<ByteSource> source) : archive_(std::move(source)) {}

  Result<void> read_meta();
  Result<bool> next_data();
  Result<void> fill(table::RowBlock& block);
  Result<void> add_rows(table::RowBlock& block);
  Result<bool> refill();
  Result<bool> read_more();
  [[nodiscard]] std::optional<std::size_t> frame_head(std::size_t& size) const;
  Result<void> check_size(std::size_t size) const;
  Result<void> parse(std::string_view record, table::Cell* row);
  bool parse_field(table::ColumnType type, Fields& fields, table::Cell& cell);
  bool parse_bytes(table::ColumnType type, Fields& fields, table::Cell& cell);
  [[nodiscard]] std::size_t unread() const { return bytes_.size() - used_; }
  [[nodiscard]] Error bad(std::string_view what) const;

  zip::Reader archive_;
  table::Schema schema_;
  Framing framing_ = Framing::kAlink;
  Buffer bytes_;  ///< unpacked data; the first used_ have been read
  std::size_t used_ = 0;
  std::uint64_t offset_ = 0;  ///< of the first unread byte
  std::uint64_t row_ = 0;     ///< the next one
  bool in_data_ = false;
  table::Arena arena_;  ///< what of a block's cells is not in bytes_
  Buffer room_;
  NestedReader nested_;
  table::DeferredError failed_;
};

}  // namespace alinktf::ak
