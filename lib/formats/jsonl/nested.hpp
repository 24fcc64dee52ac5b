// JSON's arrays and objects to vectors and tensors.
#pragma once

#include "base/bytes.hpp"
#include "formats/jsonl/scanner.hpp"
#include "table/arena.hpp"
#include "table/nested.hpp"
#include "table/row_block.hpp"
#include "table/type.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace alinktf::jsonl {

/// Reads the values of columns whose storage is kNested, and packs them into an arena.
///
/// A dense vector is an array of numbers, a sparse one {"size": 4, "indices": [0, 2], "values":
/// [1.0, 3.0]}; "size" may be missing or null, the indices may stand in any order. A tensor is
/// arrays in arrays, all of one length on each level, or a lone value. Its values are as its type
/// says: numbers in range, true and false (or 1 and 0), texts or null. In a TENSOR all are of one
/// kind: LONG if all numbers are whole, DOUBLE if any has a fraction or an exponent or if there is
/// no value. NaN and the infinities may be bare or texts, as everywhere.
class NestedParser {
 public:
  explicit NestedParser(Scanner& scanner) : scanner_(scanner) {}

  /// The value of a column of `type` at `at`: its end, or nullptr and the scanner's fault.
  char* parse(char* at, table::ColumnType type, table::Cell& cell);

  /// Give up all cells so far.
  void release() { arena_.clear(); }

 private:
  struct Sparse;

  /// Calls `item` at each value of the array at `at`; it returns the value's end. Counts them.
  template <typename Item>
  char* items(char* at, std::size_t& count, Item&& item);
  char* dense_vector(char* at, table::Cell& cell);
  char* sparse_vector(char* at, table::Cell& cell);
  char* sparse_member(char* at, Sparse& sparse);
  bool sort_positions(const Sparse& sparse);
  char* tensor(char* at, table::Element element, table::Cell& cell);
  char* tensor_level(char* at, std::size_t depth);
  char* tensor_item(char* at, std::size_t depth);
  char* tensor_value(char* at);
  template <typename T>
  char* real_value(char* at);
  template <typename T>
  char* integer_value(char* at);
  char* boolean_value(char* at);
  char* text_value(char* at);
  char* fail_item(char* at, std::string_view expected);
  bool keep(table::Cell& cell);

  Scanner& scanner_;
  table::Arena arena_;
  Buffer packed_;
  Buffer values_;
  // Of the tensor under way.
  table::Element element_ = table::Element::kDouble;
  std::vector<std::int64_t> dims_;  ///< -1: not known yet
  std::size_t rank_ = 0;            ///< 0: not known yet
  std::vector<std::string_view> texts_;
  // Of the sparse vector under way.
  std::vector<std::int64_t> positions_;
  std::vector<double> reals_;
};

template <typename Item>
inline char* NestedParser::items(char* at, std::size_t& count, Item&& item) {
  count = 0;
  at = skip_blanks(at + 1);
  if (*at == ']') {
    return at + 1;
  }
  while (true) {
    at = item(at);
    if (at == nullptr) {
      return nullptr;
    }
    ++count;
    at = skip_blanks(at);
    if (*at == ']') {
      return at + 1;
    }
    if (*at != ',') {
      return scanner_.fail_syntax(at, "',' or ']'");
    }
    at = skip_blanks(at + 1);
  }
}

}  // namespace alinktf::jsonl
