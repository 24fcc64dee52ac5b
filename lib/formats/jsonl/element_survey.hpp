// What a TENSOR holds is told by its values.
#pragma once

#include "table/nested.hpp"

namespace alinktf::jsonl {

/// What the values of the tensor at `at` are, if it is one: LONG if all numbers are whole, DOUBLE
/// if any has a fraction or an exponent or if there is no value, else texts or booleans. `end`
/// points to the line feed behind the line.
table::Element survey(char* at, const char* end);

}  // namespace alinktf::jsonl
