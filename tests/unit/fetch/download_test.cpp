#include "fetch/download.hpp"

#include "unit/fetch/web_server.hpp"
#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

namespace alinktf::fetch {
namespace {

using Catch::Contains;
using std::chrono::milliseconds;
namespace fs = std::filesystem;

/// Where downloads go.
struct Place {
  Result<void> get(const std::string& url,
                   const std::string& md5 = "",
                   const Limits& limits = {.timeout = milliseconds(20000)}) {
    fs::remove(file());
    return download({.url = url, .to = file(), .md5 = md5}, limits, {});
  }
  [[nodiscard]] std::string file() const { return scratch / "file"; }

  sys::Scratch scratch;
};

TEST_CASE("A file is downloaded as it is and its MD5 checked", "[fetch][download]") {
  const WebServer server([&](const std::string&) { return ok("hello\n"); });
  Place place;
  take(place.get(server.url("/x")));
  CHECK(sys::text_of(place.file()) == "hello\n");
  take(place.get(server.url("/x"), "B1946AC92492D2347C6235B4D2611184"));
  CHECK_THAT(
      failure(place.get(server.url("/x"), "00000000000000000000000000000000"), ErrorCode::kSpec),
      Contains("expected a file whose MD5 is 00000000000000000000000000000000, found "
               "b1946ac92492d2347c6235b4d2611184 of 6 bytes"));
}

TEST_CASE("An answer that is no file is an error with its status", "[fetch][download]") {
  const WebServer server([](const std::string&) {
    return "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 5\r\n\r\nsorry";
  });
  Place place;
  CHECK_THAT(failure(place.get(server.url("/x?token=abc")), ErrorCode::kSpec),
             Contains("status 403") && Contains("/x?token=***'") && !Contains("abc"));
}

TEST_CASE("An answer that is no error and yet not the whole file is one", "[fetch][download]") {
  const std::string line =
      GENERATE("204 No Content", "206 Partial Content", "300 Multiple Choices", "304 Not Modified");
  const WebServer server(
      [&](const std::string&) { return "HTTP/1.1 " + line + "\r\nConnection: close\r\n\r\n"; });
  Place place;
  CHECK_THAT(failure(place.get(server.url("/x")), ErrorCode::kSpec),
             Contains("status " + line.substr(0, 3) + ", expected 200"));
}

TEST_CASE("Redirects are followed to the web only", "[fetch][download]") {
  std::string target;
  const WebServer server([&](const std::string& head) {
    return head.starts_with("GET /from")
               ? "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: " + target +
                     "\r\nContent-Length: 0\r\n\r\n"
               : ok("there");
  });
  Place place;
  target = "/to";
  take(place.get(server.url("/from")));
  CHECK(sys::text_of(place.file()) == "there");
  target = "file:///etc/passwd";
  CHECK_FALSE(place.get(server.url("/from")).ok());
  CHECK(sys::text_of(place.file()).empty());
  target = "/from";
  CHECK_THAT(failure(place.get(server.url("/from")), ErrorCode::kSpec), Contains("redirects"));
}

TEST_CASE("A file that is too large is given up", "[fetch][download]") {
  const WebServer server([](const std::string&) { return ok(std::string(5000, 'x')); });
  Place place;
  const Limits limits{.bytes = 4999};
  CHECK_THAT(failure(place.get(server.url("/x"), "", limits), ErrorCode::kSpec),
             Contains("at most 4999 bytes"));
  take(place.get(server.url("/x"), "", {.bytes = 5000}));
}

TEST_CASE("A server that does not answer is given up", "[fetch][download]") {
  const WebServer server([](const std::string&) { return std::string(); });
  Place place;
  CHECK_THAT(
      failure(place.get(server.url("/x"), "", {.timeout = milliseconds(50)}), ErrorCode::kSpec),
      Contains("0 bytes came in 0.05 s") && Contains("downloadTimeout"));
}

TEST_CASE("An answer that is cut short is an error", "[fetch][download]") {
  const WebServer server([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\nonly this";
  });
  Place place;
  CHECK_THAT(failure(place.get(server.url("/x")), ErrorCode::kSpec), Contains("download '"));
}

TEST_CASE("A machine or scheme that is not there is an error", "[fetch][download]") {
  Place place;
  CHECK_THAT(failure(place.get("http://me:pw@127.0.0.1:1/x"), ErrorCode::kSpec),
             Contains("http://me:***@127.0.0.1:1/x") && Contains("onnect"));
  CHECK_FALSE(place.get("file:///etc/passwd").ok());
}

TEST_CASE("A download that waits ends when it is interrupted", "[fetch][download]") {
  const WebServer server([](const std::string&) { return std::string(); });
  const sys::Scratch scratch;
  const sys::Interruption interruption{.check = [&]() -> Result<void> {
    return server.holds() ? Result<void>(Error(ErrorCode::kCancelled, "stop")) : Result<void>();
  }};
  CHECK_THAT(
      failure(
          download({.url = server.url("/x"), .to = scratch / "file", .md5 = ""}, {}, interruption),
          ErrorCode::kCancelled),
      Contains("stop"));
}

}  // namespace
}  // namespace alinktf::fetch
