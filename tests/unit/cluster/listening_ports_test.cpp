#include "cluster/listening_ports.hpp"

#include "cluster/held_port.hpp"

#include <catch2/catch.hpp>

#include <set>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace alinktf::cluster {
namespace {

using Ports = std::set<std::uint16_t>;

TEST_CASE("The sockets that listen are found in the kernel's table", "[cluster][listening_ports]") {
  CHECK(listening_ports(
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
            "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n"
            "   1: 0100007F:9C40 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0\n"
            "  12: 00000000000000000000000000000000:FFFE 00000000000000000000000000000000:0000 0A "
            "0\n") == Ports{0x1F90, 0xFFFE});
}

TEST_CASE("What is no table has no ports", "[cluster][listening_ports]") {
  CHECK(listening_ports("").empty());
  CHECK(listening_ports("\n\nx\n 1: nothing 2 0A\n 1: 0:FFFFF 2 0A\n 1: 0: 2 0A").empty());
}

TEST_CASE("A held port is not open until somebody listens on it", "[cluster][listening_ports]") {
  const auto held = HeldPort::take();
  REQUIRE(held.ok());
  const std::uint16_t port = held.value().number();
  CHECK(listening_ports().count(port) == 0);
  const sys::Fd server(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(server.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  REQUIRE(::bind(server.get(),
                 reinterpret_cast<sockaddr*>(&address),  // NOLINT: the sockets API's way
                 sizeof address) == 0);
  REQUIRE(::listen(server.get(), 1) == 0);
  CHECK(listening_ports().count(port) == 1);
}

}  // namespace
}  // namespace alinktf::cluster
