// Where the rows of a job end up.
#pragma once

#include "base/result.hpp"
#include "spec/job_spec.hpp"
#include "table/row_block.hpp"

#include <memory>
#include <span>
#include <string>

namespace alinktf::sink {

/// Takes rows of the output schema, one after the other. Used by one thread at a time.
class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  Output(Output&&) = delete;
  Output& operator=(Output&&) = delete;
  /// Without finish(), nothing is left of an output file, unless it is a growing one with rows.
  virtual ~Output() = default;

  virtual Result<void> append(std::span<const table::Cell> row) = 0;
  /// No rows are at hand: a growing output gets all there were, others do nothing.
  virtual Result<void> flush() { return {}; }
  /// Where the rows of a growing output are until finish(); empty if there is no such file.
  [[nodiscard]] virtual std::string growing_path() const { return {}; }
  /// Nobody wants the rows: nothing is left of a growing output either.
  virtual void discard() {}
  /// All rows are there: write what is buffered and give the file its name.
  virtual Result<void> finish() = 0;
};

/// How rows are shown on standard output.
enum class Display { kCsv, kTable };

/// What others see of an output before it is finished.
enum class Life {
  kWhole,    ///< nothing
  kGrowing,  ///< the rows so far, in NAME.partial if the output is a file
};

/// Open the output of a job, in the format and with the compression that `spec` asks for: a file
/// that appears whole or not at all; with numFiles above 1 or partitionCols a directory that does;
/// standard output or a FIFO, written directly. A model
/// table becomes a SavedModel if `spec` asks for that. With Display::kTable, CSV becomes an aligned
/// table. kOutput if it exists without overwriteSink, cannot be written, or is binary and a
/// terminal; kSpec if it cannot be as `spec` says. Nothing has been written then.
Result<std::unique_ptr<Output>> open_output(const spec::OutputSpec& spec,
                                            const table::Schema& schema,
                                            Display display,
                                            Life life = Life::kWhole);

}  // namespace alinktf::sink
