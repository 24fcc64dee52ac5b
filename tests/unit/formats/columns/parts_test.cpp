#include "formats/columns/parts.hpp"

#include "unit/formats/columns/payload.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

namespace alinktf::columns {
namespace {

using Catch::Contains;

/// All columns of a payload, or the first error.
Result<std::vector<Part>> all(std::string_view payload, std::uint32_t records) {
  Parts parts(payload, records);
  std::vector<Part> found;
  ALINKTF_ASSIGN_OR_RETURN(const std::uint32_t columns, parts.begin());
  for (std::uint32_t i = 0; i < columns; ++i) {
    ALINKTF_ASSIGN_OR_RETURN(const Part part, parts.next());
    found.push_back(part);
  }
  ALINKTF_TRY(parts.end());
  return found;
}

const std::string& sample() {
  static const std::string bytes =
      Payload()
          .add("i", Kind::kInt64, packed<std::int64_t>({1, 2}))
          .add("f", Kind::kFloat32, packed<float>({1, 2, 3, 4, 5, 6, 7, 8}), {}, {2, 2})
          .add("n", Kind::kNone, "", "\1\1")
          .add("t", Kind::kBytes, packed_texts({"a", "bc"}), std::string("\0\1", 2))
          .bytes();
  return bytes;
}

TEST_CASE("A payload is taken apart into its columns", "[columns][parts]") {
  const auto parts = take(all(sample(), 2));
  REQUIRE(parts.size() == 4);
  CHECK(parts[0].name == "i");
  CHECK(parts[0].nulls == nullptr);
  CHECK(load_le<std::int64_t>(parts[0].values + sizeof(std::int64_t)) == 2);
  CHECK(parts[1].count == 4);
  CHECK(load_le<float>(parts[1].values + 7 * sizeof(float)) == 8);
  CHECK(parts[2].kind == Kind::kNone);
  CHECK(parts[3].nulls[1] == 1);
  CHECK(load_le<std::uint32_t>(parts[3].lengths + sizeof(std::uint32_t)) == 2);
  CHECK(std::string_view(parts[3].values, 3) == "abc");
}

TEST_CASE("A payload that is cut anywhere is an error", "[columns][parts]") {
  for (std::size_t size = 0; size < sample().size(); ++size) {
    CAPTURE(size);
    CHECK_THAT(failure(all(std::string_view(sample()).substr(0, size), 2), ErrorCode::kWorker),
               Contains("a chunk of columns"));
  }
}

TEST_CASE("A payload of another number of rows is an error", "[columns][parts]") {
  const std::uint32_t records = GENERATE(0U, 1U, 3U, 0xFFFFFFFFU);
  CHECK_FALSE(all(sample(), records).ok());
}

TEST_CASE("Bytes behind the last column are an error", "[columns][parts]") {
  CHECK_THAT(failure(all(sample() + "x", 2), ErrorCode::kWorker), Contains("goes on behind"));
}

TEST_CASE("Heads of columns that cannot be are an error", "[columns][parts]") {
  const std::string payload = GENERATE(
      Payload().bytes(),
      Payload().add("x", static_cast<Kind>(6), "").bytes(),
      Payload().add("x", Kind::kBool, "", {}, {0}).bytes(),
      Payload().add("x", Kind::kBool, "", {}, {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}).bytes(),
      Payload().add("x", Kind::kInt64, "", {}, {0x20000000}).bytes(),
      Payload().add("x", Kind::kNone, "").bytes(),
      Payload().add("x", Kind::kNone, "", std::string(1, '\0')).bytes());
  CHECK_FALSE(all(payload, 1).ok());
}

TEST_CASE("Lengths of texts that add up to more than there is are an error", "[columns][parts]") {
  const auto lengths = packed<std::uint32_t>({0xFFFFFFFF, 1});
  CHECK_FALSE(all(Payload().add("x", Kind::kBytes, lengths + "a").bytes(), 2).ok());
}

}  // namespace
}  // namespace alinktf::columns
