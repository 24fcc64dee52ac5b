#include "model/tree.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

namespace alinktf::model {
namespace {

TEST_CASE("Only paths that stay below where they start are safe", "[model][tree]") {
  for (const auto* path : {"a", "a/b", "a/", "a/b/", "...", "a/..b", ".hidden", "a b", "日本"}) {
    CAPTURE(path);
    CHECK(is_safe_path(path));
  }
  for (const auto* path :
       {"", "/", "/a", "..", "../a", "a/..", "a/../b", ".", "./a", "a//b", "a/./b", "a\nb", "//"}) {
    CAPTURE(path);
    CHECK_FALSE(is_safe_path(path));
  }
  CHECK_FALSE(is_safe_path(std::string(5000, 'x')));
  CHECK_FALSE(is_safe_path(std::string("a\0b", 3)));
}

TEST_CASE("Files are appended to, and made with their folders", "[model][tree]") {
  const sys::Scratch scratch;
  FolderWriter tree(scratch / "");
  take(tree.append("a/b/c", "12"));
  take(tree.append("a/b/c", "3"));
  take(tree.append("empty", ""));
  take(tree.add_directory("x/y/"));
  std::ifstream file(scratch / "a/b/c");
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == "123");
  CHECK(std::filesystem::is_regular_file(scratch / "empty"));
  CHECK(std::filesystem::is_directory(scratch / "x/y"));
}

TEST_CASE("A file in the way of a folder is an error, and links are not followed",
          "[model][tree]") {
  const sys::Scratch scratch;
  FolderWriter tree(scratch / "");
  take(tree.append("a", "1"));
  CHECK_FALSE(tree.append("a/b", "1").ok());
  CHECK_FALSE(tree.add_directory("a/b/").ok());
  std::filesystem::create_symlink(scratch / "elsewhere", scratch / "link");
  CHECK_FALSE(tree.append("link", "1").ok());
  CHECK_FALSE(std::filesystem::exists(scratch / "elsewhere"));
}

}  // namespace
}  // namespace alinktf::model
