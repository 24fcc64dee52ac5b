// Reads whole JSON lines into strings.
#pragma once

#include "formats/jsonl/reader.hpp"
#include "table/nested.hpp"
#include "table/schema.hpp"
#include "unit/result.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

namespace alinktf::jsonl {

using Rows = std::vector<std::vector<std::string>>;

/// "DENSE[2] 1 2", "SPARSE[4] 0:1 2:3", "TENSOR 1[2,1] 'a null": kind, element, shape, values.
inline std::string show(const table::NestedView& view) {
  using Kind = table::NestedKind;
  std::string out = view.kind() == Kind::kDenseVector ? "DENSE["
                    : view.kind() == Kind::kSparseVector
                        ? "SPARSE["
                        : fmt::format("TENSOR {}[", static_cast<int>(view.element()));
  for (std::size_t i = 0; i < view.rank(); ++i) {
    out += fmt::format("{}{}", i == 0 ? "" : ",", view.dim(i));
  }
  out += "]";
  for (std::size_t i = 0; i < view.count(); ++i) {
    if (view.element() == table::Element::kString) {
      bool null = false;
      const std::string_view text = view.text(i, null);
      out += null ? " null" : fmt::format(" '{}", text);
    } else if (view.element() == table::Element::kLong) {
      out += fmt::format(" {}", view.integer(i));
    } else {
      out += view.kind() == Kind::kSparseVector ? fmt::format(" {}:", view.position(i)) : " ";
      out += fmt::format("{}", view.real(i));
    }
  }
  return out;
}

/// A cell as text: "null" without quotes, texts with a leading '.
inline std::string show(const table::Column& column, const table::Cell& cell) {
  if (cell.null) {
    return "null";
  }
  switch (table::storage(column.type)) {
    case table::Storage::kInteger:
      return std::to_string(cell.integer);
    case table::Storage::kReal:
      return fmt::format("{}", cell.real);
    case table::Storage::kNested:
      return show(table::NestedView(cell.bytes()));
    default:
      return "'" + std::string(cell.bytes());
  }
}

/// Read to the end or to the first error, which is returned; `rows` gets what came before.
inline Result<void> read_all(table::RowReader& reader, Rows& rows) {
  const table::Schema& schema = reader.schema();
  table::RowBlock block(schema.size());
  do {
    ALINKTF_TRY(reader.read(block));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      std::vector<std::string>& row = rows.emplace_back();
      for (std::size_t c = 0; c < schema.size(); ++c) {
        row.push_back(show(schema[c], block.row(i)[c]));
      }
    }
  } while (block.rows() != 0);
  return {};
}

/// A reader of `text`, handed over in pieces of at most `step` bytes.
inline std::unique_ptr<Reader> open(const std::string& schema,
                                    std::string text,
                                    std::size_t step = std::string::npos,
                                    table::BadRowTaker* bad_rows = nullptr) {
  return std::make_unique<Reader>(std::make_unique<StringSource>(std::move(text), "t.jsonl", step),
                                  take(table::parse_schema(schema)),
                                  bad_rows);
}

/// All rows of `text`, which must be good.
inline Rows rows_of(const std::string& schema,
                    std::string text,
                    std::size_t step = std::string::npos) {
  const auto reader = open(schema, std::move(text), step);
  Rows rows;
  take(read_all(*reader, rows));
  return rows;
}

/// The only cell of the only row of `text`.
inline std::string cell_of(const std::string& type, const std::string& value) {
  const Rows rows = rows_of("v " + type, "{\"v\":" + value + "}\n");
  REQUIRE(rows.size() == 1);
  return rows[0][0];
}

/// The kInput error that reading `text` ends with.
inline std::string failure_of(const std::string& schema, std::string text) {
  const auto reader = open(schema, std::move(text));
  Rows rows;
  return failure(read_all(*reader, rows), ErrorCode::kInput);
}

/// The same for one value of a column of `type`.
inline std::string cell_failure(const std::string& type, const std::string& value) {
  return failure_of("v " + type, "{\"v\":" + value + "}\n");
}

}  // namespace alinktf::jsonl
