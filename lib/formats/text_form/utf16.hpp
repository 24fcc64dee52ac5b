// Lengths of texts as Java counts them.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace alinktf::text_form {

/// How many UTF-16 units the UTF-8 `text` has. A byte that is not part of valid UTF-8 counts one.
std::size_t utf16_units(std::string_view text);

/// How many bytes the first `units` units of `text` take; nothing if it is shorter, or if they end
/// in the middle of a surrogate pair.
std::optional<std::size_t> utf16_prefix(std::string_view text, std::size_t units);

}  // namespace alinktf::text_form
