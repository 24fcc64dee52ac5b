#include "table/schema.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace alinktf::table {

namespace {

// What did_you_mean() may suggest for an unknown type.
constexpr std::array<std::string_view, 23> kSuggestions = {
    "STRING",       "BOOLEAN",       "TINYINT",      "SMALLINT",    "INT",           "BIGINT",
    "LONG",         "FLOAT",         "DOUBLE",       "DECIMAL",     "VARBINARY",     "DATE",
    "TIME",         "TIMESTAMP",     "DENSE_VECTOR", "VECTOR",      "SPARSE_VECTOR", "TENSOR",
    "FLOAT_TENSOR", "DOUBLE_TENSOR", "INT_TENSOR",   "LONG_TENSOR", "STRING_TENSOR"};

/// Position of the first comma of `text` outside () and <>, or npos.
std::size_t find_comma(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '(' || c == '<') {
      ++depth;
    } else if (c == ')' || c == '>') {
      --depth;
    } else if (c == ',' && depth <= 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

Result<Column> parse_column(std::string_view text, std::size_t number) {
  if (text.empty()) {
    return Error(ErrorCode::kSpec,
                 fmt::format("column {} is empty, expected 'name type'; is there a comma too many?",
                             number));
  }
  const std::size_t blank = text.find_first_of(" \t\r\n");
  const std::string_view name = text.substr(0, blank);
  if (blank == std::string_view::npos) {
    return Error(
        ErrorCode::kSpec,
        fmt::format(
            "column {} has no type, expected 'name type', e.g. '{} double'", quote(name), name));
  }
  const std::string_view type_text = trim(text.substr(blank));
  const std::optional<ColumnType> type = parse_type(type_text);
  if (!type) {
    return Error(
        ErrorCode::kSpec,
        fmt::format("column {}: found type {}, expected one of STRING, BOOLEAN, TINYINT, "
                    "SMALLINT, INT, BIGINT, FLOAT, DOUBLE, DECIMAL, DATE, TIME, TIMESTAMP, "
                    "VARBINARY, a vector or a tensor type{}",
                    quote(name),
                    quote(type_text),
                    did_you_mean(type_text, kSuggestions)));
  }
  return Column{.name = std::string(name), .type = *type};
}

}  // namespace

Result<Schema> parse_schema(std::string_view text) {
  Schema schema;
  std::string_view rest = trim(text);
  while (!rest.empty()) {
    const std::size_t comma = find_comma(rest);
    ALINKTF_ASSIGN_OR_RETURN(Column column,
                             parse_column(trim(rest.substr(0, comma)), schema.size() + 1));
    if (find_column(schema, column.name)) {
      return Error(
          ErrorCode::kSpec,
          fmt::format("column {} stands twice; names are compared without case, rename one",
                      quote(column.name)));
    }
    schema.push_back(std::move(column));
    rest = comma == std::string_view::npos ? std::string_view() : trim(rest.substr(comma + 1));
  }
  if (schema.empty()) {
    return Error(ErrorCode::kSpec,
                 "the schema has no columns, expected e.g. 'id long, name string'");
  }
  return schema;
}

std::string to_string(const Schema& schema) {
  std::string out;
  for (const Column& column : schema) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ",", column.name, type_name(column.type));
  }
  return out;
}

Schema model_table_schema() {
  return {{"model_id", ColumnType::kLong}, {"model_info", ColumnType::kString}};
}

std::optional<std::size_t> find_column(const Schema& schema, std::string_view name) {
  const auto found = std::find_if(schema.begin(), schema.end(), [&](const Column& column) {
    return equal_ignoring_case(column.name, name);
  });
  if (found == schema.end()) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - schema.begin());
}

}  // namespace alinktf::table
