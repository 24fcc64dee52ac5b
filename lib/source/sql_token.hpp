// SQL text cut into tokens, as SQLite cuts it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::source {

/// A token of an SQL text; a view into it.
struct SqlToken {
  enum class Kind {
    kWord,    ///< a name or keyword without quotes
    kName,    ///< in "", `` or []
    kText,    ///< in ''
    kNumber,  ///< begins with a digit, or with a point and a digit
    kOther,   ///< one character of an operator, parenthesis, comma …
  };
  std::string_view text;
  Kind kind = Kind::kOther;
  bool closed = true;  ///< false: a quote that the text's end leaves open
};

/// The tokens of `sql`, without blanks and comments. A comment that is never closed is a token
/// that is not closed.
std::vector<SqlToken> sql_tokens(std::string_view sql);

/// True if the token is the keyword `word`, given in lower case.
bool is_keyword(const SqlToken& token, std::string_view word);

/// What a token stands for as a name: without its quotes.
std::string unquoted(const SqlToken& token);

}  // namespace alinktf::source
