// Rows to serialized tf.train.Examples.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/example/nested_list.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::example {

/// Writes rows as tf.train.Example messages, straight into a buffer and in one pass.
///
/// Features stand in column order, which is the order of Alink's own files: FLOAT, DOUBLE and
/// DECIMAL become a float_list of one value, BOOLEAN to LONG an int64_list, texts and bytes a
/// bytes_list, vectors and tensors what NestedList says. A null becomes a Feature without a kind,
/// so that a parser's default value applies.
class Encoder {
 public:
  explicit Encoder(const table::Schema& schema);

  /// Append the Example of `row` (as many cells as columns) in a TFRecord frame. kInput, naming the
  /// column, if a sparse vector is too large as a dense one; then nothing is appended.
  Result<void> append_framed(std::span<const table::Cell> row, Buffer& out);

  /// Append the Example as a field of a larger message: `tag`, its length as a varint, its bytes.
  /// Errors as above.
  Result<void> append_field(char tag, std::span<const table::Cell> row, Buffer& out);

  /// Append the bare Example, without frame or length. Errors as above.
  Result<void> append(std::span<const table::Cell> row, Buffer& out);

 private:
  /// The bytes of an entry up to its value, made once: offset and size in heads_.
  struct Head {
    std::uint32_t offset;
    std::uint32_t size;
  };
  /// How a value is written.
  enum class Way : std::uint8_t { kReal, kDecimal, kInteger, kBytes, kNested };
  struct Column {
    Way way;
    /// Index of the column's first head. Real and decimal: the one head. Integer: ten, by the
    /// value's size in bytes. Bytes and nested: the key alone, since all lengths before it vary.
    std::uint32_t first_head;
    std::uint32_t null_head;  ///< Index of the whole entry of a null.
  };
  struct NestedColumn {
    std::size_t index = 0;
    table::Column column;
  };

  static Way way_of(table::ColumnType type);
  std::uint32_t add_head(const std::string& bytes);
  void add_column(const table::Column& column);
  char* copy_head(std::uint32_t index, char* to) const;
  char* write_entry(const Column& column, const table::Cell& cell, char* to);
  char* write_list_head(const Column& column, char list, std::size_t list_bytes, char* to) const;
  char* write_bytes_entry(const Column& column, std::string_view value, char* to) const;
  /// Make the lists of the nested cells of `row`.
  Result<void> measure(std::span<const table::Cell> row);
  /// Write the Example of `row` at `to`, which has bound(row) bytes of room, and return its size.
  std::size_t write_example(std::span<const table::Cell> row, char* to);
  [[nodiscard]] std::size_t bound(std::span<const table::Cell> row) const;

  std::vector<Column> columns_;
  std::vector<std::uint32_t> bytes_columns_;  ///< Indices of the columns whose values vary in size.
  std::vector<NestedColumn> nested_columns_;
  std::vector<NestedList> lists_;  ///< Of this row, one for each nested cell that is no null.
  std::size_t next_list_ = 0;      ///< The one to write next.
  std::size_t lists_bound_ = 0;    ///< What lists_ take at most.
  std::vector<Head> heads_;
  std::string head_bytes_;
  std::size_t fixed_bound_ = 0;  ///< What a row takes at most, without the bytes of its texts.
  /// Size of the length field of `features` in the last row: the guess for the next.
  std::size_t length_bytes_ = 2;
  std::size_t field_length_bytes_ = 2;  ///< The same for append_field()'s length.
};

}  // namespace alinktf::example
