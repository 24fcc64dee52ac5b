// onBadRow: rows that do not parse are counted, and kept in a file if the job asks for it.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "spec/job_spec.hpp"
#include "sys/atomic_file.hpp"
#include "table/bad_row.hpp"

#include <cstdint>
#include <optional>

namespace alinktf::source {

/// Takes the bad rows of one pass over an input. The file of rejected rows is CSV with the columns
/// source, line, reason and row; it is replaced as a whole when the pass ends.
class Rejects final : public table::BadRowTaker {
 public:
  /// Must outlive this object.
  explicit Rejects(const spec::BadRowSpec& spec) : spec_(spec) {}

  /// kOutput if the file that `spec` names cannot be written. Leaves nothing behind.
  static Result<void> precheck(const spec::BadRowSpec& spec);

  /// kInput, naming file and reason, for one row more than is allowed; kOutput if the file cannot
  /// be written.
  Result<void> take(const table::BadRow& row) override;

  /// Give the file its name, even if no row is in it. kOutput.
  Result<void> finish();

  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  Result<void> open();
  Result<void> flush();

  const spec::BadRowSpec& spec_;
  std::uint64_t count_ = 0;
  std::optional<sys::AtomicFile> file_;
  Buffer text_;  ///< not yet written
};

}  // namespace alinktf::source
