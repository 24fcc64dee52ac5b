// Schema strings: "sepal_length double, species string".
#pragma once

#include "base/result.hpp"
#include "table/type.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::table {

struct Column {
  std::string name;
  ColumnType type = ColumnType::kString;

  friend bool operator==(const Column&, const Column&) = default;
};

using Schema = std::vector<Column>;

/// Parse "name type, name type …". Commas inside () and <> do not split; a trailing comma is
/// accepted. kSpec naming the column if a type is missing or unknown, a name is empty or stands
/// twice (names are compared without case), or there is no column at all.
Result<Schema> parse_schema(std::string_view text);

/// The canonical schema string of `schema`.
std::string to_string(const Schema& schema);

/// The columns of a model table: model_id BIGINT, model_info STRING.
Schema model_table_schema();

/// The index of the column called `name`, case ignored.
std::optional<std::size_t> find_column(const Schema& schema, std::string_view name);

}  // namespace alinktf::table
