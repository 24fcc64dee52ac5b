#include "source/files.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

namespace alinktf::source {
namespace {

using Catch::Contains;
using Names = std::vector<std::string>;

/// A folder with empty files, and what inputs there expand to, relative to it.
class Folder {
 public:
  explicit Folder(const Names& files) {
    for (const std::string& file : files) {
      const std::filesystem::path path = scratch_ / file;
      std::filesystem::create_directories(path.parent_path());
      std::ofstream{path};
    }
  }

  [[nodiscard]] std::string operator/(const std::string& name) const { return scratch_ / name; }

  [[nodiscard]] Result<Names> expand(const Names& entries,
                                     const std::string& partitions = "") const {
    spec::InputSpec input;
    input.partitions = partitions;
    for (const std::string& entry : entries) {
      input.file_paths.push_back(entry == "-" ? entry : scratch_ / entry);
    }
    ALINKTF_ASSIGN_OR_RETURN(Names files, expand_files(input));
    for (std::string& file : files) {
      file = file == "-" ? file : file.substr((scratch_ / "").size());
    }
    return files;
  }

 private:
  sys::Scratch scratch_;
};

TEST_CASE("Digits in names compare as numbers", "[source][files]") {
  CHECK(natural_less("part-2", "part-10"));
  CHECK_FALSE(natural_less("part-10", "part-2"));
  CHECK(natural_less("a9b1", "a10"));
  CHECK(natural_less("v1.2.9", "v1.2.10"));
  CHECK(natural_less("x007", "x8"));
  CHECK(natural_less("x", "x1"));
  CHECK(natural_less("99999999999999999999998", "99999999999999999999999"));
  CHECK(natural_less("a", "b"));
  CHECK(natural_less("Z", "a"));
}

TEST_CASE("Names that differ in leading zeros alone have an order", "[source][files]") {
  CHECK(natural_less("x01", "x1") != natural_less("x1", "x01"));
  CHECK_FALSE(natural_less("x1", "x1"));
}

TEST_CASE("A directory stands for all files below it", "[source][files]") {
  const Folder folder({"d/10.csv", "d/9.csv", "d/sub/a.csv", "d/sub/deep/b", "d/zoo.csv"});
  CHECK(take(folder.expand({"d"})) ==
        Names{"d/9.csv", "d/10.csv", "d/sub/a.csv", "d/sub/deep/b", "d/zoo.csv"});
}

TEST_CASE("Hidden names count only where they are spelled out", "[source][files]") {
  const Folder folder({"d/_SUCCESS", "d/.crc", "d/_tmp/x", "d/.git/y", "d/in.csv"});
  CHECK(take(folder.expand({"d"})) == Names{"d/in.csv"});
  CHECK(take(folder.expand({"d/*"})) == Names{"d/in.csv"});
  CHECK(take(folder.expand({"d/_SUCCESS", "d/_tmp", "d/.c*"})) ==
        Names{"d/_SUCCESS", "d/_tmp/x", "d/.crc"});
}

TEST_CASE("A list keeps its order", "[source][files]") {
  const Folder folder({"b", "a", "d/2", "d/1"});
  CHECK(take(folder.expand({"b", "d", "-", "a", "b"})) == Names{"b", "d/1", "d/2", "-", "a", "b"});
}

TEST_CASE("A pattern stands for what it matches", "[source][files]") {
  const Folder folder({"p-10", "p-9", "q-1", "x/1/in", "x/2/in", "x/2/out"});
  CHECK(take(folder.expand({"p-*"})) == Names{"p-9", "p-10"});
  CHECK(take(folder.expand({"[pq]-?"})) == Names{"p-9", "q-1"});
  CHECK(take(folder.expand({"x/*/in"})) == Names{"x/1/in", "x/2/in"});
  CHECK(take(folder.expand({"x/*"})) == Names{"x/1/in", "x/2/in", "x/2/out"});
}

TEST_CASE("A pattern may match directories without files", "[source][files]") {
  const Folder folder({"d/in", "e/_SUCCESS"});
  CHECK(take(folder.expand({"?"})) == Names{"d/in"});
  CHECK_FALSE(folder.expand({"e*"}).ok());
}

TEST_CASE("A file whose name looks like a pattern is that file", "[source][files]") {
  const Folder folder({"in[1].csv", "in1.csv"});
  CHECK(take(folder.expand({"in[1].csv"})) == Names{"in[1].csv"});
}

TEST_CASE("Partitions choose folders below a directory", "[source][files]") {
  const Folder folder({"t/dt=20210101/hour=1/a",
                       "t/dt=20210101/hour=2/b",
                       "t/dt=20210102/hour=1/c",
                       "t/dt=20210102/d",
                       "t/dt=20210103/hour=1/e",
                       "t/f"});
  CHECK(take(folder.expand({"t"}, "dt=20210101/hour=2,dt=20210102")) ==
        Names{"t/dt=20210101/hour=2/b", "t/dt=20210102/d", "t/dt=20210102/hour=1/c"});
  CHECK(take(folder.expand({"t"}, "dt=*/hour=1")) ==
        Names{"t/dt=20210101/hour=1/a", "t/dt=20210102/hour=1/c", "t/dt=20210103/hour=1/e"});
  CHECK_THAT(failure(folder.expand({"t"}, "dt=2020"), ErrorCode::kInput),
             Contains("holds no file in one of the partitions"));
  CHECK_THAT(failure(folder.expand({"t/f"}, "dt=2020"), ErrorCode::kInput), Contains("t/f"));
}

TEST_CASE("What matches nothing is an error that names it", "[source][files]") {
  const Folder folder({"d/_SUCCESS"});
  CHECK_THAT(failure(folder.expand({"none-*"}), ErrorCode::kInput),
             Contains("none-*") && Contains("matches no file"));
  CHECK_THAT(failure(folder.expand({"none/*"}), ErrorCode::kInput), Contains("none/*"));
  CHECK_THAT(failure(folder.expand({"d"}), ErrorCode::kInput), Contains("holds no file"));
}

TEST_CASE("A link back to a directory above is not followed", "[source][files]") {
  const Folder folder({"d/in", "d/sub/in"});
  std::filesystem::create_directory_symlink(folder / "d", folder / "d/sub/up");
  CHECK(take(folder.expand({"d"})) == Names{"d/in", "d/sub/in"});
}

}  // namespace
}  // namespace alinktf::source
