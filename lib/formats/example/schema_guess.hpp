// The columns of TFRecord files that come without a schema.
#pragma once

#include "base/result.hpp"
#include "formats/example/feature_map.hpp"
#include "table/arena.hpp"
#include "table/schema.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace alinktf::example {

/// Finds a type for each feature from the first records of a file.
///
/// Features that never have more than one value become FLOAT, BIGINT, STRING, or VARBINARY if their
/// bytes are no UTF-8; others FLOAT_TENSOR, LONG_TENSOR, STRING_TENSOR, or BYTE_TENSOR. A feature
/// that never has a value is a STRING, unless an empty list says more.
class SchemaGuess {
 public:
  /// As many records are worth looking at.
  static constexpr std::uint64_t kRecords = 1000;

  /// Look at one more record. kInput, naming the record (from 0, as counted here): it is no
  /// Example, or a feature has values of another kind than before.
  Result<void> add(std::string_view serialized);

  [[nodiscard]] std::uint64_t records() const { return records_; }

  /// The columns, in order of first appearance. kInput if there are none, if the names of two
  /// differ in case alone, or if a feature has values that no type holds: several that are neither
  /// UTF-8 nor of one size.
  [[nodiscard]] Result<table::Schema> schema() const;

 private:
  /// What is known of a feature.
  struct Seen {
    std::string name;
    Kind kind = Kind::kNone;        ///< Of its values.
    Kind empty_kind = Kind::kNone;  ///< Of lists without values.
    std::uint64_t record = 0;       ///< The first that has values.
    bool several = false;
    bool is_text = true;
    bool same_size = true;  ///< Of the values in each record.
  };

  Result<void> look(Seen& seen, const Feature& feature);
  static Result<table::ColumnType> type_of(const Seen& seen);

  std::vector<Seen> features_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::uint64_t records_ = 0;
  std::vector<NamedFeature> found_;  ///< In the record at hand.
  std::vector<std::string_view> pieces_;
};

}  // namespace alinktf::example
