// Rows as an aligned table for a person at a terminal.
#pragma once

#include "base/bytes.hpp"
#include "formats/csv/writer.hpp"
#include "sink/output.hpp"
#include "sys/atomic_file.hpp"

#include <string>
#include <vector>

namespace alinktf::sink {

/// Columns as wide as their widest cell among the first 100 rows (40 at most; longer cells are cut
/// with …), numbers to the right, a line under the names. Vectors and tensors have their text form.
/// Rows appear once 100 are there, or at the end; those of a growing output at flush().
class TablePrinter final : public Output {
 public:
  TablePrinter(sys::AtomicFile file, table::Schema schema, Life life = Life::kWhole);

  Result<void> append(std::span<const table::Cell> row) override;
  Result<void> flush() override;
  Result<void> finish() override;

 private:
  [[nodiscard]] std::string text(std::size_t column, const table::Cell& cell);
  Result<void> print_first();
  Result<void> print(const std::vector<std::string>& cells);

  sys::AtomicFile file_;
  table::Schema schema_;
  std::vector<csv::Writer> writers_;  ///< one a column, for the texts of its cells
  Buffer scratch_;
  std::vector<std::size_t> widths_;
  std::vector<std::vector<std::string>> first_;
  bool measuring_ = true;
  Life life_;
};

}  // namespace alinktf::sink
