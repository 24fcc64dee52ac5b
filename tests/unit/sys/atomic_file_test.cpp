#include "sys/atomic_file.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alinktf::sys {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;

AtomicFile make(const std::string& path, Overwrite overwrite = Overwrite::kNo) {
  auto file = AtomicFile::create(path, overwrite);
  REQUIRE(file.ok());
  return std::move(file).value();
}

/// What create() says about `path`.
std::string refusal(const std::string& path, Overwrite overwrite = Overwrite::kNo) {
  const auto file = AtomicFile::create(path, overwrite);
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().code() == ErrorCode::kOutput);
  return file.error().str();
}

TEST_CASE("An output has its name only after commit", "[sys][atomic_file]") {
  const Scratch scratch;
  AtomicFile file = make(scratch / "out.csv");
  REQUIRE(file.write("a,b\n").ok());
  REQUIRE(file.write("1,2\n").ok());
  CHECK_FALSE(fs::exists(scratch / "out.csv"));
  REQUIRE(file.commit().ok());
  CHECK(text_of(scratch / "out.csv") == "a,b\n1,2\n");
  CHECK(scratch.names().size() == 1);
}

TEST_CASE("An abandoned output leaves nothing", "[sys][atomic_file]") {
  const Scratch scratch;
  {
    AtomicFile file = make(scratch / "out.csv");
    REQUIRE(file.write("half a row").ok());
    CHECK_THAT(scratch.names().front(), Catch::StartsWith(".out.csv.alinktf-"));
  }
  CHECK(scratch.names().empty());
}

TEST_CASE("An abandoned output leaves the file it would have replaced", "[sys][atomic_file]") {
  const Scratch scratch;
  const std::string path = scratch.write("out.csv", "old");
  REQUIRE(make(path, Overwrite::kYes).write("new").ok());
  CHECK(text_of(path) == "old");
}

TEST_CASE("An existing file is replaced only if that is asked for", "[sys][atomic_file]") {
  const Scratch scratch;
  const std::string path = scratch.write("out.csv", "old");
  CHECK(refusal(path) == "output '" + path +
                             "': exists already; to replace it, set output.overwriteSink to true "
                             "(--overwrite of convert)");
  AtomicFile file = make(path, Overwrite::kYes);
  REQUIRE(file.write("new").ok());
  CHECK(text_of(path) == "old");
  REQUIRE(file.commit().ok());
  CHECK(text_of(path) == "new");
}

TEST_CASE("A file that appears meanwhile stays and so do the rows", "[sys][atomic_file]") {
  const Scratch scratch;
  std::string message;
  {
    AtomicFile file = make(scratch / "out.csv");
    REQUIRE(file.write("rows").ok());
    CHECK(text_of(scratch.write("out.csv", "another job's")) == "another job's");
    const auto committed = file.commit();
    REQUIRE_FALSE(committed.ok());
    CHECK(committed.error().code() == ErrorCode::kOutput);
    message = committed.error().str();
  }
  CHECK(text_of(scratch / "out.csv") == "another job's");
  const std::size_t from = message.find(scratch / ".out.csv.alinktf-");
  REQUIRE(from != std::string::npos);
  CHECK(text_of(message.substr(from, message.find('\'', from) - from)) == "rows");
}

TEST_CASE("A growing output is there while it is written and stays if it is given up",
          "[sys][atomic_file]") {
  const Scratch scratch;
  const std::string path = scratch / "out.csv";
  {
    AtomicFile file = take(AtomicFile::create_growing(path, Overwrite::kNo));
    CHECK(file.growing_path() == path + ".partial");
    take(file.write("1\n"));
    CHECK(text_of(path + ".partial") == "1\n");
  }
  CHECK(text_of(path + ".partial") == "1\n");
  CHECK_FALSE(std::filesystem::exists(path));
  const auto refused = AtomicFile::create_growing(path, Overwrite::kNo);
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().str(), Catch::Contains("out.csv.partial' exists already"));
  AtomicFile file = take(AtomicFile::create_growing(path, Overwrite::kYes));
  take(file.write("2\n"));
  take(file.commit());
  CHECK(text_of(path) == "2\n");
  CHECK_FALSE(std::filesystem::exists(path + ".partial"));
}

TEST_CASE("A growing output that nobody wants leaves nothing", "[sys][atomic_file]") {
  const Scratch scratch;
  {
    AtomicFile file = take(AtomicFile::create_growing(scratch / "out.csv", Overwrite::kNo));
    REQUIRE(file.write("1\n").ok());
    file.discard();
  }
  CHECK_FALSE(std::filesystem::exists(scratch / "out.csv.partial"));
}

TEST_CASE("A growing output without a byte leaves nothing", "[sys][atomic_file]") {
  const Scratch scratch;
  take(AtomicFile::create_growing(scratch / "out.csv", Overwrite::kNo));
  CHECK(std::filesystem::is_empty(scratch / "."));
}

