// SQLite over one table, `input`.
#pragma once

#include "base/result.hpp"
#include "source/input_table.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace alinktf::source {

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const;
};
using SqlStatement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// A select list and a condition that have passed prepare_sql(). No condition: all rows.
struct SelectSql {
  std::string list;
  std::string condition;

  [[nodiscard]] std::string text() const;
};

/// A connection with the table `input` and RAND(), a seeded SplitMix64 with one draw a call. Names
/// in "" are names only, never texts.
class SqlDatabase {
 public:
  /// `input` outlives the database.
  static Result<std::unique_ptr<SqlDatabase>> open(InputTable& input, std::uint64_t seed);
  ~SqlDatabase();
  SqlDatabase(const SqlDatabase&) = delete;
  SqlDatabase& operator=(const SqlDatabase&) = delete;
  SqlDatabase(SqlDatabase&&) = delete;
  SqlDatabase& operator=(SqlDatabase&&) = delete;

  /// kSpec naming the key that is wrong, what SQLite says, the place in the key's text, and the
  /// statement.
  Result<SqlStatement> prepare(const SelectSql& sql);
  /// Null if SQLite refuses the statement.
  SqlStatement try_prepare(const SelectSql& sql);

  /// True if SQLite gives each row of the statement while it stands at the row of the input that it
  /// is made from, and needs nothing but that row for it: no DISTINCT, aggregate, window or second
  /// look at the input. By the opcodes of EXPLAIN.
  bool streams(const SelectSql& sql);

  /// SQLite's text for what failed last.
  [[nodiscard]] std::string message() const;

 private:
  SqlDatabase(const InputTable& input, std::uint64_t seed) : input_(input), random_(seed) {}
  SqlStatement try_prepare(const std::string& text);
  Error refused(const SelectSql& sql, bool in_condition) const;

  const InputTable& input_;
  std::uint64_t random_;
  sqlite3* database_ = nullptr;
};

}  // namespace alinktf::source
