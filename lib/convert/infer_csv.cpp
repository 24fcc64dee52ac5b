#include "base/text.hpp"
#include "convert/infer.hpp"
#include "convert/value_kind.hpp"
#include "formats/csv/scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace alinktf::convert {

namespace {

constexpr std::size_t kRows = 1000;

/// A field of the sample: its text without quotes.
struct Value {
  std::string text;
  bool quoted = false;

  [[nodiscard]] bool is_null() const { return text.empty() && !quoted; }
};
using Row = std::vector<Value>;

std::string without_quotes(std::string_view text, char quote) {
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool doubled = text[i] == quote && i + 1 < text.size() && text[i + 1] == quote;
    i += doubled ? 1U : 0U;
    if (text[i] != quote || doubled) {
      out += text[i];
    }
  }
  return out;
}

/// The first rows of `text`; an unfinished last one is left out unless it is the end.
std::vector<Row> first_rows(std::string_view text, bool is_whole, const spec::CsvSpec& csv) {
  const csv::Scanner scanner({.field_delimiter = csv.field_delimiter,
                              .row_delimiter = csv.row_delimiter,
                              .quote_char = csv.quote_char});
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  text.remove_prefix(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  const char* at = text.data();
  const char* const end = at + text.size();
  std::vector<Row> rows;
  Row row;
  while (at != end && rows.size() <= kRows) {
    const csv::Field field = scanner.field(at, end, is_whole);
    const bool cut_off = field.end != csv::FieldEnd::kField && field.end != csv::FieldEnd::kRow;
    if (cut_off && !is_whole) {
      break;
    }
    row.push_back(field.quoted ? Value{without_quotes(field.text, *csv.quote_char), true}
                               : Value{std::string(field.text), false});
    const bool ends = field.end == csv::FieldEnd::kRow || cut_off;
    if (ends) {
      Row whole = std::exchange(row, {});
      if (whole.size() > 1 || whole[0].quoted || !trim(whole[0].text).empty()) {
        rows.push_back(std::move(whole));
      }
    }
    at = cut_off ? end : field.next;
  }
  return rows;
}

ValueKind kind_of_value(const Value& value) {
  if (value.is_null()) {
    return ValueKind::kNone;
  }
  return value.text.empty() ? ValueKind::kText : kind_of(value.text);
}

/// The kinds of the columns from row `first` on.
std::vector<ValueKind> column_kinds(const std::vector<Row>& rows, std::size_t first) {
  std::vector<ValueKind> kinds(rows.front().size());
  for (std::size_t r = first; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < std::min(kinds.size(), rows[r].size()); ++c) {
      kinds[c] = merged(kinds[c], kind_of_value(rows[r][c]));
    }
  }
  return kinds;
}

bool is_identifier(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz_";
  constexpr std::string_view kMore = "abcdefghijklmnopqrstuvwxyz_0123456789-.";
  const std::string lower = to_lower(text);
  return !lower.empty() && kLetters.find(lower.front()) != std::string_view::npos &&
         lower.find_first_not_of(kMore) == std::string::npos;
}

/// True if one of `names` before the one at `index` is the same to a schema.
bool stands_before(const Row& names, std::size_t index) {
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(index);
  return std::any_of(names.begin(), end, [&](const Value& earlier) {
    return equal_ignoring_case(trim(earlier.text), trim(names[index].text));
  });
}

/// True if the first row looks like names: different texts, and what stands below them differs in
/// kind, or at least in being no names.
bool is_header(const std::vector<Row>& rows) {
  const Row& names = rows.front();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (stands_before(names, i) || trim(names[i].text).empty() ||
        kind_of(trim(names[i].text)) != ValueKind::kText) {
      return false;
    }
  }
  const std::vector<ValueKind> below = column_kinds(rows, 1);
  const bool differs = std::any_of(below.begin(), below.end(), [](ValueKind kind) {
    return kind != ValueKind::kText && kind != ValueKind::kNone;
  });
  if (differs) {
    return true;
  }
  const bool named = std::all_of(
      names.begin(), names.end(), [](const Value& name) { return is_identifier(name.text); });
  const bool values_are_named = std::all_of(rows.begin() + 1, rows.end(), [](const Row& row) {
    return std::all_of(
        row.begin(), row.end(), [](const Value& value) { return is_identifier(value.text); });
  });
  return named && rows.size() > 1 && !values_are_named;
}

/// True if each of `names` can stand in a schema, and no two are the same there.
bool can_name_columns(const Row& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (stands_before(names, i) || !can_name(trim(names[i].text))) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<Inferred> infer_csv(const spec::InputSpec& input, std::string_view text, bool is_whole) {
  std::string ended;  // as readers take it: what follows the last row delimiter is a row
  if (is_whole && !text.ends_with(input.csv.row_delimiter)) {
    ended = fmt::format("{}{}", text, input.csv.row_delimiter);
    text = ended;
  }
  const std::vector<Row> rows = first_rows(text, is_whole, input.csv);
  if (rows.empty()) {
    return Error(ErrorCode::kInput,
                 "holds no rows, so its columns cannot be told; give --schema \"name type, …\"");
  }
  using FirstLine = Inferred::FirstLine;
  Inferred inferred;
  const Row& first = rows.front();
  const bool names_given = input.csv.header || (!input.ignore_first_line && is_header(rows));
  const bool usable = names_given && can_name_columns(first);
  inferred.first_line = usable                                   ? FirstLine::kNames
                        : names_given || input.ignore_first_line ? FirstLine::kOther
                                                                 : FirstLine::kRow;
  const std::vector<ValueKind> kinds =
      column_kinds(rows, inferred.first_line == FirstLine::kRow ? 0 : 1);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    inferred.schema.push_back(
        {usable ? std::string(trim(first[i].text)) : fmt::format("col{}", i), type_of(kinds[i])});
  }
  return inferred;
}

}  // namespace alinktf::convert
