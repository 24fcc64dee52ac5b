#include "source/select_list.hpp"

#include "base/text.hpp"
#include "source/sql_token.hpp"

#include <algorithm>
#include <span>

namespace alinktf::source {

namespace {

using Kind = SqlToken::Kind;
using Tokens = std::span<const SqlToken>;

bool is_name(const SqlToken& token) {
  return token.kind == Kind::kWord || token.kind == Kind::kName;
}

/// True for `a`, `input.a`, `main.input.a`, each in any number of parentheses.
bool is_column(Tokens tokens) {
  while (tokens.size() > 2 && tokens.front().text == "(" && tokens.back().text == ")") {
    tokens = tokens.subspan(1, tokens.size() - 2);
  }
  bool name = true;
  for (const SqlToken& token : tokens) {
    if (name ? !is_name(token) : token.text != ".") {
      return false;
    }
    name = !name;
  }
  return !name;
}

/// How many of the last tokens are an alias: `x as y`, `x y`.
std::size_t alias_length(Tokens tokens) {
  const std::size_t size = tokens.size();
  if (size < 2 || tokens[size - 1].kind == Kind::kNumber || tokens[size - 1].kind == Kind::kOther) {
    return 0;
  }
  if (size > 2 && is_keyword(tokens[size - 2], "as")) {
    return 2;
  }
  return tokens[size - 2].text == "." ? 0 : 1;
}

/// The term that `tokens` make; `first` is the first of them, DISTINCT or ALL included.
SelectTerm term_of(const SqlToken& first, Tokens tokens) {
  SelectTerm term;
  const auto* const end = tokens.back().text.data() + tokens.back().text.size();
  term.text = {first.text.data(), static_cast<std::size_t>(end - first.text.data())};
  if (tokens.back().text == "*" &&
      (tokens.size() == 1 || (tokens.size() > 2 && tokens[tokens.size() - 2].text == "." &&
                              is_column(tokens.first(tokens.size() - 2))))) {
    term.kind = SelectTerm::Kind::kAll;
    return term;
  }
  const std::size_t alias = alias_length(tokens);
  if (is_column(tokens.first(tokens.size() - alias))) {
    term.kind = SelectTerm::Kind::kName;
    term.alias = alias == 0 ? std::string() : unquoted(tokens.back());
  }
  return term;
}

}  // namespace

SelectList split_select_list(std::string_view list) {
  SelectList split;
  const std::vector<SqlToken> tokens = sql_tokens(list);
  split.quantified = tokens.size() > 1 &&
                     (is_keyword(tokens.front(), "distinct") || is_keyword(tokens.front(), "all"));
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= tokens.size(); ++i) {
    if (i < tokens.size() && (depth > 0 || tokens[i].text != ",")) {
      depth += tokens[i].text == "(" ? 1 : tokens[i].text == ")" ? -1 : 0;
      continue;
    }
    const std::size_t skip = begin == 0 && split.quantified ? 1 : 0;
    if (begin + skip < i) {
      split.terms.push_back(
          term_of(tokens[begin], Tokens(tokens).subspan(begin + skip, i - begin - skip)));
    }
    begin = i + 1;
  }
  return split;
}

bool names(std::string_view sql, std::string_view name) {
  const std::vector<SqlToken> tokens = sql_tokens(sql);
  return std::any_of(tokens.begin(), tokens.end(), [&](const SqlToken& token) {
    return is_name(token) && equal_ignoring_case(unquoted(token), name);
  });
}

}  // namespace alinktf::source
