// Tables in memory for tests of models.
#pragma once

#include "base/bytes.hpp"
#include "formats/text_form/base64.hpp"
#include "model/table.hpp"
#include "unit/result.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace alinktf::model {

inline std::string base64(std::string_view bytes) {
  Buffer out;
  text_form::append_base64(bytes, out);
  return std::string(out.view());
}

/// Rows of integers and texts, one at a time; nothing is null.
class Rows final : public table::RowReader {
 public:
  using Values = std::vector<std::optional<std::string>>;

  Rows(const std::string& schema, std::vector<Values> rows)
      : schema_(take(table::parse_schema(schema))), rows_(std::move(rows)) {}

  [[nodiscard]] const table::Schema& schema() const override { return schema_; }
  Result<void> read(table::RowBlock& block) override {
    block.clear();
    if (next_ == rows_.size()) {
      return {};
    }
    const Values& row = rows_[next_++];
    for (std::size_t i = 0; i < schema_.size(); ++i) {
      const bool text = table::storage(schema_[i].type) == table::Storage::kBytes;
      block.next_row()[i] = !row[i] ? table::Cell::of_null()
                            : text  ? table::Cell::of_bytes(*row[i])
                                    : table::Cell::of_integer(std::stoll(*row[i]));
    }
    block.add_row();
    return {};
  }

 private:
  table::Schema schema_;
  std::vector<Values> rows_;
  std::size_t next_ = 0;
};

/// The rows of a model table: `archive` in pieces of `size` bytes.
inline std::vector<Rows::Values> rows_of(const std::string& archive, std::size_t size = 100) {
  std::vector<Rows::Values> rows = {{"0", "17.zip"}};
  for (std::size_t at = 0; at < archive.size(); at += size) {
    rows.push_back({std::to_string(rows.size()), base64(archive.substr(at, size))});
  }
  return rows;
}

}  // namespace alinktf::model
