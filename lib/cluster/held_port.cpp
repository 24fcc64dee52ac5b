#include "cluster/held_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace alinktf::cluster {

Result<HeldPort> HeldPort::take() {
  sys::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) {
    return os_error(ErrorCode::kInternal, "hold a port: socket");
  }
  const int on = 1;
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) {
    return os_error(ErrorCode::kInternal, "hold a port: SO_REUSEADDR");
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: the sockets API's way
  socklen_t size = sizeof address;
  if (::bind(socket.get(), generic, size) != 0 ||
      ::getsockname(socket.get(), generic, &size) != 0) {
    return os_error(ErrorCode::kInternal, "hold a port: bind");
  }
  return HeldPort(std::move(socket), ntohs(address.sin_port));
}

}  // namespace alinktf::cluster
