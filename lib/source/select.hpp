// select and where: SQL over a table while it streams by.
#pragma once

#include "base/result.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace alinktf::source {

struct SelectOptions {
  std::string select;      ///< empty: *
  std::string where;       ///< empty: all rows
  std::uint64_t seed = 0;  ///< of RAND()
  /// Take types from fewer rows if more would have to be waited for.
  bool types_at_hand = false;
  bool plain = false;  ///< for tests: all values through SQLite, whatever the statement
};

/// The rows of `SELECT <select> FROM input WHERE <where>`, where `input` is another reader. Bare
/// columns keep their types, vectors and tensors included; computed ones take theirs from the first
/// 1,000 rows: integers LONG, reals and mixed numbers DOUBLE, texts STRING, blobs VARBINARY, all
/// null STRING. In SQL, dates and times are texts; vectors and tensors are opaque blobs.
///
/// SQLite computes only what is computed: while a statement streams, bare columns are copied from
/// the input's row, and SQLite steps through one block of the input at a time. Statements that
/// need more than the row at hand (DISTINCT, aggregates, windows, IN with very many values) go
/// through SQLite as a whole; there a NaN becomes NULL, as in any SQL expression.
class SelectReader final : public table::RowReader {
 public:
  /// kSpec if the SQL is wrong (with the statement and the place) or two columns of the result have
  /// one name, else as the input's errors.
  static Result<std::unique_ptr<SelectReader>> open(std::unique_ptr<table::RowReader> input,
                                                    const SelectOptions& options);
  ~SelectReader() override;
  SelectReader(const SelectReader&) = delete;
  SelectReader& operator=(const SelectReader&) = delete;
  SelectReader(SelectReader&&) = delete;
  SelectReader& operator=(SelectReader&&) = delete;

  [[nodiscard]] const table::Schema& schema() const override;
  /// Beside the input's errors: kInput naming row and column if a later value does not fit the type
  /// that the first 1,000 rows gave, and naming the row if SQL fails in it.
  Result<void> read(table::RowBlock& block) override;
  /// May be true too early if there is a condition: the rest of the block at hand may not fulfil
  /// it.
  [[nodiscard]] bool would_wait() const override;

  /// Rows taken from the input, and rows that satisfied `where` so far.
  [[nodiscard]] std::uint64_t rows_taken() const;
  [[nodiscard]] std::uint64_t rows_given() const;

 private:
  struct State;
  explicit SelectReader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace alinktf::source
