#include "source/project.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace alinktf::source {

namespace {

class ProjectReader final : public table::RowReader {
 public:
  ProjectReader(std::unique_ptr<table::RowReader> input, std::vector<std::size_t> columns)
      : input_(std::move(input)), columns_(std::move(columns)), block_(input_->schema().size()) {
    for (const std::size_t column : columns_) {
      schema_.push_back(input_->schema()[column]);
    }
  }

  [[nodiscard]] const table::Schema& schema() const override { return schema_; }
  [[nodiscard]] bool would_wait() const override { return input_->would_wait(); }

  Result<void> read(table::RowBlock& block) override {
    block.clear();
    ALINKTF_TRY(input_->read(block_));
    for (std::size_t row = 0; row < block_.rows(); ++row) {
      const auto from = block_.row(row);
      table::Cell* to = block.next_row();
      for (const std::size_t column : columns_) {
        *to++ = from[column];
      }
      block.add_row();
    }
    return {};
  }

 private:
  std::unique_ptr<table::RowReader> input_;
  std::vector<std::size_t> columns_;
  table::RowBlock block_;
  table::Schema schema_;
};

}  // namespace

Result<std::vector<std::size_t>> find_columns(const table::Schema& schema,
                                              const std::vector<std::string>& names) {
  std::vector<std::string_view> known;
  for (const table::Column& column : schema) {
    known.emplace_back(column.name);
  }
  std::vector<std::size_t> found;
  for (const std::string& name : names) {
    const auto column = table::find_column(schema, name);
    if (!column) {
      return Error(
          ErrorCode::kSpec,
          fmt::format("/selectedCols: found {}, expected a column of the input{}; it has {}",
                      quote(name),
                      did_you_mean(name, known),
                      fmt::join(known, ", ")));
    }
    found.push_back(*column);
  }
  return found;
}

Result<std::unique_ptr<table::RowReader>> project(std::unique_ptr<table::RowReader> input,
                                                  const std::vector<std::string>& names) {
  ALINKTF_ASSIGN_OR_RETURN(auto columns, find_columns(input->schema(), names));
  return std::unique_ptr<table::RowReader>(
      std::make_unique<ProjectReader>(std::move(input), std::move(columns)));
}

}  // namespace alinktf::source
