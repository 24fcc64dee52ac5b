// Vectors and tensors in the text forms of Alink:
//
//   dense vector    1.0 2.0 3.0
//   sparse vector   $4$0:1.0 2:3.0, or 0:1.0 2:3.0 if its size is unknown
//   tensor          FLOAT#2,2#0.6 0.7 0.8 0.9 (a blank behind each value; a scalar's shape is
//   empty) string tensor   STRING#2#2 3 #ab bcd (the lengths in UTF-16 units, -1 for a null, which
//   has
//                   neither text nor blank)
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "table/nested.hpp"
#include "table/type.hpp"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace alinktf::text_form {

/// Parses such texts. Keeps its storage: nothing is allocated for a value.
class NestedParser {
 public:
  /// Append the value that `text` stands for in a column of `type`, whose storage is kNested, as
  /// table/nested.hpp lays it out. kInput, with nothing appended, if there is none; the message is
  /// what is wrong ("value 2 is 'x', expected a number"), and does not repeat the text.
  ///
  /// Vectors: values or pairs are separated by blanks and commas. A text with ':' or '$', or one of
  /// blanks, is sparse, any other dense; DENSE_VECTOR and SPARSE_VECTOR convert.
  ///
  /// Tensors: FLOAT_TENSOR takes FLOAT and DOUBLE tensors and vectors; DOUBLE_TENSOR all tensors of
  /// numbers and vectors; INT_TENSOR and LONG_TENSOR their own and lists of whole numbers;
  /// STRING_TENSOR its own, and any text that does not begin with STRING# as a scalar; TENSOR all
  /// tensors, vectors (which become DOUBLE) and, as a scalar, any other text without '#'; the
  /// others their own.
  ///
  /// Unlike Alink, nothing is dropped or changed silently: what is no pair in a sparse vector,
  /// positions that stand twice, no value between two commas and booleans other than true and false
  /// are errors. Tensors without values and unsigned bytes above 127 are read.
  Result<void> parse(table::ColumnType type, std::string_view text, Buffer& out);

 private:
  /// What stands before the values of a tensor; its shape is in dims_.
  struct Head {
    table::Element element = table::Element::kFloat;
    std::size_t count = 0;
    std::string_view values;
  };

  Result<void> parse_value(table::ColumnType type, std::string_view text, Buffer& out);
  Result<void> read_vector(std::string_view text);
  Result<void> read_dense(std::string_view text);
  Result<void> read_sparse(std::string_view text);
  Result<void> read_pair(std::string_view token);
  Result<void> sort_pairs();
  Result<void> make_dense();
  void make_sparse();
  void append_vector(Buffer& out);

  Result<void> parse_tensor(table::ColumnType type, std::string_view text, Buffer& out);
  Result<void> parse_tensor_of_vector(table::ColumnType type, std::string_view text, Buffer& out);
  template <typename T>
  Result<void> parse_whole_numbers(std::string_view text, Buffer& out);
  Result<Head> read_head(std::string_view text);
  Result<void> read_shape(std::string_view text, Head& head);
  Result<void> append_numbers(table::Element target, const Head& head, Buffer& out);
  template <typename From>
  Result<void> append_numbers_of(table::Element target, const Head& head, Buffer& out);
  template <typename From, typename To>
  Result<void> append_numbers_as(table::Element target, const Head& head, Buffer& out);
  Result<void> append_strings(const Head& head, Buffer& out);

  bool sparse_ = false;  ///< The vector read last: entries_ and size_, or values_.
  std::int64_t size_ = 0;
  std::vector<std::pair<std::int64_t, double>> entries_;
  std::vector<std::int64_t> positions_;
  std::vector<double> values_;
  std::vector<std::int64_t> dims_;
  std::vector<std::int64_t> lengths_;
  std::vector<std::string_view> texts_;
};

/// The same for a single value.
Result<void> parse_nested(table::ColumnType type, std::string_view text, Buffer& out);

/// Append the text of the vector or tensor that a cell's `bytes` hold.
void append_nested(std::string_view bytes, Buffer& out);

/// Alink's name of an element type: FLOAT, BOOLEAN …
std::string_view element_name(table::Element element);

/// What to say after "expected" where a text is none of `type`: "a vector such as 1.0 2.0" …
std::string_view nested_expectation(table::ColumnType type);

}  // namespace alinktf::text_form
