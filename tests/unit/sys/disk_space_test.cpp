#include "sys/disk_space.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

namespace alinktf::sys {
namespace {

using Catch::Contains;

TEST_CASE("The room of a folder is that of its file system, which has a beginning",
          "[sys][disk_space]") {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "below");
  const DiskSpace space = take(disk_space(scratch / "below"));
  CHECK(space.free_bytes > 0);
  CHECK(std::filesystem::is_directory(space.mount));
  CHECK((scratch / "below").starts_with(space.mount == "/" ? "/" : space.mount + "/"));
  CHECK(take(disk_space("/proc")).mount == "/proc");
}

TEST_CASE("A folder that is not there has no room", "[sys][disk_space]") {
  const Scratch scratch;
  CHECK_THAT(failure(disk_space(scratch / "none"), ErrorCode::kInternal), Contains("none"));
}

TEST_CASE("Sizes are told in the unit that fits", "[sys][disk_space]") {
  CHECK(bytes_text(0) == "0 KiB");
  CHECK(bytes_text(1536) == "2 KiB");
  CHECK(bytes_text(std::uint64_t{5} << 20U) == "5 MiB");
  CHECK(bytes_text(std::uint64_t{3} << 29U) == "1.5 GiB");
}

}  // namespace
}  // namespace alinktf::sys
