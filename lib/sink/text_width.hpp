// How wide a text is on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace alinktf::sink {

/// `text` as a terminal can bear it: control characters become blanks, bytes that are not UTF-8
/// U+FFFD.
std::string printable(std::string_view text);

/// Columns that printable `text` takes: two for the wide characters of East Asia and pictures, none
/// for combining ones.
std::size_t display_width(std::string_view text);

/// The beginning of printable `text` that takes at most `columns`.
std::string_view head(std::string_view text, std::size_t columns);

}  // namespace alinktf::sink
