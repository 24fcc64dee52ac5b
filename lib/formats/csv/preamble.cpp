#include "formats/csv/preamble.hpp"

#include "base/text.hpp"
#include "formats/csv/cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace alinktf::csv {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool has_names(const std::vector<std::string>& names, const table::Schema& schema) {
  return std::equal(names.begin(),
                    names.end(),
                    schema.begin(),
                    schema.end(),
                    [](const std::string& name, const table::Column& column) {
                      return equal_ignoring_case(name, column.name);
                    });
}

Error other_header(const std::string& name,
                   const std::vector<std::string>& found,
                   const table::Schema& schema) {
  std::vector<std::string_view> expected;
  std::transform(
      schema.begin(), schema.end(), std::back_inserter(expected), [](const table::Column& column) {
        return std::string_view(column.name);
      });
  return bad_line(name,
                  1,
                  fmt::format("found the header {}, expected {} as in schemaStr",
                              quote(fmt::format("{}", fmt::join(found, ","))),
                              quote(fmt::format("{}", fmt::join(expected, ",")))));
}

/// Pass the byte order mark, if there is one.
Result<void> skip_mark(Window& window) {
  const auto text = [&window] { return std::string_view(window.begin(), window.size()); };
  // A pipe's first row may be shorter than the mark and must not wait for the next one.
  while (!window.is_last() && window.size() < kByteOrderMark.size() &&
         kByteOrderMark.starts_with(text())) {
    ALINKTF_TRY(window.refill());
  }
  if (text().starts_with(kByteOrderMark)) {
    window.advance_to(window.begin() + kByteOrderMark.size());
  }
  return {};
}

}  // namespace

Result<void> check_options(const Options& options) {
  for (const std::string& delimiter : {options.field_delimiter, options.row_delimiter}) {
    if (delimiter.empty() || delimiter.find('\0') != std::string::npos) {
      return Error(ErrorCode::kSpec,
                   "a csv delimiter must have one character or more, none of them NUL");
    }
    if (options.quote_char && delimiter.find(*options.quote_char) != std::string::npos) {
      return Error(ErrorCode::kSpec, "quoteChar is part of a csv delimiter, expected another");
    }
  }
  if (overlaps_itself(options.row_delimiter)) {
    return Error(ErrorCode::kSpec,
                 fmt::format("rowDelimiter: found {}, expected one whose end is not its beginning: "
                             "where rows end would be open",
                             quote(options.row_delimiter)));
  }
  if (options.field_delimiter == options.row_delimiter) {
    return Error(ErrorCode::kSpec,
                 "fieldDelimiter and rowDelimiter are the same, expected two different ones");
  }
  return {};
}

Error bad_line(const std::string& name, std::uint64_t line, std::string_view what) {
  return {ErrorCode::kInput, fmt::format("{}: line {}: {}", name, line, what)};
}

Error row_too_long(const std::string& name, std::uint64_t line) {
  return bad_line(
      name,
      line,
      fmt::format("the row is longer than {} bytes; is a quote not closed?", kMaxRowBytes));
}

Result<bool> have_row(Window& window,
                      const Scanner& scanner,
                      RowProgress& progress,
                      const std::string& name,
                      std::uint64_t line) {
  while (!window.is_last() && !scanner.has_row_end(window.begin(), window.end(), progress)) {
    if (window.size() > kMaxRowBytes) {
      return row_too_long(name, line);
    }
    ALINKTF_TRY(window.refill());
  }
  return window.size() != 0;
}

Result<std::uint64_t> skip_preamble(Window& window,
                                    const Scanner& scanner,
                                    const std::string& name,
                                    const table::Schema& schema,
                                    const Options& options) {
  ALINKTF_TRY(skip_mark(window));
  std::uint64_t line = 1;
  if (!options.header && !options.ignore_first_line) {
    return line;
  }
  RowProgress progress;
  ALINKTF_ASSIGN_OR_RETURN(const bool there, have_row(window, scanner, progress, name, line));
  std::vector<std::string> found;
  const char* at = window.begin();
  for (bool more = there; more;) {
    const Field field = scanner.field(at, window.end(), window.is_last());
    if (field.end == FieldEnd::kUnbalanced || field.end == FieldEnd::kStray) {
      if (options.header || options.bad_rows == nullptr) {
        return bad_line(name, line, "a quote in the first line is not closed");
      }
      at = scanner.line_end(window.begin(), window.end());
      line = 1;
      break;
    }
    if (options.header) {
      found.emplace_back(
          trim(field.quoted ? unquote(field.text, *options.quote_char) : field.text));
    }
    at = field.next;
    line += field.line_breaks;
    more = field.end != FieldEnd::kRow;
  }
  window.advance_to(at);
  if (options.header && !has_names(found, schema)) {
    return other_header(name, found, schema);
  }
  return there ? line + 1 : line;
}

}  // namespace alinktf::csv
