// Rows in memory, between a reader and an encoder.
#pragma once

#include "base/result.hpp"
#include "table/schema.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace alinktf::table {

/// One value of one row. Which member counts follows from storage(column type); text is not owned
/// and lives as long as the block that it came in (see RowReader::read). `size` is the text's
/// length in bytes. Trivial on purpose: blocks of cells are written once per row in the hot path.
struct Cell {
  union {
    std::int64_t integer;
    double real;
    const char* text;
  };
  std::uint32_t size;
  bool null;

  [[nodiscard]] std::string_view bytes() const { return {text, size}; }

  static Cell of_null() { return Cell{.integer = 0, .size = 0, .null = true}; }
  static Cell of_integer(std::int64_t value) {
    return Cell{.integer = value, .size = 0, .null = false};
  }
  static Cell of_real(double value) { return Cell{.real = value, .size = 0, .null = false}; }
  static Cell of_bytes(std::string_view value) {
    return Cell{
        .text = value.data(), .size = static_cast<std::uint32_t>(value.size()), .null = false};
  }
};
static_assert(sizeof(Cell) == 16);

/// Up to capacity() rows of width() cells each, row after row.
class RowBlock {
 public:
  static constexpr std::size_t kRows = 64;

  explicit RowBlock(std::size_t width, std::size_t capacity = kRows)
      : width_(width), capacity_(capacity), cells_(width * capacity) {}

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] bool full() const { return rows_ == capacity_; }
  [[nodiscard]] std::span<const Cell> row(std::size_t index) const {
    return {cells_.data() + index * width_, width_};
  }

  [[nodiscard]] std::span<Cell> row(std::size_t index) {
    return {cells_.data() + index * width_, width_};
  }

  void clear() { rows_ = 0; }
  /// The cells of the row after the last; add_row() makes it count.
  [[nodiscard]] Cell* next_row() { return cells_.data() + rows_ * width_; }
  void add_row() { ++rows_; }

 private:
  std::size_t width_;
  std::size_t capacity_;
  std::size_t rows_ = 0;
  std::vector<Cell> cells_;
};

/// A table to read once, front to back: a CSV file, a generated table, a selection of another.
class RowReader {
 public:
  RowReader() = default;
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;
  RowReader(RowReader&&) = delete;
  RowReader& operator=(RowReader&&) = delete;
  virtual ~RowReader() = default;

  [[nodiscard]] virtual const Schema& schema() const = 0;

  /// Read the next rows into `block` (cleared first): at least one unless the table has ended, and
  /// no more than are there without waiting. Text cells are valid until the next read. kInput with
  /// the place if a row is bad or the input unreadable; rows before the bad one have been delivered
  /// by then, and the reader stays failed.
  virtual Result<void> read(RowBlock& block) = 0;

  /// True if the next read() would have to wait for input (a pipe with nothing in it). Used to send
  /// what there is before waiting.
  [[nodiscard]] virtual bool would_wait() const { return false; }
};

}  // namespace alinktf::table
