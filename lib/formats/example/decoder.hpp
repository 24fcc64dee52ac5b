// Serialized tf.train.Examples to rows.
#pragma once

#include "base/result.hpp"
#include "formats/example/cell_reader.hpp"
#include "formats/example/feature.hpp"
#include "formats/example/known_names.hpp"
#include "table/arena.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace alinktf::example {

/// Reads the features that a schema names from tf.train.Example messages, in one pass and without
/// an object for any of them.
///
/// Accepts what protobuf accepts and reads it as protobuf does: of features of the same name the
/// last one counts, lists need not be packed, unknown fields are passed over. Features that no
/// column names are ignored; names are case-sensitive, as in TensorFlow.
class Decoder {
 public:
  /// `code` is that of errors: kInput if the Examples are input, not what a script has written.
  explicit Decoder(table::Schema schema, ErrorCode code = ErrorCode::kWorker);

  [[nodiscard]] const table::Schema& schema() const { return schema_; }

  /// Read `serialized` into `row`, one cell a column. A feature without a kind and an empty list
  /// are null. Bytes of a STRING that are no UTF-8 become U+FFFD. Vectors come from a float_list,
  /// tensors from the list of their type, with one dimension: shapes are not in an Example.
  /// BYTE_TENSOR has two, one row a bytes value, as in Alink. TENSOR becomes what is found: FLOAT,
  /// LONG or STRING.
  ///
  /// Texts are in `serialized`, or in `arena` if they had to be changed; nested values always are
  /// in `arena`.
  ///
  /// Errors, without a place: no Example, an absent feature, several values in a scalar column, a
  /// kind that does not fit the column, an integer out of the column's range, rows of a BYTE_TENSOR
  /// that differ in size.
  Result<void> decode(std::string_view serialized, table::Cell* row, table::Arena& arena);

  /// The same with an arena of our own: cells are valid until the next decode, too.
  Result<void> decode(std::string_view serialized, table::Cell* row) {
    arena_.clear();
    return decode(serialized, row, arena_);
  }

 private:
  /// Where a record's values go.
  struct Target {
    table::Cell* row;
    table::Arena& arena;
  };
  /// What is known of a column: the number of the record that its feature was found in last, times
  /// two, and one more if its cell has been read.
  using Mark = std::uint64_t;

  bool scan_example(std::string_view serialized, const Target& target);
  bool scan_features(std::string_view features, const Target& target);
  const char* scan_entry(const char* at, const char* end, Name*& before, const Target& target);
  void keep(const Name& name, const Feature& feature, const Target& target);
  static bool read_plain(const ColumnRule& rule, const Feature& feature, table::Cell& cell);
  [[nodiscard]] Error no_example(std::string_view serialized) const;
  [[nodiscard]] Error absent(const table::Column& column, std::string_view serialized) const;

  table::Schema schema_;
  ErrorCode code_;
  CellReader cells_;
  std::vector<ColumnRule> rules_;  ///< One a column, as are the next two.
  std::vector<Mark> marks_;
  std::vector<Feature> features_;  ///< Of cells that remain to be read.
  KnownNames names_;
  std::uint64_t record_ = 0;
  table::Arena arena_;
};

}  // namespace alinktf::example
