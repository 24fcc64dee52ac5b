// Rows that do not parse, and who takes them.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string_view>

namespace alinktf::table {

/// A row that a reader leaves out.
struct BadRow {
  std::string_view source;   ///< the file's name
  std::uint64_t number = 0;  ///< line from 1 in texts, record from 0 in TFRecord files
  std::string_view reason;   ///< what is wrong, with the place
  std::string_view text;     ///< the row as it stands there; empty for records
};

/// Takes the bad rows of a reader that goes on behind them.
class BadRowTaker {
 public:
  BadRowTaker() = default;
  BadRowTaker(const BadRowTaker&) = delete;
  BadRowTaker& operator=(const BadRowTaker&) = delete;
  BadRowTaker(BadRowTaker&&) = delete;
  BadRowTaker& operator=(BadRowTaker&&) = delete;
  virtual ~BadRowTaker() = default;

  /// An error ends the reading with that error.
  virtual Result<void> take(const BadRow& row) = 0;
};

}  // namespace alinktf::table
