#include "formats/jsonl/row_parser.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <limits>

namespace alinktf::jsonl {

namespace {

using table::Cell;
using table::ColumnType;

/// How to make a value fit that is of another kind.
std::string_view hint(char first, ColumnType type) {
  if (first == '"') {
    return "; remove the quotes, or make the column a STRING";
  }
  if (type == ColumnType::kString) {
    return first == '{' || first == '[' ? ""
                                        : "; put it between quotes, or change the column's type";
  }
  return "";
}

}  // namespace

RowParser::RowParser(const table::Schema& schema, bool keep_text, bool null_for_invalid)
    : schema_(schema),
      null_for_invalid_(null_for_invalid),
      keys_(schema),
      scanner_(keep_text),
      nested_(scanner_),
      seen_(schema.size(), 0) {}

std::string RowParser::problem() const {
  const Fault& fault = scanner_.fault();
  if (fault.byte != 0) {
    return fmt::format(", byte {}: {}", fault.byte, fault.what);
  }
  const table::Column& column = schema_[column_];
  return fmt::format(
      ", column {} ({}): {}", quote(column.name), table::type_name(column.type), fault.what);
}

RowParser::Outcome RowParser::parse(const Line& line, Cell* cells) {
  char* at = skip_blanks(line.begin);
  if (at == line.end) {
    return Outcome::kBlank;
  }
  ++row_;
  invalid_in_row_ = 0;
  scanner_.begin(line);
  keys_.begin_line();
  at = parse_object(at, cells);
  if (at == nullptr) {
    return Outcome::kBad;
  }
  at = skip_blanks(at);
  if (at != line.end) {
    scanner_.fail_syntax(at, "the end of the line: one object in each");
    return Outcome::kBad;
  }
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (seen_[i] / 2 != row_) {
      cells[i] = Cell::of_null();
    }
  }
  invalid_values_ += invalid_in_row_;
  return Outcome::kRow;
}

char* RowParser::parse_object(char* at, Cell* cells) {
  if (*at != '{') {
    return scanner_.fail_syntax(at,
                                *at == '[' ? "'{': one object a line, not all of them in an array"
                                           : "'{': one object a line");
  }
  at = skip_blanks(at + 1);
  if (*at == '}') {
    return at + 1;
  }
  while (true) {
    at = parse_member(at, cells);
    if (at == nullptr) {
      return nullptr;
    }
    at = skip_blanks(at);
    if (*at == '}') {
      return at + 1;
    }
    if (*at != ',') {
      return scanner_.fail_syntax(at, "',' or '}'");
    }
    at = skip_blanks(at + 1);
  }
}

/// One key and its value.
char* RowParser::parse_member(char* at, Cell* cells) {
  const Key* key = keys_.guess(at, scanner_.line().end);
  if (key != nullptr) {
    at += key->spelling.size();
  } else {
    key = parse_key(at);
    if (key == nullptr) {
      return nullptr;
    }
  }
  at = skip_blanks(at);
  if (*at != ':') {
    return scanner_.fail_syntax(at, "':'");
  }
  at = skip_blanks(at + 1);
  if (!key->column || !take(*key)) {
    return scanner_.fault().what.empty() ? scanner_.skip(at, 1) : nullptr;
  }
  column_ = *key->column;
  if (*at == 'n' && Scanner::is_word(at, "null")) {
    cells[column_] = Cell::of_null();
    return at + 4;
  }
  return parse_value(at, schema_[column_].type, cells[column_]);
}

/// The key at `at` that is not the expected one; nullptr with a fault if there is none.
const Key* RowParser::parse_key(char*& at) {
  if (*at != '"') {
    scanner_.fail_syntax(at, "a key between quotes, such as \"x\"");
    return nullptr;
  }
  std::string_view name;
  char* const end = scanner_.text(at, name);
  if (end == nullptr) {
    return nullptr;
  }
  at = end;
  return &keys_.find(name);
}

/// Note that the line has a value for the column of `key`. False if it is to be left out, because
/// the column has one by a key of its very name, or if it is one too many: then with a fault.
bool RowParser::take(const Key& key) {
  std::uint64_t& seen = seen_[*key.column];
  const std::uint64_t now = row_ * 2 + (key.exact ? 1 : 0);
  if (seen / 2 == row_ && seen >= now) {
    if (seen == now) {
      column_ = *key.column;
      scanner_.fail("found the key twice, expected it once");
    }
    return false;
  }
  seen = now;
  return true;
}

char* RowParser::fail_cell(char* at, std::string_view expected) {
  return scanner_.fail_value(at, fmt::format("{}{}", expected, hint(*at, schema_[column_].type)));
}

inline char* RowParser::parse_value(char* at, ColumnType type, Cell& cell) {
  switch (type) {
    case ColumnType::kDouble:
      return parse_real<double>(at, cell);
    case ColumnType::kFloat:
      return parse_real<float>(at, cell);
    case ColumnType::kInt:
      return parse_integer<std::int32_t>(at, cell);
    case ColumnType::kLong:
      return parse_integer<std::int64_t>(at, cell);
    case ColumnType::kString:
      return parse_text(at, cell);
    default:
      return parse_rare(at, type, cell);
  }
}

template <typename T>
char* RowParser::parse_real(char* at, Cell& cell) {
  T value = 0;
  char* const end = scanner_.real(at, value);
  cell = Cell::of_real(static_cast<double>(value));
  return end == nullptr ? fail_cell(at, kNumber) : end;
}

template <typename T>
char* RowParser::parse_integer(char* at, Cell& cell) {
  constexpr Range kRange = range_of<T>();
  std::int64_t value = 0;
  char* const end = scanner_.integer(at, kRange, value);
  cell = Cell::of_integer(value);
  if (end != nullptr) {
    return end;
  }
  const char* const number = number_end(at);
  const bool fraction =
      number != nullptr &&
      std::string_view(at, static_cast<std::size_t>(number - at)).find_first_of(".eE") !=
          std::string_view::npos;
  return fail_cell(at,
                   fmt::format("a whole number from {} to {}{}",
                               kRange.least,
                               kRange.most,
                               fraction ? "; write it without fraction and exponent, or make the "
                                          "column a DOUBLE"
                                        : ""));
}

char* RowParser::parse_text(char* at, Cell& cell) {
  if (*at != '"') {
    return fail_cell(at, "a text between quotes");
  }
  char* const plain_end = skip_plain(at + 1);
  if (*plain_end == '"') {
    cell = Cell::of_bytes({at + 1, static_cast<std::size_t>(plain_end - at - 1)});
    return plain_end + 1;
  }
  std::string_view text;
  char* const end = scanner_.text(at, text);
  cell = Cell::of_bytes(text);
  return end;
}

template char* RowParser::parse_integer<std::int8_t>(char* at, Cell& cell);
template char* RowParser::parse_integer<std::int16_t>(char* at, Cell& cell);

}  // namespace alinktf::jsonl
