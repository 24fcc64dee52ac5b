#include "sys/spill_file.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

namespace alinktf::sys {
namespace {

TEST_CASE("Bytes come out of a spill file as they went in, and its folder stays empty",
          "[sys][spill_file]") {
  const Scratch scratch;
  SpillFile file = take(SpillFile::create(scratch / "."));
  CHECK(std::filesystem::is_empty(scratch / "."));
  std::string first(3 << 20U, 'a');
  take(file.append(first));
  take(file.append("bc"));
  std::string out(first.size() + 1, '\0');
  take(file.take(out.data(), out.size()));
  CHECK(out == first + "b");
  take(file.append("d"));
  take(file.take(out.data(), 2));
  CHECK(out.substr(0, 2) == "cd");
}

TEST_CASE("What has been taken does not stay on disk", "[sys][spill_file]") {
  const Scratch scratch;
  SpillFile file = take(SpillFile::create(scratch / "."));
  const std::string piece(4 << 20U, 'x');
  std::string out(piece.size(), '\0');
  const auto before = std::filesystem::space(scratch / ".").free;
  for (int i = 0; i < 64; ++i) {
    take(file.append(piece));
    take(file.take(out.data(), out.size()));
  }
  // 256 MiB went through it. Others write to the disk as well, so this is no exact measure.
  CHECK(before < std::filesystem::space(scratch / ".").free + (200U << 20U));
}

TEST_CASE("A folder that takes no file is named", "[sys][spill_file]") {
  const auto file = SpillFile::create("/proc/nowhere");
  REQUIRE_FALSE(file.ok());
  CHECK_THAT(file.error().str(), Catch::Contains("/proc/nowhere"));
}

}  // namespace
}  // namespace alinktf::sys
