// A `columns` chunk taken apart. Contract: worker/runtime/PROTOCOL.md.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace alinktf::columns {

/// What a column's values are on the wire.
enum class Kind : std::uint8_t { kNone, kInt64, kFloat32, kFloat64, kBool, kBytes };

/// One column of a chunk. Views of its payload.
struct Part {
  std::string_view name;
  Kind kind = Kind::kNone;
  std::string_view dims;        ///< the inner shape, packed u32
  std::size_t count = 1;        ///< of values in a row
  const char* nulls = nullptr;  ///< one byte a row, if there are any
  const char* lengths = nullptr;
  const char* values = nullptr;
};

/// Takes a payload apart, column by column, and checks every length.
class Parts {
 public:
  Parts(std::string_view payload, std::uint32_t records) : rest_(payload), records_(records) {}

  /// How many columns there are. kWorker if that is not there.
  Result<std::uint32_t> begin();
  /// The next column. kWorker if it does not end within the payload, or is of no known kind.
  Result<Part> next();
  /// kWorker if something is left.
  [[nodiscard]] Result<void> end() const;

 private:
  template <typename T>
  bool take_number(T& value);
  bool take(std::size_t size, std::string_view& bytes);
  bool take_shape(Part& part);
  bool take_values(Part& part);

  std::string_view rest_;
  std::uint32_t records_;
};

}  // namespace alinktf::columns
