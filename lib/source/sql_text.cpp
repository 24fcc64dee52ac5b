#include "source/sql_text.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace alinktf::source {

namespace {

struct Token {
  std::string_view text;
  bool number = false;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Length of the quoted text at the front (up to the matching quote; doubled quotes belong to it).
std::size_t quoted_length(std::string_view sql) {
  const char close = sql.front() == '[' ? ']' : sql.front();
  std::size_t at = 1;
  while (at < sql.size()) {
    if (sql[at++] == close) {
      if (at < sql.size() && sql[at] == close && close != ']') {
        ++at;
      } else {
        break;
      }
    }
  }
  return at;
}

std::size_t comment_length(std::string_view sql) {
  const bool line = sql.starts_with("--");
  const std::size_t end = sql.find(line ? "\n" : "*/", 2);
  return end == std::string_view::npos ? sql.size() : end + (line ? 1 : 2);
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

std::size_t token_length(std::string_view sql) {
  const char first = sql.front();
  if (first == '\'' || first == '"' || first == '`' || first == '[') {
    return quoted_length(sql);
  }
  if (sql.starts_with("--") || sql.starts_with("/*")) {
    return comment_length(sql);
  }
  if (is_digit(first) || (first == '.' && sql.size() > 1 && is_digit(sql[1]))) {
    return number_length(sql);
  }
  const auto end = std::find_if_not(sql.begin(), sql.end(), is_word);
  return std::max<std::size_t>(1, static_cast<std::size_t>(end - sql.begin()));
}

/// The tokens of `sql`, without blanks and comments; each a view into it.
std::vector<Token> tokenize(std::string_view sql) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < sql.size();) {
    const std::string_view rest = sql.substr(at);
    const std::size_t length = token_length(rest);
    const char first = rest.front();
    const bool blank = first == ' ' || first == '\t' || first == '\n' || first == '\r';
    if (!blank && !rest.starts_with("--") && !rest.starts_with("/*")) {
      tokens.push_back({.text = rest.substr(0, length),
                        .number = is_digit(first) || (first == '.' && length > 1)});
    }
    at += length;
  }
  return tokens;
}

bool is_arithmetic(std::string_view text) {
  return text.size() == 1 && std::string_view("+-*/%").find(text) != std::string_view::npos;
}

/// True if the operator at `at` stands between two operands (so `-1.` alone is a sign, not
/// arithmetic).
bool is_binary(const std::vector<Token>& tokens, std::size_t at) {
  if (!is_arithmetic(tokens[at].text)) {
    return false;
  }
  if (at == 0) {
    return false;
  }
  constexpr std::array<std::string_view, 12> kBefore{
      "when", "then", "else", "case", "and", "or", "not", "in", "is", "like", "select", "between"};
  const std::string_view before = tokens[at - 1].text;
  const bool operand = is_word(before.back()) || before == ")" || before.back() == '"' ||
                       before.back() == '`' || before.back() == '\'' || before.back() == '.' ||
                       before.back() == ']';
  const std::string word = to_lower(before);
  return operand && std::find(kBefore.begin(), kBefore.end(), word) == kBefore.end();
}

/// True for `12.`: digits and a point, nothing after it.
bool is_bare_point(const Token& token) {
  return token.number && token.text.back() == '.' &&
         std::all_of(token.text.begin(), token.text.end() - 1, is_digit);
}

/// True if the number at `at`, with its signs, is an operand.
bool in_arithmetic(const std::vector<Token>& tokens, std::size_t at) {
  std::size_t first = at;
  const auto is_sign = [](std::string_view text) { return text == "-" || text == "+"; };
  while (first > 0 && is_sign(tokens[first - 1].text) && !is_binary(tokens, first - 1)) {
    --first;
  }
  const bool left = first > 0 && is_binary(tokens, first - 1);
  const bool right = at + 1 < tokens.size() && is_arithmetic(tokens[at + 1].text);
  return left || right;
}

Result<void> check_clauses(std::string_view key, const std::vector<Token>& tokens) {
  constexpr std::array<std::string_view, 11> kClauses{"from",
                                                      "where",
                                                      "group",
                                                      "having",
                                                      "order",
                                                      "limit",
                                                      "union",
                                                      "except",
                                                      "window",
                                                      "intersect",
                                                      ";"};
  int depth = 0;
  for (const Token& token : tokens) {
    depth += token.text == "(" ? 1 : token.text == ")" ? -1 : 0;
    const std::string word = to_lower(token.text);
    if ((depth <= 0 || word == ";") &&
        std::find(kClauses.begin(), kClauses.end(), word) != kClauses.end()) {
      return Error(ErrorCode::kSpec,
                   fmt::format("/{}: found {}, expected only {}; the table is always 'input', a "
                               "condition goes into \"where\", and rows keep their order",
                               key,
                               quote(token.text),
                               key == "where" ? "a condition" : "the list after SELECT"));
    }
  }
  return {};
}

}  // namespace

Result<std::string> prepare_sql(std::string_view key, std::string_view sql) {
  const std::vector<Token> tokens = tokenize(sql);
  ALINKTF_TRY(check_clauses(key, tokens));
  std::string out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (is_bare_point(tokens[i]) && !in_arithmetic(tokens, i)) {
      const auto point =
          static_cast<std::size_t>(tokens[i].text.data() - sql.data()) + tokens[i].text.size() - 1;
      out.append(sql.substr(copied, point - copied));
      out.push_back(' ');  // keeps places in SQLite's messages the same
      copied = point + 1;
    }
  }
  return out.append(sql.substr(copied));
}

}  // namespace alinktf::source
