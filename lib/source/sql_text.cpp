#include "source/sql_text.hpp"

#include "base/text.hpp"
#include "source/sql_token.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace alinktf::source {

namespace {

using Kind = SqlToken::Kind;
using Tokens = std::vector<SqlToken>;

bool is_arithmetic(std::string_view text) {
  return text.size() == 1 && std::string_view("+-*/%").find(text) != std::string_view::npos;
}

/// True if the operator at `at` stands between two operands (so `-1.` alone is a sign, not
/// arithmetic).
bool is_binary(const Tokens& tokens, std::size_t at) {
  if (!is_arithmetic(tokens[at].text) || at == 0) {
    return false;
  }
  constexpr std::array<std::string_view, 14> kBefore{"when",
                                                     "then",
                                                     "else",
                                                     "case",
                                                     "and",
                                                     "or",
                                                     "not",
                                                     "in",
                                                     "is",
                                                     "like",
                                                     "select",
                                                     "between",
                                                     "distinct",
                                                     "all"};
  const SqlToken& before = tokens[at - 1];
  const bool keyword = std::any_of(kBefore.begin(), kBefore.end(), [&](std::string_view word) {
    return is_keyword(before, word);
  });
  return !keyword && (before.kind != Kind::kOther || before.text == ")");
}

/// True for `12.`: digits and a point, nothing after it.
bool is_bare_point(const SqlToken& token) {
  return token.kind == Kind::kNumber && token.text.back() == '.' &&
         std::all_of(
             token.text.begin(), token.text.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
}

/// True if the number at `at`, with its signs, is an operand.
bool in_arithmetic(const Tokens& tokens, std::size_t at) {
  std::size_t first = at;
  const auto is_sign = [](std::string_view text) { return text == "-" || text == "+"; };
  while (first > 0 && is_sign(tokens[first - 1].text) && !is_binary(tokens, first - 1)) {
    --first;
  }
  const bool left = first > 0 && is_binary(tokens, first - 1);
  const bool right = at + 1 < tokens.size() && is_arithmetic(tokens[at + 1].text);
  return left || right;
}

bool is_clause(const SqlToken& token) {
  constexpr std::array<std::string_view, 10> kClauses{"from",
                                                      "where",
                                                      "group",
                                                      "having",
                                                      "order",
                                                      "limit",
                                                      "union",
                                                      "except",
                                                      "window",
                                                      "intersect"};
  return std::any_of(kClauses.begin(), kClauses.end(), [&](std::string_view word) {
    return is_keyword(token, word);
  });
}

/// The texts of the job file's `key`, while they are checked.
struct Checked {
  std::string_view key;
  std::string_view sql;

  [[nodiscard]] std::size_t place_of(const SqlToken& token) const {
    return static_cast<std::size_t>(token.text.data() - sql.data());
  }
  [[nodiscard]] Error refuse(const SqlToken& token,
                             std::string_view found,
                             std::string_view expected) const {
    return {ErrorCode::kSpec,
            fmt::format("/{}: found {} {}; expected {}",
                        key,
                        found,
                        sql_place(sql, place_of(token)),
                        expected)};
  }
};

/// What is wrong with a token wherever it stands.
std::optional<Error> check_token(const Checked& checked, const SqlToken& token) {
  if (!token.closed) {
    return checked.refuse(token, "a quote or comment that is not closed", "its end");
  }
  if (token.kind == Kind::kOther &&
      std::string_view("?:@$#").find(token.text) != std::string_view::npos) {
    return checked.refuse(token, "a placeholder", "a value or a column: nothing can be bound here");
  }
  return std::nullopt;
}

Error misplaced(const Checked& checked, const SqlToken& token) {
  return {
      ErrorCode::kSpec,
      fmt::format("/{}: found {} {}; expected only {}; the table is always 'input', a condition "
                  "goes into \"where\", and rows keep their order",
                  checked.key,
                  quote(token.text),
                  sql_place(checked.sql, checked.place_of(token)),
                  checked.key == "where" ? "a condition" : "the list after SELECT")};
}

Result<void> check_tokens(const Checked& checked, const Tokens& tokens) {
  std::vector<const SqlToken*> open;
  for (const SqlToken& token : tokens) {
    if (auto error = check_token(checked, token)) {
      return *std::move(error);
    }
    if (token.text == "(") {
      open.push_back(&token);
    } else if (token.text == ")") {
      if (open.empty()) {
        return checked.refuse(token, "a parenthesis that closes none", "a '(' before it");
      }
      open.pop_back();
    } else if (token.text == ";" || (open.empty() && is_clause(token))) {
      return misplaced(checked, token);
    }
  }
  if (!open.empty()) {
    return checked.refuse(*open.back(), "a parenthesis that is not closed", "a ')' after it");
  }
  return {};
}

Result<void> check(const Checked& checked, const Tokens& tokens) {
  if (checked.sql.find('\0') != std::string_view::npos) {
    return Error(ErrorCode::kSpec,
                 fmt::format("/{}: found a NUL character, expected SQL", checked.key));
  }
  if (tokens.empty() && !checked.sql.empty()) {
    return Error(ErrorCode::kSpec,
                 fmt::format("/{}: found nothing but blanks and comments, expected {}",
                             checked.key,
                             checked.key == "where" ? "a condition" : "a list of columns"));
  }
  return check_tokens(checked, tokens);
}

/// The first `size` bytes of `text`, or some less so that no character is cut.
std::string_view cut(std::string_view text, std::size_t size) {
  const auto continues = [&] { return (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U; };
  if (size >= text.size()) {
    return text;
  }
  while (size > 0 && continues()) {
    --size;
  }
  return text.substr(0, size);
}

}  // namespace

Result<std::string> prepare_sql(std::string_view key, std::string_view sql) {
  const Tokens tokens = sql_tokens(sql);
  ALINKTF_TRY(check({.key = key, .sql = sql}, tokens));
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

std::string sql_place(std::string_view sql, std::size_t offset) {
  constexpr std::size_t kNear = 30;
  if (trim(sql.substr(std::min(offset, sql.size()))).empty()) {
    return "at its end";
  }
  const auto characters =
      std::count_if(sql.begin(), sql.begin() + static_cast<std::ptrdiff_t>(offset), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
      });
  return fmt::format(
      "at character {}, near {}", characters + 1, quote(cut(sql.substr(offset), kNear)));
}

}  // namespace alinktf::source
