#include "sys/shared_library.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace alinktf::sys {
namespace {

using Catch::Contains;

TEST_CASE("A function of a shared library can be called", "[sys][shared_library]") {
  const SharedLibrary library = take(SharedLibrary::open("libm.so.6", "libc6"));
  double (*square_root)(double) = nullptr;
  take(library.find("sqrt", square_root));
  CHECK(square_root(9.0) == 3.0);
}

TEST_CASE("A library that is missing comes with the package to install", "[sys][shared_library]") {
  CHECK_THAT(
      failure(SharedLibrary::open("libnothing.so.1", "nothing-dev"), ErrorCode::kSpec),
      Contains("cannot load libnothing.so.1") && Contains("install the package nothing-dev"));
}

TEST_CASE("A function that is missing is named", "[sys][shared_library]") {
  const SharedLibrary library = take(SharedLibrary::open("libm.so.6", "libc6"));
  double (*function)(double) = nullptr;
  CHECK_THAT(failure(library.find("no_such_function", function), ErrorCode::kInternal),
             Contains("no_such_function"));
}

}  // namespace
}  // namespace alinktf::sys
