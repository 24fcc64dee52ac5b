// Results of the tasks to rows of the output.
#pragma once

#include "base/result.hpp"
#include "formats/chunk/chunk.hpp"
#include "formats/columns/decoder.hpp"
#include "formats/example/decoder.hpp"
#include "sink/output.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace alinktf::sink {

/// Decodes what scripts write and hands it to an output. Rows of one task keep their order; tasks
/// take turns as their chunks arrive.
class Collector {
 public:
  Collector(const table::Schema& schema, Output& output)
      : decoder_(schema), columns_(schema), row_(schema.size()), output_(output) {}

  /// Take a chunk of `task` of kind kRecords or kColumns, whose first record is the task's record
  /// number `first_row` (from 1). kWorker naming task, row and column if a record does not fit the
  /// output schema; kOutput if the output fails.
  Result<void> add(const std::string& task,
                   std::uint64_t first_row,
                   const chunk::Header& header,
                   std::string_view payload);

  [[nodiscard]] std::uint64_t rows() const { return rows_; }

 private:
  Result<void> add_records(std::uint64_t row,
                           const chunk::Header& header,
                           std::string_view payload);
  Result<void> add_columns(std::uint64_t row,
                           const chunk::Header& header,
                           std::string_view payload);
  Result<void> append(std::uint64_t number, Result<void> decoded);

  example::Decoder decoder_;
  columns::Decoder columns_;
  std::vector<table::Cell> row_;
  Output& output_;
  std::uint64_t rows_ = 0;
};

}  // namespace alinktf::sink
