// What comes before the rows of a CSV source, and reading on to the next whole row.
#pragma once

#include "base/result.hpp"
#include "formats/csv/options.hpp"
#include "formats/csv/scanner.hpp"
#include "formats/csv/window.hpp"
#include "table/schema.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace alinktf::csv {

/// A longer row is an error.
constexpr std::size_t kMaxRowBytes = std::size_t{1} << 30U;

/// kSpec if an option makes no sense.
Result<void> check_options(const Options& options);

/// The kInput error "NAME: line LINE: WHAT".
Error bad_line(const std::string& name, std::uint64_t line, std::string_view what);

/// The error of a row above kMaxRowBytes.
Error row_too_long(const std::string& name, std::uint64_t line);

/// Have a whole row in the window, or all that is left: false if that is nothing. `name` and `line`
/// are for the error of a row above kMaxRowBytes.
Result<bool> have_row(Window& window,
                      const Scanner& scanner,
                      RowProgress& progress,
                      const std::string& name,
                      std::uint64_t line);

/// Move `window`, which is at the start of a source, to the first row: past a byte order mark, and
/// past the first line as the options say. Returns the number of the line the rows begin in. kInput
/// if the source cannot be read, or if its header's names (blanks around them and case ignored) are
/// not those of `schema` in the same order.
Result<std::uint64_t> skip_preamble(Window& window,
                                    const Scanner& scanner,
                                    const std::string& name,
                                    const table::Schema& schema,
                                    const Options& options);

}  // namespace alinktf::csv
