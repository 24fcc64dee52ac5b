// Generated input: Alink's random table source.
#pragma once

#include "base/result.hpp"
#include "formats/java_random/column_conf.hpp"
#include "formats/java_random/random.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::java_random {

struct RandomTableOptions {
  std::int64_t num_rows = 0;
  /// Number of generated columns. If `output_cols` is given, its size decides.
  std::size_t num_cols = 0;
  /// Name of a BIGINT column 0 … num_rows-1 in front of the others. Default: none.
  std::optional<std::string> id_col = std::nullopt;
  /// Names of the generated columns. Default: col0, col1 …
  std::vector<std::string> output_cols = {};
  /// What they hold, in the form of parse_col_confs(). Default, and for columns that it does not
  /// name: uniform(0,1).
  std::string output_col_confs = {};
};

/// A table of DOUBLE columns, generated row by row from JavaRandom(0): bit for bit what Alink's
/// RandomTableSourceBatchOp makes at parallelism 1, with two differences. Gauss numbers are exact
/// to 1e-15 and Alink's to 1e-8 only. And Alink drops the last character of a poisson column's
/// nullper (0.25 is 0.2, 0.5 is none), where we do what is written: who asks for nulls wants them.
class RandomTable final : public table::RowReader {
 public:
  /// kSpec if rows or columns are out of range, a name is empty or stands twice, or
  /// output_col_confs is wrong. Nothing is generated yet, so this is the check, too.
  static Result<std::unique_ptr<RandomTable>> open(const RandomTableOptions& options);

  [[nodiscard]] const table::Schema& schema() const override { return schema_; }
  Result<void> read(table::RowBlock& block) override;

  /// Rows generated so far.
  [[nodiscard]] std::uint64_t rows_read() const { return static_cast<std::uint64_t>(row_); }

 private:
  RandomTable(table::Schema schema,
              std::vector<Distribution> distributions,
              std::int64_t num_rows,
              bool has_id)
      : schema_(std::move(schema)),
        distributions_(std::move(distributions)),
        num_rows_(num_rows),
        has_id_(has_id) {}

  table::Schema schema_;
  std::vector<Distribution> distributions_;  ///< of the columns but the id; empty: all uniform(0,1)
  std::int64_t num_rows_;
  bool has_id_;
  std::int64_t row_ = 0;
  JavaRandom random_{0};
};

}  // namespace alinktf::java_random
