// A web server of a few lines, for answers that no real one gives.
#pragma once

#include <catch2/catch.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace alinktf::fetch {

/// Answers every request of one connection after the other with what `answer` says to the request's
/// head, and closes it; with nothing, the connection stays open until the server goes.
class WebServer {
 public:
  using Answer = std::function<std::string(const std::string& head)>;

  explicit WebServer(Answer answer)
      : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);  // NOLINT: as the interface is
    REQUIRE(::bind(socket_, plain, size) == 0);
    REQUIRE(::listen(socket_, 8) == 0);
    REQUIRE(::getsockname(socket_, plain, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;
  WebServer(WebServer&&) = delete;
  WebServer& operator=(WebServer&&) = delete;
  ~WebServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
    ::close(open_);
  }

  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  /// True once a request has come that is not answered.
  [[nodiscard]] bool holds() const { return open_ >= 0; }

 private:
  void serve() {
    for (int peer = accept(); peer >= 0; peer = accept()) {
      std::string head;
      char c = 0;
      while (head.find("\r\n\r\n") == std::string::npos && ::recv(peer, &c, 1, 0) == 1) {
        head.push_back(c);
      }
      const std::string text = answer_(head);
      if (text.empty()) {
        open_ = peer;
        continue;
      }
      ::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
      ::close(peer);
    }
  }
  [[nodiscard]] int accept() const { return ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC); }

  Answer answer_;
  int socket_;
  int port_ = 0;
  std::atomic<int> open_ = -1;
  std::thread thread_;
};

/// A whole answer with these bytes.
inline std::string ok(const std::string& bytes) {
  return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(bytes.size()) +
         "\r\n\r\n" + bytes;
}

}  // namespace alinktf::fetch
