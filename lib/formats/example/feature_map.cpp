#include "formats/example/feature_map.hpp"

#include "base/utf8.hpp"
#include "formats/example/wire.hpp"

#include <string>
#include <unordered_map>

namespace alinktf::example {

namespace {

/// Calls `visit(tag, at)` for each field of `message`, which returns where the next one begins, or
/// nullptr to give up.
template <typename Visit>
bool walk_fields(std::string_view message, Visit&& visit) {
  const char* at = message.data();
  const char* const end = at + message.size();
  while (at != end) {
    std::uint32_t tag = 0;
    at = wire::read_tag(at, end, tag);
    at = at == nullptr ? nullptr : visit(tag, at, end);
    if (at == nullptr) {
      return false;
    }
  }
  return true;
}

/// Takes the entries of the map.
class Entries {
 public:
  Entries(std::vector<NamedFeature>& features, table::Arena& arena)
      : features_(features), arena_(arena) {}

  bool add(std::string_view entry) {
    NamedFeature found;
    std::string_view message;
    if (!read_entry(entry, found.name, message, arena_) || !scan_feature(message, found.feature)) {
      return false;
    }
    const auto [at, is_new] = by_name_.try_emplace(found.name, features_.size());
    if (is_new) {
      features_.push_back(found);
    } else {
      features_[at->second] = found;
    }
    return true;
  }

 private:
  std::vector<NamedFeature>& features_;
  table::Arena& arena_;
  std::unordered_map<std::string_view, std::size_t> by_name_;
};

}  // namespace

bool read_entry(std::string_view entry,
                std::string_view& key,
                std::string_view& value,
                table::Arena& arena) {
  const char* at = entry.data();
  const char* const end = at + entry.size();
  while (at != end) {
    std::uint32_t tag = 0;
    std::string_view part;
    at = wire::read_tag(at, end, tag);
    if (at == nullptr) {
      return false;
    }
    const bool is_key = wire::is(tag, wire::kKey);
    const bool is_value = wire::is(tag, wire::kValue);
    at = is_key || is_value ? wire::read_delimited(at, end, part)
                            : wire::skip_field(tag, at, end, wire::kEntryDepth);
    if (at == nullptr || (is_key && !is_utf8(part))) {
      return false;
    }
    if (is_key) {
      key = part;
    } else if (is_value && value.empty()) {
      value = part;
    } else if (is_value && !part.empty()) {
      // Each must be a Feature by itself: a list must not reach into the next value.
      Feature ignored;
      if (!scan_feature(value, ignored) || !scan_feature(part, ignored)) {
        return false;
      }
      value = arena.keep(std::string(value).append(part));
    }
  }
  return true;
}

bool list_features(std::string_view serialized,
                   std::vector<NamedFeature>& features,
                   table::Arena& arena) {
  features.clear();
  Entries entries(features, arena);
  const auto read_features = [&](std::uint32_t tag, const char* at, const char* end) {
    std::string_view entry;
    if (!wire::is(tag, wire::kEntry)) {
      return wire::skip_field(tag, at, end, wire::kFeaturesDepth);
    }
    at = wire::read_delimited(at, end, entry);
    return at != nullptr && entries.add(entry) ? at : nullptr;
  };
  return walk_fields(serialized, [&](std::uint32_t tag, const char* at, const char* end) {
    std::string_view message;
    if (!wire::is(tag, wire::kFeatures)) {
      return wire::skip_field(tag, at, end, wire::kMaxDepth);
    }
    at = wire::read_delimited(at, end, message);
    return at != nullptr && walk_fields(message, read_features) ? at : nullptr;
  });
}

}  // namespace alinktf::example
