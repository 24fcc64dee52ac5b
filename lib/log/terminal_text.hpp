// What others wrote, shown on a terminal without moving its cursor.
#pragma once

#include <string>
#include <string_view>

namespace alinktf::log {

enum class Colours { kKeep, kDrop };

/// `line` as a terminal is to get it: what it would show at last of a line that carriage returns
/// overwrite (as progress bars do), without control characters but tabs, without escape sequences
/// but colours, which end with the line.
std::string terminal_line(std::string_view line, Colours colours);

/// The same of each line of `text`.
std::string terminal_text(std::string_view text, Colours colours);

}  // namespace alinktf::log
