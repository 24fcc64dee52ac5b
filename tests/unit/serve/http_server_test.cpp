#include "serve/http_server.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace alinktf::serve {
namespace {

using Catch::Contains;

std::unique_ptr<HttpServer> echo() {
  return take(HttpServer::open(0, [](const HttpRequest& request) {
    return HttpResponse{.status = 200, .body = request.method + request.path + request.body};
  }));
}

sys::Fd connect_to(const HttpServer& server) {
  sys::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
          0);
  return socket;
}

std::string read_to_end(const sys::Fd& socket) {
  std::string all;
  std::array<char, 4096> bytes{};
  for (ssize_t got = 1; got > 0;) {
    got = ::read(socket.get(), bytes.data(), bytes.size());
    all.append(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  }
  return all;
}

/// All that the server says to these bytes.
std::string answer(const std::string& bytes) {
  const auto server = echo();
  const auto socket = connect_to(*server);
  take(sys::write_all(socket.get(), bytes));
  REQUIRE(::shutdown(socket.get(), SHUT_WR) == 0);
  return read_to_end(socket);
}

TEST_CASE("Requests on one connection are answered one after the other", "[serve][http_server]") {
  const auto all = answer(
      "GET /a?q=1 HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /b HTTP/1.1\r\ncontent-length: 4\r\n\r\nbody");
  CHECK_THAT(all,
             Contains("HTTP/1.1 200 OK") && Contains("\r\n\r\nGET/a") && Contains("POST/bbody"));
}

TEST_CASE("A body may come in chunks", "[serve][http_server]") {
  CHECK_THAT(answer("POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"),
             Contains("POST/cabcde"));
}

TEST_CASE("A client that waits to be told to go on is told", "[serve][http_server]") {
  CHECK_THAT(answer("POST /d HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nz"),
             Catch::StartsWith("HTTP/1.1 100 Continue\r\n\r\n") && Contains("POST/dz"));
}

TEST_CASE("What is no HTTP is refused, and the connection closed", "[serve][http_server]") {
  CHECK_THAT(answer("hello\r\n\r\n"), Contains("400 Bad Request"));
  CHECK_THAT(answer("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"), Contains("400 Bad Request"));
  CHECK_THAT(answer("POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"),
             Contains("413 Payload Too Large"));
  CHECK_THAT(answer(std::string(100000, 'x')), Contains("400 Bad Request"));
}

TEST_CASE("Stopping closes idle connections and answers what has begun", "[serve][http_server]") {
  auto server = echo();
  const auto idle = connect_to(*server);
  const auto busy = connect_to(*server);
  take(sys::write_all(busy.get(), "POST /e HTTP/1.1\r\nContent-Length: 4\r\n\r\nbo"));
  take(sys::write_all(idle.get(), "GET /f HTTP/1.1\r\n\r\n"));
  std::array<char, 16> first{};
  REQUIRE(::read(idle.get(), first.data(), 9) == 9);  // so that it has been accepted
  std::thread stopping([&] { server->stop(); });
  read_to_end(idle);
  take(sys::write_all(busy.get(), "dy"));
  const std::string answered = read_to_end(busy);
  stopping.join();
  CHECK_THAT(answered, Contains("POST/ebody"));
}

}  // namespace
}  // namespace alinktf::serve
