// Finds fields and rows in CSV text: one set of quoting rules for all column types.
//
// A field is quoted if it starts with the quote character. Inside, a doubled quote stands for one;
// delimiters have no meaning. What stands between the closing quote and the next delimiter belongs
// to the field, but nothing may stand there if there are row delimiters in the quotes: then two
// stray quotes have met. A quote anywhere else is an ordinary character.
//
// A row is broken if a quote in it is not closed, or not followed by a delimiter though it should
// be. Whoever goes on behind a broken row does so at the line after the one in which that quote
// stands. This depends on the text alone, so that all who cut text into rows find the same ones.
#pragma once

#include "formats/csv/options.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace alinktf::csv {

enum class FieldEnd : std::uint8_t {
  kField,       ///< Another field follows.
  kRow,         ///< The row ends.
  kMore,        ///< The text ends first: more may follow.
  kUnbalanced,  ///< Broken: the quote is not closed.
  kStray,       ///< Broken: the quote is closed in a later line, and no delimiter follows there.
};

struct Field {
  std::string_view text;       ///< As it stands there, quotes included. kStray: to the closing one.
  const char* next = nullptr;  ///< Behind the delimiter. Broken: the line after the opening quote.
  FieldEnd end = FieldEnd::kMore;
  bool quoted = false;
  std::uint32_t line_breaks = 0;  ///< Row delimiters inside the quotes.
};

/// How far the end of an unfinished row has been looked for.
struct RowProgress {
  enum class State : std::uint8_t { kFieldStart, kPlain, kQuoted, kBroken };

  std::size_t offset = 0;
  std::size_t quote = 0;  ///< kQuoted: where the quotes open.
  State state = State::kFieldStart;
};

/// Whole rows at the front of a text.
struct WholeRows {
  const char* end = nullptr;  ///< Behind the last of them; nullptr if there is none.
  std::uint64_t lines = 0;    ///< How many lines they have.
};

/// How often `c` is in [at, end).
std::uint64_t count_byte(const char* at, const char* end, char c);

/// The first byte of [at, end) that is `a` or `b`, or `end`.
const char* find_either(const char* at, const char* end, char a, char b);

class Scanner {
 public:
  explicit Scanner(const Options& options);

  /// The field that starts at `at`. The text to scan ends at `end`; kMore is returned if that is
  /// before the field's end can be told; `is_last` says that nothing follows.
  [[nodiscard]] Field field(const char* at, const char* end, bool is_last) const;

  /// True if the row that starts at `row` ends before `end`, or is broken there. Goes on at
  /// `progress`, so a row that arrives in many pieces is looked at once.
  [[nodiscard]] bool has_row_end(const char* row, const char* end, RowProgress& progress) const;

  /// The whole rows at the front of [begin, end), which begins with a row. If broken rows are
  /// errors, nothing is said of what comes after one.
  [[nodiscard]] WholeRows whole_rows(const char* begin, const char* end, bool is_last) const;

  /// True if `text` starts with the row delimiter.
  [[nodiscard]] bool at_row_delimiter(const char* at, const char* end) const {
    return starts_with(at, end, row_delimiter_);
  }
  /// Behind the first row delimiter in [at, end), or nullptr.
  [[nodiscard]] const char* line_end(const char* at, const char* end) const;
  /// `row` without the delimiter at its end.
  [[nodiscard]] std::string_view without_delimiter(std::string_view row) const;
  [[nodiscard]] std::string_view row_delimiter() const { return row_delimiter_; }
  [[nodiscard]] std::string_view field_delimiter() const { return field_delimiter_; }
  /// True if a "\r" before the row delimiter is dropped.
  [[nodiscard]] bool drops_carriage_return() const { return row_delimiter_ == "\n"; }
  [[nodiscard]] bool is_quote(char c) const { return has_quote_ && c == quote_; }

 private:
  static bool starts_with(const char* at, const char* end, std::string_view what) {
    return std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(what);
  }
  /// Look for the delimiter that ends `field`, from `from` on.
  [[nodiscard]] Field until_delimiter(Field field,
                                      const char* at,
                                      const char* from,
                                      const char* end) const;
  /// `field`, which begins at `at`, broken.
  [[nodiscard]] Field broken(
      Field field, FieldEnd how, const char* at, const char* end, bool is_last) const;
  /// One step of has_row_end() inside quotes and outside: where to go on, or nullptr if that cannot
  /// be said before more has arrived; then `at` is where to look again.
  [[nodiscard]] const char* step_quoted(const char* row,
                                        const char*& at,
                                        const char* end,
                                        RowProgress& progress) const;
  [[nodiscard]] const char* step_plain(const char*& at,
                                       const char* end,
                                       RowProgress& progress) const;
  /// How many row delimiters are in [at, end).
  [[nodiscard]] std::uint64_t count_row_delimiters(const char* at, const char* end) const;
  /// whole_rows() for delimiters of one byte and for others; the lines are not counted yet.
  [[nodiscard]] const char* last_row_end_by_quotes(const char* begin,
                                                   const char* end,
                                                   bool is_last) const;
  [[nodiscard]] const char* last_row_end_by_fields(const char* begin,
                                                   const char* end,
                                                   bool is_last) const;

  enum class QuoteEnd : std::uint8_t { kClosed, kMore, kUnbalanced, kStray };
  /// What becomes of the quotes that open at `open`, seen from `at`, before which they do not
  /// close. `closing` is the closing one (kClosed, kStray), or where to look again (kMore).
  [[nodiscard]] QuoteEnd quote_end(
      const char* open, const char* at, const char* end, bool is_last, const char*& closing) const;
  struct Quotes {
    const char* next = nullptr;     ///< Behind the closing one, or the next row if `broken`.
    const char* closing = nullptr;  ///< Of stray ones.
    bool broken = false;            ///< The row ends here, to be left out.
  };
  /// Past the quotes that open at `open`; nullptr if the text ends first, or reading ends there.
  [[nodiscard]] Quotes pass_quotes(const char* open, const char* end, bool is_last) const;
  /// The closing quote of the field whose text goes on at `at`, if it is before `stop`; nullptr if
  /// not. The text ends at `end`.
  [[nodiscard]] const char* closing_quote(const char* at, const char* stop, const char* end) const;
  /// True if a field may end at `at`: a delimiter stands there.
  [[nodiscard]] bool at_delimiter(const char* at, const char* end) const;

  std::string field_delimiter_;
  std::string row_delimiter_;
  bool has_quote_;
  char quote_;
  bool recovers_;  ///< Broken rows are left out.
  std::size_t max_quoted_bytes_;
};

}  // namespace alinktf::csv
