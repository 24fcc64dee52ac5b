#include "convert/value_kind.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::convert {
namespace {

TEST_CASE("A text tells what kind of value it is", "[convert][value_kind]") {
  struct Case {
    std::string text;
    ValueKind kind;
  };
  const auto [text, kind] = GENERATE(Case{"0", ValueKind::kLong},
                                     Case{"-12", ValueKind::kLong},
                                     Case{"9223372036854775807", ValueKind::kLong},
                                     Case{"1.5", ValueKind::kDouble},
                                     Case{"-.5e-3", ValueKind::kDouble},
                                     Case{"NaN", ValueKind::kDouble},
                                     Case{"-Infinity", ValueKind::kDouble},
                                     Case{"true", ValueKind::kBoolean},
                                     Case{"FALSE", ValueKind::kBoolean},
                                     Case{"2021-02-28", ValueKind::kDate},
                                     Case{"12:30:00", ValueKind::kTime},
                                     Case{"2021-02-28 12:30:00.5", ValueKind::kTimestamp},
                                     Case{"abc", ValueKind::kText},
                                     Case{"1 2", ValueKind::kText},
                                     Case{"-", ValueKind::kText},
                                     Case{"e", ValueKind::kText});
  CAPTURE(text);
  CHECK(kind_of(text) == kind);
}

TEST_CASE("Numbers that would not come back as they were are texts", "[convert][value_kind]") {
  const auto* text =
      GENERATE("007", "-0", "-01", "9223372036854775808", "1f", "0x1p3", "2021-02-30");
  CAPTURE(text);
  CHECK(kind_of(text) == ValueKind::kText);
}

TEST_CASE("Two kinds have one that takes both", "[convert][value_kind]") {
  CHECK(merged(ValueKind::kNone, ValueKind::kDate) == ValueKind::kDate);
  CHECK(merged(ValueKind::kDate, ValueKind::kNone) == ValueKind::kDate);
  CHECK(merged(ValueKind::kLong, ValueKind::kDouble) == ValueKind::kDouble);
  CHECK(merged(ValueKind::kDouble, ValueKind::kLong) == ValueKind::kDouble);
  CHECK(merged(ValueKind::kLong, ValueKind::kBoolean) == ValueKind::kText);
  CHECK(merged(ValueKind::kDate, ValueKind::kTimestamp) == ValueKind::kText);
}

TEST_CASE("A column without values is one of texts", "[convert][value_kind]") {
  CHECK(type_of(ValueKind::kNone) == table::ColumnType::kString);
  CHECK(type_of(ValueKind::kTimestamp) == table::ColumnType::kTimestamp);
}

}  // namespace
}  // namespace alinktf::convert
