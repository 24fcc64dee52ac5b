// Which column a key stands for.
#pragma once

#include "table/schema.hpp"

#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace alinktf::jsonl {

struct Key {
  std::string spelling;               ///< As it mostly stands in a line, with its quotes.
  std::optional<std::size_t> column;  ///< Nothing if no column has this name.
  bool exact = false;                 ///< The name is the column's in case as well.
  std::size_t next = 0;               ///< The key that followed this one last.
};

/// Finds keys. Guesses that each is followed by the one that followed it before.
class Keys {
 public:
  explicit Keys(const table::Schema& schema);

  void begin_line() { last_ = 0; }

  /// The key at `at`, if it is the expected one: its spelling has been read then.
  const Key* guess(const char* at, const char* end) {
    const std::size_t next = keys_[last_].next;
    const std::string& spelling = keys_[next].spelling;
    if (static_cast<std::size_t>(end - at) < spelling.size() || next == 0 ||
        std::memcmp(at, spelling.data(), spelling.size()) != 0) {
      return nullptr;
    }
    last_ = next;
    return &keys_[next];
  }

  /// The key of this name. Valid until the next call.
  const Key& find(std::string_view name);

 private:
  struct Hash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's name
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  void add(std::string_view name, std::optional<std::size_t> column, bool exact);

  const table::Schema& schema_;
  std::size_t most_keys_;
  std::vector<Key> keys_;  ///< The first stands for a line's beginning.
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> index_;
  std::size_t last_ = 0;
  Key forgotten_;  ///< One beyond most_keys_.
};

}  // namespace alinktf::jsonl
