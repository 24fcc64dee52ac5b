#include "sys/temp_dir.hpp"

#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <utility>

#include <sys/stat.h>

namespace alinktf::sys {
namespace {

namespace fs = std::filesystem;

TempDir make(const Scratch& scratch) {
  auto dir = TempDir::create(scratch / "", "job-");
  REQUIRE(dir.ok());
  return std::move(dir).value();
}

TEST_CASE("A temporary folder is private and removed with all that is in it", "[sys][temp_dir]") {
  const Scratch scratch;
  {
    const TempDir dir = make(scratch);
    struct stat status {};
    REQUIRE(::stat(dir.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0700);
    fs::create_directories(dir.path() + "/a/b");
    std::ofstream(dir.path() + "/a/b/file") << "x";
  }
  CHECK(scratch.names().empty());
}

TEST_CASE("A temporary folder that is kept stays", "[sys][temp_dir]") {
  const Scratch scratch;
  make(scratch).keep();
  CHECK(scratch.names().size() == 1);
}

TEST_CASE("Removal takes links away and not what they point to", "[sys][temp_dir]") {
  const Scratch scratch;
  const std::string file = scratch.write("precious", "text");
  fs::create_directory(scratch / "folder");
  const std::string inside = scratch.write("folder/inside", "text");
  {
    const TempDir dir = make(scratch);
    fs::create_symlink(file, dir.path() + "/file_link");
    fs::create_directory_symlink(scratch / "folder", dir.path() + "/folder_link");
  }
  CHECK(text_of(file) == "text");
  CHECK(text_of(inside) == "text");
  CHECK(scratch.names().size() == 2);
}

TEST_CASE("Folders whose permissions a script took away are removed too", "[sys][temp_dir]") {
  const Scratch scratch;
  fs::permissions(scratch / "", fs::perms::all);
  const Unprivileged nobody;
  {
    const TempDir dir = make(scratch);
    fs::create_directories(dir.path() + "/locked/deeper");
    fs::permissions(dir.path() + "/locked/deeper", fs::perms::none);
    fs::permissions(dir.path() + "/locked", fs::perms::none);
  }
  CHECK(scratch.names().empty());
}

TEST_CASE("A moved temporary folder has one owner", "[sys][temp_dir]") {
  const Scratch scratch;
  TempDir first = make(scratch);
  const std::string path = first.path();
  TempDir second = std::move(first);
  second = make(scratch);
  CHECK_FALSE(fs::exists(path));
  CHECK(scratch.names().size() == 1);
  TempDir& alias = second;
  second = std::move(alias);
  CHECK(fs::exists(second.path()));
}

TEST_CASE("Removing at once reports success and happens once", "[sys][temp_dir]") {
  const Scratch scratch;
  TempDir dir = make(scratch);
  CHECK(dir.remove().ok());
  CHECK(scratch.names().empty());
  CHECK(dir.remove().ok());
}

TEST_CASE("A parent that cannot hold a temporary folder is named", "[sys][temp_dir]") {
  const auto dir = TempDir::create("/nonexistent/parent", "job-");
  REQUIRE_FALSE(dir.ok());
  CHECK(dir.error().code() == ErrorCode::kInternal);
  CHECK_THAT(dir.error().str(),
             Catch::Contains("'/nonexistent/parent'") && Catch::Contains("--work-dir") &&
                 Catch::Contains("TMPDIR"));
}

}  // namespace
}  // namespace alinktf::sys
