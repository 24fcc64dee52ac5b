#include "sys/file_source.hpp"

#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alinktf::sys {
namespace {

using Catch::Contains;

std::unique_ptr<FileSource> open(const std::string& path) {
  auto source = FileSource::open(path);
  REQUIRE(source.ok());
  return std::move(source).value();
}

std::string read_all(FileSource& source) {
  std::string text;
  std::array<char, 7> buffer{};
  for (;;) {
    const auto got = source.read(buffer.data(), buffer.size());
    REQUIRE(got.ok());
    if (got.value() == 0) {
      return text;
    }
    text.append(buffer.data(), got.value());
  }
}

/// What open() says about `path`; check() must say the same.
std::string refusal(const std::string& path) {
  const auto source = FileSource::open(path);
  REQUIRE_FALSE(source.ok());
  CHECK(source.error().code() == ErrorCode::kInput);
  const auto checked = FileSource::check(path);
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.error().str() == source.error().str());
  return source.error().str();
}

TEST_CASE("A file is read from front to back", "[sys][file_source]") {
  const Scratch scratch;
  const std::string path = scratch.write("in.csv", "a,b\n1,2\n3,4\n");
  const auto source = open(path);
  CHECK(source->ready());
  CHECK(source->name() == path);
  CHECK(read_all(*source) == "a,b\n1,2\n3,4\n");
  CHECK(FileSource::check(path).ok());
}

TEST_CASE("Inputs that cannot be read are named with the reason", "[sys][file_source]") {
  const Scratch scratch;
  CHECK(refusal(scratch / "none.csv") ==
        "input '" + (scratch / "none.csv") + "': No such file or directory");
  CHECK_THAT(refusal(scratch / ""), Contains("is a directory; expected a file"));
  const std::string locked = scratch.write("locked.csv", "x");
  std::filesystem::permissions(locked, std::filesystem::perms::none);
  const Unprivileged nobody;
  CHECK(refusal(locked) == "input '" + locked + "': Permission denied");
}

TEST_CASE("A pipe is ready when there is data or its end", "[sys][file_source]") {
  const Scratch scratch;
  const std::string path = scratch / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const auto source = open(path);  // does not wait for a writer
  CHECK_FALSE(source->ready());
  Fd writer(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  CHECK_FALSE(source->ready());
  REQUIRE(write_all(writer.get(), "row").ok());
  CHECK(source->ready());
  std::array<char, 8> buffer{};
  const auto got = source->read(buffer.data(), buffer.size());
  REQUIRE(got.ok());
  CHECK(got.value() == 3);
  CHECK_FALSE(source->ready());
  writer = Fd();
  CHECK(source->ready());
  CHECK(read_all(*source).empty());
}

TEST_CASE("Reading a pipe waits for its first writer", "[sys][file_source]") {
  const Scratch scratch;
  const std::string path = scratch / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const auto source = open(path);
  std::thread writer([&] {
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    static_cast<void>(write_all(fd.get(), "late"));
  });
  const std::string text = read_all(*source);
  writer.join();
  CHECK(text == "late");
}

TEST_CASE("Checking a pipe does not take it from its writer", "[sys][file_source]") {
  const Scratch scratch;
  const std::string path = scratch / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK(FileSource::check(path).ok());
  CHECK(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC) == -1);  // nobody has it open
  CHECK(FileSource::check("-").ok());
}

TEST_CASE("A read that waits for a pipe can be called off", "[sys][file_source]") {
  const Scratch scratch;
  const std::string path = scratch / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  auto cancel = Pipe::create();
  REQUIRE(cancel.ok());
  const auto source = open(path);
  source->set_cancel_fd(cancel.value().read.get());
  std::thread stopper([&] { REQUIRE(write_all(cancel.value().write.get(), "x").ok()); });
  char byte = 0;
  const auto got = source->read(&byte, 1);
  stopper.join();
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().code() == ErrorCode::kCancelled);
}

TEST_CASE("A pipe can be ended behind the line that has begun", "[sys][file_source]") {
  const Scratch scratch;
  const std::string path = scratch / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  auto writer = Fd::open(path, O_RDWR | O_CLOEXEC);
  REQUIRE(writer.ok());
  REQUIRE(write_all(writer.value().get(), "1\n2\n3").ok());
  auto cancel = Pipe::create();
  REQUIRE(cancel.ok());
  const auto source = open(path);
  source->set_cancel_fd(cancel.value().read.get());
  std::string bytes(3, '\0');
  REQUIRE(source->read(bytes.data(), 3).value() == 3);
  cancel.value().write = Fd();
  bytes += std::string(10, '\0');
  REQUIRE(source->read(bytes.data() + 3, 10).value() == 2);  // what is there by now
  REQUIRE(write_all(writer.value().get(), "4\n5\n").ok());
  REQUIRE(source->read(bytes.data() + 5, 8).value() == 2);  // the rest of the line
  CHECK(bytes.substr(0, 7) == "1\n2\n34\n");
  CHECK(source->read(bytes.data(), 10).value() == 0);
}

TEST_CASE("A dash is standard input", "[sys][file_source]") {
  auto pipe = Pipe::create();
  REQUIRE(pipe.ok());
  REQUIRE(write_all(pipe.value().write.get(), "from a pipe").ok());
  pipe.value().write = Fd();
  const Fd saved(::dup(STDIN_FILENO));
  ::dup2(pipe.value().read.get(), STDIN_FILENO);
  const auto source = open("-");
  ::dup2(saved.get(), STDIN_FILENO);
  CHECK(source->name() == "standard input");
  CHECK(read_all(*source) == "from a pipe");
}

}  // namespace
}  // namespace alinktf::sys
