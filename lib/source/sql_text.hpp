// The text of select lists and conditions, before SQLite sees it.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace alinktf::source {

/// `sql` with each literal such as `1.` that is not an operand of arithmetic made an integer:
/// Calcite, which Alink uses, reads `1.` as an integer, and scripts rely on the int64 feature.
///
/// kSpec, naming the job file's `key`, if `sql` holds a clause that only a whole statement has
/// (FROM, WHERE, GROUP, HAVING, ORDER, LIMIT, UNION, EXCEPT, INTERSECT, WINDOW or a semicolon)
/// outside parentheses.
Result<std::string> prepare_sql(std::string_view key, std::string_view sql);

}  // namespace alinktf::source
