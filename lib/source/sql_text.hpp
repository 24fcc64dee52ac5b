// The text of select lists and conditions, before SQLite sees it.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace alinktf::source {

/// `sql` with each literal such as `1.` that is not an operand of arithmetic made an integer:
/// Calcite, which Alink uses, reads `1.` as an integer, and scripts rely on the int64 feature.
/// Every other character keeps its place.
///
/// kSpec, naming the job file's `key`, if `sql` could reach beyond its part of the statement: it
/// holds a clause that only a whole statement has (FROM, WHERE, GROUP, HAVING, ORDER, LIMIT, UNION,
/// EXCEPT, INTERSECT, WINDOW or a semicolon) outside parentheses, or an unbalanced parenthesis, a
/// quote or comment that is not closed, a placeholder such as `?` or `:name`, or nothing but blanks
/// and comments.
Result<std::string> prepare_sql(std::string_view key, std::string_view sql);

/// Where byte `offset` of `sql` is, for a message: "at character 5, near 'x + '", or "at its end".
std::string sql_place(std::string_view sql, std::size_t offset);

}  // namespace alinktf::source
