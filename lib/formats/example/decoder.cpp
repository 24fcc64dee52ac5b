#include "formats/example/decoder.hpp"

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/example/feature_map.hpp"
#include "formats/example/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace alinktf::example {

namespace {

using table::Cell;
using table::ColumnType;
using table::Storage;

}  // namespace

Decoder::Decoder(table::Schema schema, ErrorCode code)
    : schema_(std::move(schema)),
      code_(code),
      cells_(code),
      marks_(schema_.size()),
      features_(schema_.size()),
      names_(schema_) {
  std::transform(
      schema_.begin(), schema_.end(), std::back_inserter(rules_), [](const table::Column& column) {
        return ColumnRule(column.type);
      });
}

Result<void> Decoder::decode(std::string_view serialized, Cell* row, table::Arena& arena) {
  ++record_;
  if (!scan_example(serialized, {.row = row, .arena = arena})) {
    return no_example(serialized);
  }
  for (std::size_t i = 0; i < marks_.size(); ++i) {
    if (marks_[i] == 2 * record_ + 1) {
      continue;
    }
    if (marks_[i] != 2 * record_) {
      return absent(schema_[i], serialized);
    }
    ALINKTF_TRY(cells_.read(schema_[i], rules_[i], features_[i], arena, row[i]));
  }
  return {};
}

/// Read a number or a text that is as it should be.
inline bool Decoder::read_plain(const ColumnRule& rule, const Feature& feature, Cell& cell) {
  if (feature.kind != rule.kind || feature.count != 1) {
    return false;
  }
  switch (rule.storage) {
    case Storage::kReal:
      cell = Cell::of_real(static_cast<double>(load_le<float>(feature.first.data())));
      return true;
    case Storage::kInteger: {
      std::uint64_t bits = 0;
      wire::read_varint(feature.first.data(), feature.first.data() + feature.first.size(), bits);
      const auto value = static_cast<std::int64_t>(bits);
      cell = Cell::of_integer(value);
      return value >= rule.least && value <= rule.most;
    }
    case Storage::kBytes:
      if (rule.type == ColumnType::kDecimal) {
        return false;  // its text is still to be made
      }
      cell = Cell::of_bytes(feature.first);
      return rule.type == ColumnType::kVarbinary || is_utf8(feature.first);
    default:
      return false;
  }
}

bool Decoder::scan_example(std::string_view serialized, const Target& target) {
  const char* at = serialized.data();
  const char* const end = at + serialized.size();
  while (at != end) {
    std::uint32_t tag = 0;
    at = wire::read_tag(at, end, tag);
    if (at == nullptr) {
      return false;
    }
    if (!wire::is(tag, wire::kFeatures)) {
      at = wire::skip_field(tag, at, end, wire::kMaxDepth);
    } else {
      std::string_view features;
      at = wire::read_delimited(at, end, features);
      if (at != nullptr && !scan_features(features, target)) {
        return false;
      }
    }
    if (at == nullptr) {
      return false;
    }
  }
  return true;
}

bool Decoder::scan_features(std::string_view features, const Target& target) {
  const char* at = features.data();
  const char* const end = at + features.size();
  Name* before = names_.start();
  while (at != end) {
    Name& guess = *before->next;
    const char* const values = guess.head.match(at, end);
    if (values == nullptr) {
      at = scan_entry(at, end, before, target);
      if (at == nullptr) {
        return false;
      }
      continue;
    }
    Feature feature = {.kind = guess.head.kind(),
                       .canonical = true,
                       .pieces = 1,
                       .count = 1,
                       .first = {values, guess.head.values_bytes()},
                       .message = {}};
    if (!count_values(feature)) {
      return false;
    }
    keep(guess, feature, target);
    at = values + feature.first.size();
    before = &guess;
  }
  return true;
}

inline void Decoder::keep(const Name& name, const Feature& feature, const Target& target) {
  const std::uint32_t column = name.column;
  if (column == Name::kNoColumn) {
    return;
  }
  const bool is_read = read_plain(rules_[column], feature, target.row[column]);
  marks_[column] = 2 * record_ + (is_read ? 1 : 0);
  if (!is_read) {
    features_[column] = feature;
  }
}

/// Read the field of Features that begins at `at`, which is an entry or unknown.
const char* Decoder::scan_entry(const char* at,
                                const char* end,
                                Name*& before,
                                const Target& target) {
  const char* const begin = at;
  std::uint32_t tag = 0;
  at = wire::read_tag(at, end, tag);
  if (at == nullptr || !wire::is(tag, wire::kEntry)) {
    return at == nullptr ? nullptr : wire::skip_field(tag, at, end, wire::kFeaturesDepth);
  }
  std::string_view entry;
  std::string_view key;
  std::string_view value;
  Feature feature;
  at = wire::read_delimited(at, end, entry);
  if (at == nullptr || !read_entry(entry, key, value, target.arena) ||
      !scan_feature(value, feature)) {
    return nullptr;
  }
  Name& name = names_.find(key, *before);
  keep(name, feature, target);
  if (feature.canonical && feature.first.data() + feature.first.size() == at) {
    name.head.learn({begin, static_cast<std::size_t>(at - begin)}, feature);
  }
  before = &name;
  return at;
}

Error Decoder::no_example(std::string_view serialized) const {
  return {code_,
          fmt::format("found {} bytes that are no tf.train.Example{}",
                      serialized.size(),
                      code_ == ErrorCode::kInput ? ""
                                                 : "; write example.SerializeToString() or the "
                                                   "Example itself")};
}

Error Decoder::absent(const table::Column& column, std::string_view serialized) const {
  std::vector<NamedFeature> features;
  table::Arena arena;
  list_features(serialized, features, arena);
  std::vector<std::string> names;
  std::transform(
      features.begin(), features.end(), std::back_inserter(names), [](const NamedFeature& feature) {
        return quote(feature.name);
      });
  std::sort(names.begin(), names.end());
  return {code_,
          fmt::format("column {} ({}): the Example has no such feature; it has {}",
                      quote(column.name),
                      table::type_name(column.type),
                      names.empty() ? "none at all" : fmt::format("{}", fmt::join(names, ", ")))};
}

}  // namespace alinktf::example
