#include "sys/fd.hpp"

#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace alinktf::sys {
namespace {

Pipe make_pipe() {
  auto pipe = Pipe::create();
  REQUIRE(pipe.ok());
  return std::move(pipe).value();
}

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) != -1;
}

bool closes_on_exec(const Fd& fd) {
  return (::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC) != 0;
}

TEST_CASE("A descriptor is closed with its owner and only then", "[sys][fd]") {
  int number = -1;
  {
    Fd outer;
    {
      Pipe pipe = make_pipe();
      number = pipe.read.get();
      outer = std::move(pipe.read);
    }
    CHECK(is_open(number));
  }
  CHECK_FALSE(is_open(number));
}

TEST_CASE("Moving an Fd onto itself keeps the descriptor open", "[sys][fd]") {
  Pipe pipe = make_pipe();
  const int number = pipe.read.get();
  Fd& alias = pipe.read;
  pipe.read = std::move(alias);
  CHECK(pipe.read.get() == number);
  CHECK(is_open(number));
}

TEST_CASE("Closing an Fd that another owner has closed is an error", "[sys][fd]") {
  Pipe pipe = make_pipe();
  ::close(pipe.read.get());
  const auto closed = pipe.read.close();
  REQUIRE_FALSE(closed.ok());
  CHECK(closed.error().cause().value() == EBADF);
  CHECK_FALSE(pipe.read);
}

TEST_CASE("New descriptors are close-on-exec", "[sys][fd]") {
  const Pipe pipe = make_pipe();
  CHECK(closes_on_exec(pipe.read));
  CHECK(closes_on_exec(pipe.write));
  const auto pair = SocketPair::create();
  REQUIRE(pair.ok());
  CHECK(closes_on_exec(pair.value().ours));
  CHECK(closes_on_exec(pair.value().theirs));
  const auto copy = Fd::duplicate(pipe.read.get(), 50);
  REQUIRE(copy.ok());
  CHECK(closes_on_exec(copy.value()));
  CHECK(copy.value().get() >= 50);
}

TEST_CASE("A file that cannot be opened is named in the error", "[sys][fd]") {
  const auto file = Fd::open("/nonexistent/file", O_RDONLY);
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().str() == "open '/nonexistent/file': No such file or directory");
}

TEST_CASE("A file without a name leaves nothing behind", "[sys][fd]") {
  const Scratch scratch;
  const Fd file = Fd::unnamed(scratch / ".");
  REQUIRE(file);
  CHECK(closes_on_exec(file));
  REQUIRE(write_all(file.get(), "text").ok());
  std::array<char, 8> found{};
  CHECK(::pread(file.get(), found.data(), found.size(), 0) == 4);
  CHECK(scratch.names().empty());
  CHECK_FALSE(Fd::unnamed(scratch / "none"));
}

TEST_CASE("A new file has all bytes and no other reader, and takes no file's place", "[sys][fd]") {
  const Scratch scratch;
  REQUIRE(write_new_file(scratch / "a", "text").ok());
  CHECK(text_of(scratch / "a") == "text");
  CHECK(std::filesystem::status(scratch / "a").permissions() == std::filesystem::perms(0600));
  CHECK_FALSE(write_new_file(scratch / "a", "other").ok());
  CHECK(text_of(scratch / "a") == "text");
}

TEST_CASE("A socket pair carries bytes both ways", "[sys][fd]") {
  auto pair = SocketPair::create();
  REQUIRE(pair.ok());
  REQUIRE(write_all(pair.value().ours.get(), "a").ok());
  REQUIRE(write_all(pair.value().theirs.get(), "b").ok());
  char got = 0;
  CHECK(::read(pair.value().theirs.get(), &got, 1) == 1);
  CHECK(got == 'a');
  CHECK(::read(pair.value().ours.get(), &got, 1) == 1);
  CHECK(got == 'b');
}

TEST_CASE("A pipe can be enlarged", "[sys][fd]") {
  const Pipe pipe = make_pipe();
  const int before = ::fcntl(pipe.read.get(), F_GETPIPE_SZ);
  pipe.enlarge(2 * static_cast<std::size_t>(before));
  CHECK(::fcntl(pipe.read.get(), F_GETPIPE_SZ) == 2 * before);
}

TEST_CASE("A non-blocking descriptor does not wait", "[sys][fd]") {
  const Pipe pipe = make_pipe();
  REQUIRE(set_nonblocking(pipe.read.get()).ok());
  char byte = 0;
  CHECK(::read(pipe.read.get(), &byte, 1) == -1);
  CHECK(errno == EAGAIN);
}

TEST_CASE("More than a pipe holds is written whole while it is read", "[sys][fd]") {
  Pipe pipe = make_pipe();
  if (GENERATE(false, true)) {
    REQUIRE(set_nonblocking(pipe.write.get()).ok());
  }
  const std::string sent(1'000'000, 'x');
  std::string received;
  std::thread reader([&] {
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(pipe.read.get(), buffer.data(), buffer.size())) > 0;) {
      received.append(buffer.data(), static_cast<std::size_t>(got));
    }
  });
  const bool written = write_all(pipe.write.get(), sent).ok();
  pipe.write = Fd();
  reader.join();
  CHECK(written);
  CHECK(received == sent);
}

}  // namespace
}  // namespace alinktf::sys
