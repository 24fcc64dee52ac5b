// The names of features, and in which order they come.
#pragma once

#include "formats/example/feature.hpp"
#include "table/schema.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace alinktf::example {

/// All bytes of an entry of the map before its values. Where the same bytes stand again, they need
/// not be read again.
class EntryHead {
 public:
  /// `entry` is all of an entry with its tag and length; `feature` is its value, canonical.
  void learn(std::string_view entry, const Feature& feature);

  /// Where the values begin if `at` begins with these bytes and the values end before `end`, else
  /// nullptr.
  [[nodiscard]] const char* match(const char* at, const char* end) const;

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] std::size_t values_bytes() const { return values_bytes_; }

 private:
  static constexpr std::size_t kMaxBytes = 64;

  std::array<char, kMaxBytes> bytes_{};
  std::size_t size_ = 0;  ///< 0: nothing learned.
  std::size_t values_bytes_ = 0;
  Kind kind_ = Kind::kNone;
};

struct Name {
  static constexpr std::uint32_t kNoColumn = 0xFFFFFFFFU;

  std::string text;
  std::uint32_t column = kNoColumn;
  Name* next = nullptr;  ///< The name that came behind this one last time: the guess.
  EntryHead head = {};
};

/// Names of columns, and of features that no column wants, so far as they have been seen.
class KnownNames {
 public:
  explicit KnownNames(const table::Schema& schema);

  /// What comes before the first name of a record.
  [[nodiscard]] Name* start() { return &names_.front(); }

  /// The name `text`, which comes behind `before`. Valid until the next call.
  Name& find(std::string_view text, Name& before);

 private:
  /// More names than that are not kept: a record may have any.
  static constexpr std::size_t kMaxNames = 4096;

  Name& add(std::string_view text, std::uint32_t column);

  std::deque<Name> names_;  ///< Stay where they are. The first is start(), the second a spare.
  std::unordered_map<std::string_view, Name*> by_text_;
};

}  // namespace alinktf::example