TEST_CASE("Outputs that can never be written are refused at once", "[sys][atomic_file]") {
  const Scratch scratch;
  fs::create_directory(scratch / "folder");
  CHECK_THAT(refusal(scratch / "folder", Overwrite::kYes), Contains("is a directory"));
  CHECK_THAT(refusal(scratch / "new/"), Contains("does not end in '/'"));
  CHECK_THAT(refusal(scratch / "none/out.csv"),
             Contains("folder '" + (scratch / "none") + "' does not exist; create it first"));
  CHECK_THAT(refusal(scratch.write("file", "") + "/out.csv"), Contains("Not a directory"));
  fs::create_symlink("nowhere", scratch / "link");
  CHECK_THAT(refusal(scratch / "link", Overwrite::kYes), Contains("symbolic link to nowhere"));
  CHECK_THAT(refusal(""), Contains("output ''"));
}

TEST_CASE("A folder without write permission is refused at once", "[sys][atomic_file]") {
  const Scratch scratch;
  fs::create_directory(scratch / "locked");
  fs::permissions(scratch / "locked", fs::perms(0555));
  const Unprivileged nobody;
  CHECK_THAT(refusal(scratch / "locked/out.csv"),
             Contains("'" + (scratch / "locked") + "'") && Contains("Permission denied") &&
                 Contains("choose another path"));
}

TEST_CASE("An output gets the mode that the umask leaves", "[sys][atomic_file]") {
  const Scratch scratch;
  const mode_t before = ::umask(027);
  AtomicFile file = make(scratch / "out.csv");
  ::umask(before);
  REQUIRE(file.commit().ok());
  struct stat status {};
  REQUIRE(::stat((scratch / "out.csv").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640);
}

TEST_CASE("An output that is a link is written where the link points", "[sys][atomic_file]") {
  const Scratch scratch;
  fs::create_directory(scratch / "elsewhere");
  const std::string real = scratch.write("elsewhere/real.csv", "old");
  fs::create_symlink("elsewhere/real.csv", scratch / "link.csv");
  AtomicFile file = make(scratch / "link.csv", Overwrite::kYes);
  REQUIRE(file.write("new").ok());
  REQUIRE(file.commit().ok());
  CHECK(fs::is_symlink(scratch / "link.csv"));
  CHECK(text_of(real) == "new");
}

TEST_CASE("A name as long as the file system allows is no obstacle", "[sys][atomic_file]") {
  const Scratch scratch;
  const std::string name(255, 'n');
  REQUIRE(make(scratch / name).commit().ok());
  CHECK(scratch.names().front() == name);
}

TEST_CASE("Devices are written directly and report a full disk", "[sys][atomic_file]") {
  AtomicFile null = make("/dev/null");
  CHECK(null.write("gone").ok());
  CHECK(null.commit().ok());
  CHECK(fs::is_character_file("/dev/null"));
  const auto written = make("/dev/full").write("x");
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().code() == ErrorCode::kOutput);
  CHECK(written.error().str() == "output '/dev/full': write: No space left on device");
}

TEST_CASE("Standard output is written directly", "[sys][atomic_file]") {
  auto pipe = Pipe::create();
  REQUIRE(pipe.ok());
  const Fd saved(::dup(STDOUT_FILENO));
  ::dup2(pipe.value().write.get(), STDOUT_FILENO);
  auto file = AtomicFile::create(GENERATE("-", "/dev/stdout"), Overwrite::kNo);
  const bool done = file.ok() && file.value().write("row").ok() && file.value().commit().ok();
  ::dup2(saved.get(), STDOUT_FILENO);
  REQUIRE(done);
  CHECK(file.value().name() == "standard output");
  std::string got(8, '\0');
  CHECK(::read(pipe.value().read.get(), got.data(), got.size()) == 3);
  CHECK(got.substr(0, 3) == "row");
}

TEST_CASE("A reader that leaves is an error and not a signal", "[sys][atomic_file]") {
  ::signal(SIGPIPE, SIG_IGN);
  const Scratch scratch;
  const std::string path = scratch / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  Fd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  AtomicFile file = make(path);
  CHECK(file.write("read").ok());
  reader = Fd();
  const auto written = file.write("unread");
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().cause().value() == EPIPE);
  CHECK_THAT(written.error().str(), Contains("its reader has gone"));
}

TEST_CASE("A FIFO's reader may come later", "[sys][atomic_file]") {
  const Scratch scratch;
  const std::string path = scratch / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  std::string got(8, '\0');
  std::thread other([&] {
    const Fd reader(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    got.resize(static_cast<std::size_t>(
        std::max<ssize_t>(0, ::read(reader.get(), got.data(), got.size()))));
  });
  {
    AtomicFile file = make(path);
    CHECK(file.write("row").ok());
    CHECK(file.commit().ok());
  }
  other.join();
  CHECK(got == "row");
}

TEST_CASE("A blocked stop signal ends the wait for a reader", "[sys][atomic_file]") {
  const Scratch scratch;
  const std::string path = scratch / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &term, nullptr);
  ::raise(SIGTERM);
  const auto file = AtomicFile::create(path, Overwrite::kNo);
  int taken = 0;
  ::sigwait(&term, &taken);
  ::pthread_sigmask(SIG_UNBLOCK, &term, nullptr);
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().code() == ErrorCode::kCancelled);
}

}  // namespace
}  // namespace alinktf::sys
