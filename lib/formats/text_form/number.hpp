// Text to numbers, by Java's rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace alinktf::text_form {

/// A double in the syntax of java.lang.Double.parseDouble, without surrounding blanks: optional
/// sign, digits with an optional point and exponent, hexadecimal with a binary exponent, optional
/// suffix f or d, or NaN or Infinity. Too large is infinite, too small is zero.
std::optional<double> parse_double(std::string_view text);

/// The same for java.lang.Float.parseFloat: rounded once, to the nearest float.
std::optional<float> parse_float(std::string_view text);

/// An optional '-' and digits, from `least` to `most`.
std::optional<std::int64_t> parse_integer(std::string_view text,
                                          std::int64_t least,
                                          std::int64_t most);

}  // namespace alinktf::text_form
