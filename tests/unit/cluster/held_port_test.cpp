#include "cluster/held_port.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace alinktf::cluster {
namespace {

enum class Reuse { kNo, kYes };

sys::Fd make_socket(Reuse reuse) {
  sys::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(socket);
  const int on = reuse == Reuse::kYes ? 1 : 0;
  REQUIRE(::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
  return socket;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// 0, or what bind(2) said.
int bind_to(const sys::Fd& socket, const sockaddr_in& address) {
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);  // NOLINT: the API's way
  return ::bind(socket.get(), generic, sizeof address) == 0 ? 0 : errno;
}

std::uint16_t port_of(const sys::Fd& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: the API's way
  REQUIRE(::getsockname(socket.get(), generic, &size) == 0);
  return ntohs(address.sin_port);
}

int connect_to(std::uint16_t port) {
  const sys::Fd client = make_socket(Reuse::kNo);
  const sockaddr_in address = loopback(port);
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);  // NOLINT: the API's way
  return ::connect(client.get(), generic, sizeof address) == 0 ? 0 : errno;
}

TEST_CASE("Two held ports differ", "[cluster][port]") {
  const HeldPort one = take(HeldPort::take());
  const HeldPort other = take(HeldPort::take());
  CHECK(one.number() != 0);
  CHECK(one.number() != other.number());
}

TEST_CASE("A server that sets SO_REUSEADDR listens on a held port", "[cluster][port]") {
  const HeldPort port = take(HeldPort::take());
  CHECK(connect_to(port.number()) == ECONNREFUSED);  // holding is not listening
  const sys::Fd server = make_socket(Reuse::kYes);
  CHECK(bind_to(server, loopback(port.number())) == 0);
  REQUIRE(::listen(server.get(), 1) == 0);
  CHECK(connect_to(port.number()) == 0);
}

TEST_CASE("A server that does not set SO_REUSEADDR needs a released port", "[cluster][port]") {
  HeldPort port = take(HeldPort::take());
  const sys::Fd server = make_socket(Reuse::kNo);
  CHECK(bind_to(server, loopback(port.number())) == EADDRINUSE);
  const std::uint16_t number = port.number();
  port.release();
  CHECK(port.number() == number);
  CHECK(bind_to(server, loopback(number)) == 0);
}

TEST_CASE("The kernel gives a held port to nobody by chance", "[cluster][port]") {
  // 100 held numbers of the usual 28,000 would be met about 18 times in 5,000 draws.
  std::vector<std::uint16_t> numbers;
  std::vector<HeldPort> held;
  for (int i = 0; i < 100; ++i) {
    held.push_back(take(HeldPort::take()));
    numbers.push_back(held.back().number());
  }
  for (int i = 0; i < 5000; ++i) {
    const sys::Fd socket = make_socket(i % 2 == 0 ? Reuse::kNo : Reuse::kYes);
    REQUIRE(bind_to(socket, loopback(0)) == 0);
    const std::uint16_t drawn = port_of(socket);
    REQUIRE(std::find(numbers.begin(), numbers.end(), drawn) == numbers.end());
  }
}

}  // namespace
}  // namespace alinktf::cluster
