#include "worker/user_files.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

namespace alinktf::worker {
namespace {

using Catch::Contains;
namespace fs = std::filesystem;

/// A work directory and the files for it.
struct Place {
  Place() { fs::create_directory(dir()); }
  [[nodiscard]] std::string dir(const std::string& name = "") const {
    return scratch / ("dir/" + name);
  }

  sys::Scratch scratch;
};

TEST_CASE("Files get the names that they are given, the main script none", "[worker][files]") {
  const Place place;
  const std::string script = place.scratch.write("main.py", "main");
  const std::string other = place.scratch.write("a.py", "a");
  const auto files = take(
      UserFiles::prepare({{.path = other, .name = "b.py"}, {.path = script, .name = "main.py"}},
                         script,
                         "/none",
                         {},
                         {}));
  CHECK(files.main_script() == script);
  take(files.place(place.dir(), {}));
  CHECK(fs::read_symlink(place.dir("b.py")) == other);
  CHECK_FALSE(fs::exists(place.dir("main.py")));
}

TEST_CASE("A file that may not be read is named with its place", "[worker][files]") {
  const Place place;
  const std::string path = place.scratch.write("a.py", "a");
  fs::permissions(path, fs::perms::none);
  const sys::Unprivileged nobody;
  CHECK_THAT(
      failure(UserFiles::check({{.path = path, .name = "a.py", .place = "/mainScriptFile"}}),
              ErrorCode::kSpec),
      Contains("/mainScriptFile: cannot read '" + path + "'") && Contains("Permission denied"));
  take(UserFiles::check({{.path = "http://host/x", .name = "x", .remote = true}}));
}

TEST_CASE("An archive that is none is named with its place", "[worker][files]") {
  const Place place;
  const std::string path = place.scratch.write("a.zip", "no archive");
  CHECK_THAT(
      failure(UserFiles::prepare(
                  {{.path = path, .name = "a.zip", .archive = true, .place = "/userFiles/0"}},
                  "",
                  place.scratch / "files",
                  {},
                  {}),
              ErrorCode::kSpec),
      Contains("/userFiles/0: archive '" + path + "'"));
}

TEST_CASE("A download that is refused is named with its place", "[worker][files]") {
  const Place place;
  CHECK_THAT(failure(UserFiles::prepare({{.path = "http://127.0.0.1:1/x",
                                          .name = "x",
                                          .remote = true,
                                          .place = "/userFiles/2"}},
                                        "",
                                        place.scratch / "files",
                                        {},
                                        {}),
                     ErrorCode::kSpec),
             Contains("/userFiles/2: download 'http://127.0.0.1:1/x'"));
}

}  // namespace
}  // namespace alinktf::worker
