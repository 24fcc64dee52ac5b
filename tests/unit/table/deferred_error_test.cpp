#include "table/deferred_error.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

namespace alinktf::table {
namespace {

TEST_CASE("Rows before an error are delivered, then the error, again and again",
          "[table][deferred_error]") {
  DeferredError failed;
  RowBlock block(1);
  int calls = 0;
  const auto fill = [&]() -> Result<void> {
    ++calls;
    block.add_row();
    return Error(ErrorCode::kInput, "bad row");
  };
  take(failed.read(block, fill));
  CHECK(block.rows() == 1);
  CHECK(failed);
  for (int i = 0; i < 2; ++i) {
    CHECK(failure(failed.read(block, fill), ErrorCode::kInput) == "bad row");
    CHECK(block.rows() == 0);
  }
  CHECK(calls == 1);
}

TEST_CASE("An error without rows before it is told at once", "[table][deferred_error]") {
  DeferredError failed;
  RowBlock block(1);
  const auto fill = [] { return Result<void>(Error(ErrorCode::kInput, "bad row")); };
  CHECK(failure(failed.read(block, fill), ErrorCode::kInput) == "bad row");
  failed.reset();
  take(failed.read(block, [] { return Result<void>(); }));
  CHECK_FALSE(failed);
}

}  // namespace
}  // namespace alinktf::table
