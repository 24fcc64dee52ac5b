// Rows as the bytes of a file, whatever the format.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "sink/packer.hpp"
#include "spec/job_spec.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <memory>
#include <span>

namespace alinktf::sink {

/// Turns rows of one schema into bytes. May serve many files at once: it keeps nothing of them.
class RowFormat {
 public:
  RowFormat() = default;
  RowFormat(const RowFormat&) = delete;
  RowFormat& operator=(const RowFormat&) = delete;
  RowFormat(RowFormat&&) = delete;
  RowFormat& operator=(RowFormat&&) = delete;
  virtual ~RowFormat() = default;

  /// Append what stands at the beginning of a file.
  virtual void append_head(Buffer& out);
  /// kInput as example::Encoder and ak::Writer; then nothing is appended.
  virtual Result<void> append_row(std::span<const table::Cell> row, Buffer& out) = 0;
  /// What puts the bytes of one file into the container that is the file; null if there is none.
  [[nodiscard]] virtual std::unique_ptr<Packer> make_container() const;
};

/// The format that `spec` asks for. kSpec for formats that are no files of rows, and for columns
/// that the format cannot have.
Result<std::unique_ptr<RowFormat>> make_row_format(const spec::OutputSpec& spec,
                                                   const table::Schema& schema);

}  // namespace alinktf::sink
