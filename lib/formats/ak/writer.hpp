// Rows to .ak files.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/zip/writer.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <span>
#include <string_view>

namespace alinktf::ak {

/// Rows as the records of an .ak file's data.
class Writer {
 public:
  /// `schema` passes check_schema().
  explicit Writer(table::Schema schema);

  /// Append `row` as a record. kInput, without a place and with nothing appended: a DATE, TIME or
  /// TIMESTAMP whose text is none, a DECIMAL of too many digits, a vector or tensor that is too
  /// large for Java, a row above 1 GiB.
  Result<void> append_row(std::span<const table::Cell> row, Buffer& out) const;

 private:
  Result<void> append_field(std::size_t column, const table::Cell& cell, Buffer& out) const;

  table::Schema schema_;
};

/// Puts records into the archive that is an .ak file. As gzip::Deflater: the same records always
/// become the same file, and how they are cut into pieces makes no difference.
class Container {
 public:
  explicit Container(const table::Schema& schema);

  /// Pack `records` and append to `out` what is ready. kInternal if there is no memory.
  Result<void> add(std::string_view records, Buffer& out);
  Result<void> flush(Buffer& out);
  /// Append the rest and the end. Last call.
  Result<void> finish(Buffer& out);

 private:
  Result<void> begin(Buffer& out);

  std::string meta_;
  zip::Writer zip_;
  bool begun_ = false;
};

}  // namespace alinktf::ak
