// Values of DECIMAL: exact, and held as their texts.
#pragma once

#include "base/bytes.hpp"

#include <optional>
#include <string_view>

namespace alinktf::text_form {

/// The text that java.math.BigDecimal.toString() gives for what its constructor makes of `text`:
/// the same digits with the same scale, so that 1.10 stays 1.10 (-.5 becomes -0.5, 1e3 1E+3, 01 1,
/// 0.0000001 1E-7). It is `text` itself if that is canonical already, else a text in `room`, whose
/// content is lost in any case. Nothing if `text` is no decimal, or if its scale or its exponent
/// does not fit into 32 bits.
std::optional<std::string_view> parse_decimal(std::string_view text, Buffer& room);

/// Append the canonical text of the number with the fewest digits that read back as `value`, as
/// BigDecimal.valueOf() chooses it: 0.1, 2.0, 1.0E+7. False, and nothing appended, if `value` is
/// not finite: decimals have neither NaN nor Infinity.
bool append_decimal(double value, Buffer& out);
bool append_decimal(float value, Buffer& out);

/// The nearest double and float of a canonical text; infinite if it is too large.
double decimal_to_double(std::string_view text);
float decimal_to_float(std::string_view text);

}  // namespace alinktf::text_form
