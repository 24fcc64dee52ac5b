// The terms of a select list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace alinktf::source {

struct SelectTerm {
  enum class Kind {
    kAll,       ///< `*` or `input.*`
    kName,      ///< what may be a column alone: `a`, `input.a as "b"`, `(a)`
    kComputed,  ///< all else
  };
  std::string_view text;  ///< with its alias, without comments around it
  Kind kind = Kind::kComputed;
  std::string alias;  ///< of kName, without quotes; empty if there is none
};

struct SelectList {
  std::vector<SelectTerm> terms;  ///< views into the list's text
  bool quantified = false;        ///< begins with DISTINCT or ALL
};

/// Cut the list at its commas outside of parentheses, quotes and comments. `list` has passed
/// prepare_sql().
SelectList split_select_list(std::string_view list);

/// True if `name` stands somewhere in `sql` as a name, quoted or not, case ignored.
bool names(std::string_view sql, std::string_view name);

}  // namespace alinktf::source
