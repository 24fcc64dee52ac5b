// Text for messages: quoting what was found, and guessing what was meant.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace alinktf {

/// `text` in single quotes for a message: control characters and invalid UTF-8 as \xNN escapes,
/// cut with … after about 80 bytes.
std::string quote(std::string_view text);

/// `text` as a string of JSON, in quotes. Bytes that are no UTF-8 stay as they are.
std::string json_text(std::string_view text);

/// The one of `candidates` that is nearest to `word` by edit distance (case ignored), or empty if
/// none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// " (did you mean 'x'?)" when nearest() finds something, else empty.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

/// ASCII lower case.
std::string to_lower(std::string_view text);

/// True if an end of `text` is a beginning of it, as in "\n\n": where it stands in three of them is
/// open.
bool overlaps_itself(std::string_view text);

/// `text` without leading and trailing blanks (space, \t, \r, \n): a part of it, even if empty.
std::string_view trim(std::string_view text);

/// Major and minor number of a version: "2.15.1" is {2, 15}; 0 where there is no number.
std::pair<int, int> version_numbers(std::string_view version);

/// True if two texts are equal but for ASCII case.
bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace alinktf
