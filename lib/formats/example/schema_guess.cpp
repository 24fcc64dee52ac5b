#include "formats/example/schema_guess.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::example {

namespace {

using table::ColumnType;

std::string_view list_name(Kind kind) {
  return kind == Kind::kBytesList   ? "a bytes_list"
         : kind == Kind::kFloatList ? "a float_list"
                                    : "an int64_list";
}

}  // namespace

Result<void> SchemaGuess::add(std::string_view serialized) {
  table::Arena arena;
  if (!list_features(serialized, found_, arena)) {
    return Error(
        ErrorCode::kInput,
        fmt::format(
            "record {}: found {} bytes that are no tf.train.Example", records_, serialized.size()));
  }
  for (const NamedFeature& found : found_) {
    const auto [at, is_new] = by_name_.try_emplace(std::string(found.name), features_.size());
    if (is_new) {
      features_.push_back({.name = std::string(found.name)});
    }
    ALINKTF_TRY(look(features_[at->second], found.feature));
  }
  ++records_;
  return {};
}

Result<void> SchemaGuess::look(Seen& seen, const Feature& feature) {
  if (feature.count == 0) {
    seen.empty_kind = feature.kind == Kind::kNone ? seen.empty_kind : feature.kind;
    return {};
  }
  if (seen.kind == Kind::kNone) {
    seen.kind = feature.kind;
    seen.record = records_;
  }
  if (feature.kind != seen.kind) {
    return Error(ErrorCode::kInput,
                 fmt::format("record {}: feature {} is {}, expected {} as in record {}",
                             records_,
                             quote(seen.name),
                             list_name(feature.kind),
                             list_name(seen.kind),
                             seen.record));
  }
  seen.several = seen.several || feature.count > 1;
  if (feature.kind == Kind::kBytesList) {
    list_pieces(feature, pieces_);
    seen.is_text = seen.is_text && std::all_of(pieces_.begin(), pieces_.end(), is_utf8);
    seen.same_size =
        seen.same_size && std::all_of(pieces_.begin(), pieces_.end(), [&](std::string_view piece) {
          return piece.size() == pieces_[0].size();
        });
  }
  return {};
}

Result<ColumnType> SchemaGuess::type_of(const Seen& seen) {
  switch (seen.kind == Kind::kNone ? seen.empty_kind : seen.kind) {
    case Kind::kFloatList:
      return seen.several ? ColumnType::kFloatTensor : ColumnType::kFloat;
    case Kind::kInt64List:
      return seen.several ? ColumnType::kLongTensor : ColumnType::kLong;
    default:
      break;
  }
  if (seen.is_text) {
    return seen.several ? ColumnType::kStringTensor : ColumnType::kString;
  }
  if (seen.several && !seen.same_size) {
    return Error(ErrorCode::kInput,
                 fmt::format("feature {} has several values that are no UTF-8 texts and differ in "
                             "size; no column type holds them",
                             quote(seen.name)));
  }
  return seen.several ? ColumnType::kByteTensor : ColumnType::kVarbinary;
}

Result<table::Schema> SchemaGuess::schema() const {
  table::Schema schema;
  for (const Seen& seen : features_) {
    if (const auto other = table::find_column(schema, seen.name)) {
      return Error(ErrorCode::kInput,
                   fmt::format("the names of the features {} and {} differ in case alone; columns "
                               "must differ in more",
                               quote(schema[*other].name),
                               quote(seen.name)));
    }
    ALINKTF_ASSIGN_OR_RETURN(const ColumnType type, type_of(seen));
    schema.push_back({.name = seen.name, .type = type});
  }
  if (schema.empty()) {
    return Error(ErrorCode::kInput,
                 fmt::format("found no features in {} records, expected some", records_));
  }
  return schema;
}

}  // namespace alinktf::example
