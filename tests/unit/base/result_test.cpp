#include "base/result.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <memory>

namespace alinktf {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) {
    return Error(ErrorCode::kInput, "odd");
  }
  return value / 2;
}

Result<int> quarter(int value) {
  ALINKTF_ASSIGN_OR_RETURN(const int once, half(value));
  return half(once);
}

Result<void> check(int value) {
  ALINKTF_TRY(quarter(value));
  return {};
}

TEST_CASE("A result is a value or an error", "[base][result]") {
  CHECK(quarter(8).value() == 2);
  CHECK(check(8).ok());
  const Result<int> failed = quarter(6);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code() == ErrorCode::kInput);
  CHECK_FALSE(check(7).ok());
}

TEST_CASE("Frames are printed from the outside in", "[base][result]") {
  const Result<int> failed = half(1).context([] { return std::string("row 3"); }).context([] {
    return std::string("file 'x'");
  });
  CHECK(failed.error().str() == "file 'x': row 3: odd");
}

TEST_CASE("A frame is made only for an error", "[base][result]") {
  bool called = false;
  const auto frame = [&] {
    called = true;
    return std::string();
  };
  CHECK(half(2).context(frame).ok());
  CHECK(check(8).context(frame).ok());
  CHECK_FALSE(called);
  CHECK_FALSE(check(7).context(frame).ok());
  CHECK(called);
}

TEST_CASE("An error of the system ends with its text", "[base][result]") {
  errno = ENOENT;
  const Error error = os_error(ErrorCode::kInput, "open 'x'");
  CHECK(error.str() == "open 'x': No such file or directory");
  CHECK(error.cause().value() == ENOENT);
}

TEST_CASE("A value that can only be moved is moved out", "[base][result]") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  const std::unique_ptr<int> value = std::move(result).value();
  CHECK(*value == 3);
}

}  // namespace
}  // namespace alinktf
