// Dates and times in the text forms of java.sql: checked, and brought to one form.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace alinktf::text_form {

/// Room for the longest text: 2021-01-31 12:30:00.123456789.
using TemporalText = std::array<char, 32>;

/// Each takes a text, checks it, and returns its canonical form: `text` itself if it is canonical
/// already, else a text written to `room`. Nothing if `text` is no such value; days, hours, minutes
/// and seconds that the calendar does not have are refused.

/// yyyy-[m]m-[d]d, canonical with two digits each.
std::optional<std::string_view> parse_date(std::string_view text, TemporalText& room);

/// [h]h:[m]m:[s]s, canonical with two digits each.
std::optional<std::string_view> parse_time(std::string_view text, TemporalText& room);

/// A date, one blank, a time, and optionally '.' and one to nine digits; canonical with at least
/// one digit and no trailing zeros beyond it, as java.sql.Timestamp prints it.
std::optional<std::string_view> parse_timestamp(std::string_view text, TemporalText& room);

}  // namespace alinktf::text_form
