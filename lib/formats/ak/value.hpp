// Values of .ak records whose bytes are Java's: texts, decimal numbers, dates and times.
#pragma once

#include "base/bytes.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace alinktf::ak {

template <typename T>
void append_be(T value, Buffer& out) {
  char* const to = out.reserve(sizeof value);
  for (std::size_t i = 0; i < sizeof value; ++i) {
    to[i] = static_cast<char>(value >> (8U * (sizeof value - 1 - i)));
  }
  out.commit(sizeof value);
}

template <typename T>
T load_be(const char* from) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    value = static_cast<T>(value << 8U | static_cast<unsigned char>(from[i]));
  }
  return value;
}

/// Takes values off the front of a record. A value that is not there whole is nothing.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::size_t size() const { return rest_.size(); }
  /// Of what is left; not empty().
  [[nodiscard]] char front() const { return rest_.front(); }

  std::optional<std::string_view> bytes(std::size_t size);
  /// An unsigned big-endian number.
  template <typename T>
  std::optional<T> number() {
    const auto found = bytes(sizeof(T));
    return found ? std::optional(load_be<T>(found->data())) : std::nullopt;
  }
  /// 7 bits a byte, low ones first, at most 32 in all.
  std::optional<std::uint32_t> varint();
  /// The text that Flink's StringValue writes, as UTF-8: bytes of the record, or `room` if they had
  /// to be changed. Halves of surrogate pairs become U+FFFD. A null text is `null`.
  std::optional<std::string_view> text(Buffer& room, bool& null);
  /// The canonical text of a java.math.BigDecimal, in `room`. A null one is `null`.
  std::optional<std::string_view> decimal(Buffer& room, bool& null);

 private:
  std::string_view rest_;
};

/// Append what Fields::varint() reads.
void append_varint(std::uint32_t value, Buffer& out);
/// Append what Fields::text() reads. Bytes that are no UTF-8 become U+FFFD.
void append_text(std::string_view text, Buffer& out);
/// Append the BigDecimal of `text`, which is canonical. False, and nothing appended, if it has more
/// digits than are read again (about 9,800).
bool append_decimal(std::string_view text, Buffer& out);

/// Days, seconds of the day and instants as .ak files count them: milliseconds from 1970 on, in
/// UTC, and what a TIMESTAMP has of a second in nanoseconds besides.
struct Instant {
  std::int64_t milliseconds = 0;
  std::int32_t nanoseconds = 0;
};

/// The value of a text of type DATE, TIME or TIMESTAMP; nothing if it is none.
std::optional<Instant> parse_instant(table::ColumnType type, std::string_view text);
/// The canonical text of a value, in `room`. Nothing for years that the text form does not have,
/// and nanoseconds that are none.
std::optional<std::string_view> print_instant(table::ColumnType type,
                                              const Instant& instant,
                                              Buffer& room);

}  // namespace alinktf::ak
