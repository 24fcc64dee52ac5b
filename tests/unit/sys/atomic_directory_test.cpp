#include "sys/atomic_directory.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <utility>

namespace alinktf::sys {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;

/// Files called 1 to 9, folders with a '='.
bool ours(std::string_view name, bool directory) {
  return directory ? name.find('=') != std::string_view::npos
                   : name.size() == 1 && name[0] >= '1' && name[0] <= '9';
}

Result<AtomicDirectory> create(const std::string& path, Overwrite overwrite = Overwrite::kNo) {
  return AtomicDirectory::create(path, overwrite, ours);
}

std::string refusal(const std::string& path, Overwrite overwrite = Overwrite::kNo) {
  return failure(create(path, overwrite), ErrorCode::kOutput);
}

/// A directory "out" with the file "1", as an earlier output left it.
std::string earlier(const Scratch& scratch) {
  fs::create_directories(scratch / "out/k=1");
  static_cast<void>(scratch.write("out/1", "old"));
  static_cast<void>(scratch.write("out/k=1/2", "old"));
  return scratch / "out";
}

TEST_CASE("An output directory has its name only after commit", "[sys][atomic_directory]") {
  const Scratch scratch;
  AtomicDirectory directory = take(create(scratch / "out"));
  take(directory.append("1", "a\n"));
  take(directory.append("k=1/l=2/2", "b\n"));
  take(directory.append("1", "c\n"));
  CHECK_FALSE(fs::exists(scratch / "out"));
  take(directory.commit());
  CHECK(text_of(scratch / "out/1") == "a\nc\n");
  CHECK(text_of(scratch / "out/k=1/l=2/2") == "b\n");
  CHECK(scratch.names().size() == 1);
}

TEST_CASE("A slash at the end of a directory's name does not matter", "[sys][atomic_directory]") {
  const Scratch scratch;
  AtomicDirectory directory = take(create(scratch / "out//"));
  take(directory.commit());
  CHECK(fs::is_directory(scratch / "out"));
}

TEST_CASE("An abandoned output directory leaves nothing", "[sys][atomic_directory]") {
  const Scratch scratch;
  {
    AtomicDirectory directory = take(create(scratch / "out"));
    take(directory.append("k=1/1", "half a row"));
    CHECK_THAT(scratch.names().front(), Catch::StartsWith(".out.alinktf-"));
  }
  CHECK(scratch.names().empty());
}

TEST_CASE("A write that fails leaves nothing and the old directory", "[sys][atomic_directory]") {
  const Scratch scratch;
  const std::string path = earlier(scratch);
  {
    AtomicDirectory directory = take(create(path, Overwrite::kYes));
    take(directory.append("1", "new"));
    const auto appended = directory.append("1/2", "below a file");
    CHECK_THAT(failure(appended, ErrorCode::kOutput), Contains("1/2"));
    CHECK_THAT(failure(directory.append(std::string(300, 'x') + "/1", ""), ErrorCode::kOutput),
               Contains("too long"));
  }
  CHECK(text_of(path + "/1") == "old");
  CHECK(scratch.names().size() == 1);
}

TEST_CASE("What moves is abandoned once", "[sys][atomic_directory]") {
  const Scratch scratch;
  AtomicDirectory first = take(create(scratch / "out"));
  AtomicDirectory second = take(create(scratch / "other"));
  second = std::move(first);
  CHECK(scratch.names().size() == 1);
  take(second.append("1", "a"));
  take(second.commit());
  CHECK(text_of(scratch / "out/1") == "a");
}

TEST_CASE("A directory that exists is replaced only if asked for", "[sys][atomic_directory]") {
  const Scratch scratch;
  const std::string path = earlier(scratch);
  CHECK(refusal(path) == "output '" + path +
                             "': exists already; to replace it, set output.overwriteSink to true "
                             "(--overwrite of convert)");
  AtomicDirectory directory = take(create(path, Overwrite::kYes));
  take(directory.append("3", "new"));
  CHECK(text_of(path + "/1") == "old");
  take(directory.commit());
  CHECK(text_of(path + "/3") == "new");
  CHECK_FALSE(fs::exists(path + "/1"));  // nothing stale
  CHECK_FALSE(fs::exists(path + "/k=1"));
  CHECK(scratch.names().size() == 1);
}

TEST_CASE("A directory that holds something else is never replaced", "[sys][atomic_directory]") {
  const Scratch scratch;
  const std::string path = earlier(scratch);
  const auto held = [&](const std::string& name) {
    CHECK_THAT(refusal(path, Overwrite::kYes), Contains("holds '" + path + "/" + name + "'"));
    fs::remove_all(path + "/" + name);
  };
  static_cast<void>(scratch.write("out/k=1/thesis.tex", "precious"));
  held("k=1/thesis.tex");
  fs::create_directory(path + "/photos");
  held("photos");
  fs::create_symlink("/etc/passwd", path + "/2");
  held("2");
  CHECK(scratch.names().size() == 1);
  take(create(path, Overwrite::kYes));
}

TEST_CASE("A file is not replaced by a directory", "[sys][atomic_directory]") {
  const Scratch scratch;
  const std::string path = scratch.write("out", "precious");
  CHECK_THAT(refusal(path, Overwrite::kYes), Contains("is no directory"));
  CHECK_THAT(refusal("/"), Contains("names no directory"));
  CHECK_THAT(refusal(scratch / "none/out"), Contains("does not exist; create it first"));
  fs::create_symlink(scratch / "nowhere", scratch / "link");
  CHECK_THAT(refusal(scratch / "link", Overwrite::kYes), Contains("link to nowhere"));
}

TEST_CASE("A link to a directory stays and its target is replaced", "[sys][atomic_directory]") {
  const Scratch scratch;
  const std::string path = earlier(scratch);
  fs::create_symlink(path, scratch / "link");
  AtomicDirectory directory = take(create(scratch / "link", Overwrite::kYes));
  take(directory.append("1", "new"));
  take(directory.commit());
  CHECK(fs::is_symlink(scratch / "link"));
  CHECK(text_of(path + "/1") == "new");
  CHECK(scratch.names().size() == 2);
}

/// commit() of a directory with the file "1", after `meanwhile`: its message, and that the rows are
/// where it says.
template <typename Meanwhile>
std::string commit_after(const Scratch& scratch, Overwrite overwrite, Meanwhile&& meanwhile) {
  std::string message;
  {
    AtomicDirectory directory = take(create(scratch / "out", overwrite));
    take(directory.append("1", "rows"));
    meanwhile();
    message = failure(directory.commit(), ErrorCode::kOutput);
  }
  const std::size_t at = message.find("output is in '");
  REQUIRE(at != std::string::npos);
  const std::string left = message.substr(at + 14, message.size() - at - 15);
  CHECK(text_of(left + "/1") == "rows");
  return message;
}

TEST_CASE("A directory that appears meanwhile stays and so do the rows",
          "[sys][atomic_directory]") {
  const Scratch scratch;
  CHECK_THAT(commit_after(scratch, Overwrite::kNo, [&] { earlier(scratch); }),
             Contains("has appeared since the job began"));
  CHECK(text_of(scratch / "out/1") == "old");
}

TEST_CASE("A file that appears where a directory is to be stays", "[sys][atomic_directory]") {
  const Scratch scratch;
  const auto write = [&] { static_cast<void>(scratch.write("out", "precious")); };
  SECTION("without overwriting") {
    commit_after(scratch, Overwrite::kNo, write);
  }
  SECTION("with overwriting") {
    commit_after(scratch, Overwrite::kYes, write);
  }
  CHECK(text_of(scratch / "out") == "precious");
}

TEST_CASE("A directory that fills up with something else meanwhile stays",
          "[sys][atomic_directory]") {
  const Scratch scratch;
  earlier(scratch);
  commit_after(scratch, Overwrite::kYes, [&] {
    static_cast<void>(scratch.write("out/thesis.tex", "precious"));
  });
  CHECK(text_of(scratch / "out/thesis.tex") == "precious");
  CHECK(text_of(scratch / "out/1") == "old");
}

TEST_CASE("A directory that goes meanwhile is made anew", "[sys][atomic_directory]") {
  const Scratch scratch;
  const std::string path = earlier(scratch);
  AtomicDirectory directory = take(create(path, Overwrite::kYes));
  take(directory.append("1", "new"));
  fs::remove_all(path);
  take(directory.commit());
  CHECK(text_of(path + "/1") == "new");
}

TEST_CASE("A folder that may not be written holds no directory", "[sys][atomic_directory]") {
  const Scratch scratch;
  const Unprivileged unprivileged;
  CHECK_THAT(refusal(scratch / "out"), Contains("permissions"));
}

}  // namespace
}  // namespace alinktf::sys
