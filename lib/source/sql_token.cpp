#include "source/sql_token.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace alinktf::source {

namespace {

using Kind = SqlToken::Kind;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool starts_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) {
  return starts_word(c) || is_digit(c) || c == '$';
}
/// Length of the blank at the front, 0 if there is none. SQLite skips byte order marks too.
std::size_t blank_length(std::string_view sql) {
  if (sql.starts_with("\xEF\xBB\xBF")) {
    return 3;
  }
  const char c = sql.front();
  return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v') ? 1 : 0;
}

/// The quoted text at the front, up to the matching quote; doubled quotes belong to it.
SqlToken quoted(std::string_view sql) {
  const char open = sql.front();
  const char close = open == '[' ? ']' : open;
  const Kind kind = open == '\'' ? Kind::kText : Kind::kName;
  std::size_t at = 1;
  while (at < sql.size()) {
    if (sql[at++] != close) {
      continue;
    }
    if (at == sql.size() || sql[at] != close || close == ']') {
      return {.text = sql.substr(0, at), .kind = kind};
    }
    ++at;
  }
  return {.text = sql, .kind = kind, .closed = false};
}

SqlToken comment(std::string_view sql) {
  const bool line = sql.starts_with("--");
  const std::size_t end = sql.find(line ? "\n" : "*/", 2);
  if (end == std::string_view::npos) {
    return {.text = sql, .closed = line};
  }
  return {.text = sql.substr(0, end + (line ? 1 : 2))};
}

std::size_t number_length(std::string_view sql) {
  std::size_t at = 0;
  while (at < sql.size() && (is_word(sql[at]) || sql[at] == '.')) {
    const bool exponent = (sql[at] == 'e' || sql[at] == 'E') && !sql.starts_with("0x");
    ++at;
    if (exponent && at < sql.size() && (sql[at] == '+' || sql[at] == '-')) {
      ++at;
    }
  }
  return at;
}

/// The token at the front of `sql`, which is no blank and no comment.
SqlToken front_token(std::string_view sql) {
  const char first = sql.front();
  if (first == '\'' || first == '"' || first == '`' || first == '[') {
    return quoted(sql);
  }
  if (is_digit(first) || (first == '.' && sql.size() > 1 && is_digit(sql[1]))) {
    return {.text = sql.substr(0, number_length(sql)), .kind = Kind::kNumber};
  }
  if (starts_word(first)) {
    const auto* const end = std::find_if_not(sql.begin(), sql.end(), is_word);
    return {.text = sql.substr(0, static_cast<std::size_t>(end - sql.begin())),
            .kind = Kind::kWord};
  }
  return {.text = sql.substr(0, 1)};
}

}  // namespace

std::vector<SqlToken> sql_tokens(std::string_view sql) {
  std::vector<SqlToken> tokens;
  while (!sql.empty()) {
    if (const std::size_t blank = blank_length(sql); blank != 0) {
      sql.remove_prefix(blank);
      continue;
    }
    const bool is_comment = sql.starts_with("--") || sql.starts_with("/*");
    const SqlToken token = is_comment ? comment(sql) : front_token(sql);
    if (!is_comment || !token.closed) {
      tokens.push_back(token);
    }
    sql.remove_prefix(token.text.size());
  }
  return tokens;
}

bool is_keyword(const SqlToken& token, std::string_view word) {
  return token.kind == Kind::kWord && equal_ignoring_case(token.text, word);
}

std::string unquoted(const SqlToken& token) {
  if (token.kind != Kind::kName && token.kind != Kind::kText) {
    return std::string(token.text);
  }
  const char close = token.text.back();
  const std::string_view inside = token.text.substr(1, token.text.size() - 2);
  std::string name;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    name.push_back(inside[i]);
    if (inside[i] == close) {
      ++i;  // its double
    }
  }
  return name;
}

}  // namespace alinktf::source
