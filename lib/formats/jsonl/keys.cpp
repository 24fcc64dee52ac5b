#include "formats/jsonl/keys.hpp"

#include "formats/jsonl/text.hpp"

namespace alinktf::jsonl {

namespace {

// Enough for lines with many more keys than the schema has columns; others may have keys without
// end, such as {"user 17": …}.
constexpr std::size_t kMostOthers = 1024;
constexpr std::size_t kMostNameBytes = 256;

}  // namespace

Keys::Keys(const table::Schema& schema)
    : schema_(schema), most_keys_(1 + schema.size() + kMostOthers), keys_(1) {
  for (std::size_t i = 0; i < schema.size(); ++i) {
    add(schema[i].name, i, true);
    keys_[i].next = i + 1;
  }
}

void Keys::add(std::string_view name, std::optional<std::size_t> column, bool exact) {
  Buffer spelling;
  append_text(name, spelling);
  index_.emplace(name, keys_.size());
  keys_.push_back({.spelling = std::string(spelling.view()), .column = column, .exact = exact});
}

const Key& Keys::find(std::string_view name) {
  auto found = index_.find(name);
  if (found == index_.end()) {
    const auto column = table::find_column(schema_, name);
    if (keys_.size() == most_keys_ || name.size() > kMostNameBytes) {
      forgotten_.column = column;
      return forgotten_;
    }
    add(name, column, false);
    found = index_.find(name);
  }
  keys_[last_].next = found->second;
  last_ = found->second;
  return keys_[last_];
}

}  // namespace alinktf::jsonl
