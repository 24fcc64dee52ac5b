// Reads a whole CSV text into strings.
#pragma once

#include "formats/csv/reader.hpp"
#include "formats/text_form/java_number.hpp"
#include "formats/text_form/nested_text.hpp"
#include "table/schema.hpp"
#include "unit/result.hpp"

#include <memory>
#include <string>
#include <vector>

namespace alinktf::csv {

using Rows = std::vector<std::vector<std::string>>;

/// Keeps "LINE: TEXT" of every bad row, and what was wrong with it.
class BadRows final : public table::BadRowTaker {
 public:
  Result<void> take(const table::BadRow& row) override {
    rows.push_back(std::to_string(row.number) + ": " + std::string(row.text));
    reasons.emplace_back(row.reason);
    sources.emplace_back(row.source);
    return {};
  }

  std::vector<std::string> rows;
  std::vector<std::string> reasons;
  std::vector<std::string> sources;
};

/// A cell as text: "null" without quotes, texts with a leading '.
inline std::string show(const table::Column& column, const table::Cell& cell) {
  if (cell.null) {
    return "null";
  }
  switch (table::storage(column.type)) {
    case table::Storage::kInteger:
      return std::to_string(cell.integer);
    case table::Storage::kReal: {
      Buffer out;
      text_form::append_java_double(cell.real, out);
      return std::string(out.view());
    }
    case table::Storage::kNested: {
      Buffer out;
      text_form::append_nested(cell.bytes(), out);
      return std::string(out.view());
    }
    default:
      return "'" + std::string(cell.bytes());
  }
}

inline Rows show(const table::RowReader& reader, const table::RowBlock& block) {
  Rows rows;
  for (std::size_t i = 0; i < block.rows(); ++i) {
    std::vector<std::string>& row = rows.emplace_back();
    for (std::size_t c = 0; c < block.width(); ++c) {
      row.push_back(show(reader.schema()[c], block.row(i)[c]));
    }
  }
  return rows;
}

/// Read to the end or to the first error, which is returned; `rows` gets what came before.
inline Result<void> read_all(table::RowReader& reader, Rows& rows) {
  table::RowBlock block(reader.schema().size());
  do {
    ALINKTF_TRY(reader.read(block));
    for (auto& row : show(reader, block)) {
      rows.push_back(std::move(row));
    }
  } while (block.rows() != 0);
  return {};
}

/// A reader of `text`, handed over in pieces of at most `step` bytes.
inline Result<std::unique_ptr<Reader>> open(const std::string& schema,
                                            std::string text,
                                            const Options& options = {},
                                            std::size_t step = std::string::npos) {
  return Reader::open(std::make_unique<StringSource>(std::move(text), "t.csv", step),
                      take(table::parse_schema(schema)),
                      options);
}

/// All rows of `text`, which must be good.
inline Rows rows_of(const std::string& schema,
                    std::string text,
                    const Options& options = {},
                    std::size_t step = std::string::npos) {
  const auto reader = take(open(schema, std::move(text), options, step));
  Rows rows;
  take(read_all(*reader, rows));
  return rows;
}

/// The kInput error that reading `text` ends with.
inline std::string failure_of(const std::string& schema,
                              std::string text,
                              const Options& options = {}) {
  const auto reader = take(open(schema, std::move(text), options));
  Rows rows;
  return failure(read_all(*reader, rows), ErrorCode::kInput);
}

}  // namespace alinktf::csv
