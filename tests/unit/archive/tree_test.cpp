#include "archive/tree.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

namespace alinktf::archive {
namespace {

using Catch::Contains;
namespace fs = std::filesystem;
using Parts = std::vector<std::string>;

/// A tree inside a folder that holds something else, which must stay as it is.
struct Place {
  Place() { fs::create_directory(in()); }
  [[nodiscard]] std::string in(const std::string& name = "") const {
    return scratch / ("tree" + (name.empty() ? "" : "/" + name));
  }
  [[nodiscard]] Tree tree() const { return take(Tree::open(in())); }

  sys::Scratch scratch;
};

TEST_CASE("Names are taken apart and those that lead out refused", "[archive][tree]") {
  CHECK(take(parts_of("a/./b//c.py")) == Parts{"a", "b", "c.py"});
  CHECK(take(parts_of("./")).empty());
  CHECK(take(parts_of("..a/b..")) == Parts{"..a", "b.."});
  CHECK_THAT(failure(parts_of("/etc/passwd"), ErrorCode::kSpec), Contains("absolute"));
  CHECK_THAT(failure(parts_of("a/../../b"), ErrorCode::kSpec), Contains("'..'"));
}

TEST_CASE("Directories on the way are made and later files replace", "[archive][tree]") {
  const Place place;
  const Tree tree = place.tree();
  take(tree.add_file({"a", "b", "c"}, 0644));
  take(sys::write_all(take(tree.add_file({"a", "b", "c"}, 0644)).get(), "new"));
  CHECK(sys::text_of(place.in("a/b/c")) == "new");
}

TEST_CASE("The bits setuid, setgid and sticky are dropped and the owner may write",
          "[archive][tree]") {
  const Place place;
  take(place.tree().add_file({"run"}, 07555));
  take(place.tree().add_directory({"dir"}, 07000));
  CHECK((fs::status(place.in("run")).permissions() & fs::perms(07700)) == fs::perms(0700));
  CHECK((fs::status(place.in("dir")).permissions() & fs::perms(07700)) == fs::perms(0700));
}

TEST_CASE("Links that stay inside are made", "[archive][tree]") {
  const Place place;
  const Tree tree = place.tree();
  take(tree.add_file({"lib", "x.so.1"}, 0644));
  take(tree.add_symbolic_link({"lib", "x.so"}, "x.so.1"));
  take(tree.add_symbolic_link({"bin", "y"}, "../lib/x.so"));
  take(tree.add_hard_link({"z"}, {"lib", "x.so.1"}));
  CHECK(fs::equivalent(place.in("bin/y"), place.in("z")));
}

TEST_CASE("Links that lead out are refused", "[archive][tree]") {
  const Place place;
  const auto* target = GENERATE("/etc", "..", "../x", "a/../..", "a/../../x", "", "b/..");
  CAPTURE(target);
  CHECK_THAT(failure(place.tree().add_symbolic_link({"link"}, target), ErrorCode::kSpec),
             Contains("stays in the archive's directory"));
  CHECK_FALSE(fs::is_symlink(place.in("link")));
}

TEST_CASE("A link in a directory may go up as far as the top", "[archive][tree]") {
  const Place place;
  take(place.tree().add_symbolic_link({"a", "b", "link"}, "../../c"));
  CHECK_FALSE(place.tree().add_symbolic_link({"a", "b", "link"}, "../../../c").ok());
}

TEST_CASE("Nothing is written through a link", "[archive][tree]") {
  const Place place;
  fs::create_directory(place.scratch / "outside");
  fs::create_symlink(place.scratch / "outside", place.in("way"));
  fs::create_symlink(place.scratch / "outside/made", place.in("file"));
  const Tree tree = place.tree();
  CHECK_THAT(failure(tree.add_file({"way", "x"}, 0644), ErrorCode::kSpec), Contains("'way'"));
  CHECK_FALSE(tree.add_directory({"way", "x"}, 0755).ok());
  CHECK_FALSE(tree.add_directory({"way"}, 0755).ok());
  CHECK_FALSE(tree.add_symbolic_link({"way", "x"}, "y").ok());
  take(tree.add_file({"file"}, 0644));  // takes the link's place
  CHECK(fs::is_regular_file(fs::symlink_status(place.in("file"))));
  CHECK(fs::is_empty(place.scratch / "outside"));
}

TEST_CASE("Hard links lead to files of the tree only", "[archive][tree]") {
  const Place place;
  std::ofstream(place.scratch / "secret") << "s";
  fs::create_symlink(place.scratch / "secret", place.in("link"));
  fs::create_directory(place.in("dir"));
  const Tree tree = place.tree();
  for (const Parts& target : {Parts{"link"}, Parts{"dir"}, Parts{"none"}, Parts{}, Parts{"new"}}) {
    CHECK_FALSE(tree.add_hard_link({"new"}, target).ok());
  }
  CHECK_FALSE(fs::exists(place.in("new")));
}

TEST_CASE("A file does not take a directory's place, nor a directory a file's", "[archive][tree]") {
  const Place place;
  const Tree tree = place.tree();
  take(tree.add_directory({"dir"}, 0755));
  take(tree.add_file({"file"}, 0644));
  CHECK_THAT(failure(tree.add_file({"dir"}, 0644), ErrorCode::kSpec), Contains("directory"));
  CHECK_THAT(failure(tree.add_file({"file", "x"}, 0644), ErrorCode::kSpec),
             Contains("expected a directory as 'file'"));
  CHECK_FALSE(tree.add_file({}, 0644).ok());
}

}  // namespace
}  // namespace alinktf::archive
