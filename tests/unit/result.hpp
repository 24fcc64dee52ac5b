// Results in tests: take the value, or the error's text.
#pragma once

#include "base/result.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

namespace alinktf {

/// The value, or the test fails with the error's text.
template <typename T>
T take(Result<T> result) {
  INFO((result.ok() ? std::string() : result.error().str()));
  REQUIRE(result.ok());
  return std::move(result).value();
}

inline void take(const Result<void>& result) {
  INFO((result.ok() ? std::string() : result.error().str()));
  REQUIRE(result.ok());
}

/// The text of the error, which must be of kind `code`.
template <typename T>
std::string failure(const Result<T>& result, ErrorCode code) {
  REQUIRE_FALSE(result.ok());
  CAPTURE(result.error().str());
  CHECK(result.error().code() == code);
  return result.error().str();
}

}  // namespace alinktf
