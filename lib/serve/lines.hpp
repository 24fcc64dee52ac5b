// One answer per line.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "serve/chain.hpp"
#include "sink/row_format.hpp"
#include "source/open.hpp"
#include "spec/job_spec.hpp"
#include "table/bad_row.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace alinktf::serve {

/// Reads the rows of standard input, and writes an answer for each in their order to standard
/// output: as soon as there is nothing more to read without waiting. A row that does not parse or
/// does not fit the model gets an error as its answer: {"error": …} in JSON lines, an empty line in
/// CSV, where the error goes to the log.
class LineServer {
 public:
  /// `job`: its input and output. It must outlive this object.
  explicit LineServer(const spec::JobSpec& job) : job_(job), bad_rows_(*this) {}

  /// Open the input; its schema decides how the models are bound.
  Result<void> open(int cancel_fd);
  [[nodiscard]] const table::Schema& schema() const { return table_.rows->schema(); }

  /// Answer until the input ends. kOutput if standard output is closed.
  Result<void> run(const std::vector<Link>& links);

  /// End run() after the rows that have been read; any thread.
  void stop() { stopped_ = true; }

 private:
  /// Notes which rows did not parse.
  class BadRows final : public table::BadRowTaker {
   public:
    explicit BadRows(LineServer& server) : server_(server) {}
    Result<void> take(const table::BadRow& row) override;

   private:
    LineServer& server_;
  };

  void number_rows();
  Result<void> answer(std::uint64_t number, std::span<const table::Cell> row);
  void answer_failures_before(std::uint64_t number);
  Result<void> write();

  const spec::JobSpec& job_;
  BadRows bad_rows_;
  source::Table table_;
  std::unique_ptr<sink::RowFormat> format_;
  std::unique_ptr<table::RowBlock> block_;
  std::vector<std::uint64_t> numbers_;                         ///< of the rows in block_
  std::vector<std::pair<std::size_t, std::string>> unparsed_;  ///< rows before it in block_, why
  std::map<std::uint64_t, std::string> failures_;              ///< not yet answered
  std::uint64_t next_number_ = 1;
  Buffer out_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace alinktf::serve
