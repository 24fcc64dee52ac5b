#include "serve/chain.hpp"

namespace alinktf::serve {

struct Chain::Stage {
  Stage(const Link& link, predict::Batcher::Callbacks callbacks)
      : binding(link.binding),
        scorer(link.binding, *link.channel, link.call),
        batcher(link.binding, link.batch_rows, std::move(callbacks)),
        rows(link.binding.columns.size(), link.batch_rows) {}

  const predict::Binding& binding;
  predict::Scorer scorer;
  predict::Batcher batcher;
  table::RowBlock rows;  ///< of the result, for the next stage
  std::vector<std::uint64_t> numbers;
};

Chain::Chain(const std::vector<Link>& links, Answers answers) : answers_(std::move(answers)) {
  for (std::size_t i = 0; i < links.size(); ++i) {
    stages_.push_back(std::make_unique<Stage>(
        links[i],
        predict::Batcher::Callbacks{
            .take = [this, i](predict::Batch& batch) { return score(i, batch); },
            .reject = [this](
                          const table::RowBlock& /*block*/,
                          const predict::UnfitRow& row,
                          std::uint64_t number) { return answers_.failure(number, row.reason); }}));
  }
}

Chain::~Chain() = default;

Result<void> Chain::add(const table::RowBlock& block, std::span<const std::uint64_t> numbers) {
  return stages_.front()->batcher.add(block, numbers);
}

Result<void> Chain::flush() {
  return stages_.front()->batcher.flush();
}

Result<void> Chain::score(std::size_t index, predict::Batch& batch) {
  Stage& stage = *stages_[index];
  ALINKTF_TRY(stage.scorer.score(batch));
  stage.rows.clear();
  stage.numbers.clear();
  auto failed = batch.failed.begin();
  for (std::size_t row = 0; row < batch.rows; ++row) {
    if (failed != batch.failed.end() && failed->row == row) {
      ALINKTF_TRY(answers_.failure(batch.numbers[row], failed->reason));
      ++failed;
      continue;
    }
    table::Cell* const cells = stage.rows.next_row();
    predict::lay_out_row(stage.binding, batch, row, cells);
    stage.rows.add_row();
    stage.numbers.push_back(batch.numbers[row]);
  }
  if (index + 1 < stages_.size()) {
    predict::Batcher& next = stages_[index + 1]->batcher;
    ALINKTF_TRY(next.add(stage.rows, stage.numbers));
    return next.flush();
  }
  for (std::size_t row = 0; row < stage.rows.rows(); ++row) {
    ALINKTF_TRY(answers_.row(stage.numbers[row], stage.rows.row(row)));
  }
  return {};
}

}  // namespace alinktf::serve
