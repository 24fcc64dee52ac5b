// Rows through the models of a pipeline, one after the other.
#pragma once

#include "base/result.hpp"
#include "predict/batcher.hpp"
#include "predict/scorer.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace alinktf::serve {

/// One model: its binding and where it runs.
struct Link {
  predict::Binding binding;
  predict::EngineChannel* channel = nullptr;
  std::uint32_t call = 0;
  std::size_t batch_rows = 1;
};

/// Gives each row to the first model, what comes out to the next, and so on. All in the caller's
/// thread.
class Chain {
 public:
  struct Answers {
    /// A row of the last model's result; numbers ascend.
    std::function<Result<void>(std::uint64_t number, std::span<const table::Cell> row)> row;
    /// What is wrong with a row. Comes before the rows with greater numbers.
    std::function<Result<void>(std::uint64_t number, const std::string& reason)> failure;
  };

  /// `links` has at least one; they must outlive this object.
  Chain(const std::vector<Link>& links, Answers answers);
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;
  Chain(Chain&&) = delete;
  Chain& operator=(Chain&&) = delete;
  ~Chain();

  /// As predict::Batcher.
  Result<void> add(const table::RowBlock& block, std::span<const std::uint64_t> numbers);
  Result<void> flush();

 private:
  struct Stage;
  Result<void> score(std::size_t index, predict::Batch& batch);

  Answers answers_;
  std::vector<std::unique_ptr<Stage>> stages_;
};

}  // namespace alinktf::serve
