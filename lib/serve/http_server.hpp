// HTTP/1.1 on the loopback address, as much of it as a small API needs.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace alinktf::serve {

struct HttpRequest {
  std::string method;  ///< "GET"
  std::string path;    ///< without what follows a '?'
  std::string body;
};

struct HttpResponse {
  int status = 200;
  std::string body;  ///< JSON
};

/// Answers requests, each connection in a thread of its own. Connections stay open until the
/// client closes them. Bodies come with a length or in chunks.
class HttpServer {
 public:
  /// Called by many threads at once.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  /// Listen on 127.0.0.1. `port` 0: any that is free. kInternal if the port is taken,
  /// or the machine refuses a thread; a connection that it refuses one is answered with 503.
  static Result<std::unique_ptr<HttpServer>> open(std::uint16_t port, Handler handler);

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  HttpServer(HttpServer&&) = delete;
  HttpServer& operator=(HttpServer&&) = delete;
  /// stop() and wait for it.
  ~HttpServer();

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Take no more requests; those that have begun to arrive are answered. Waits for that.
  void stop();

 private:
  class Connections;

  HttpServer(sys::Fd listener, std::uint16_t port, sys::Pipe stop);

  sys::Fd listener_;
  std::uint16_t port_;
  sys::Pipe stop_;  ///< its write end is closed to stop
  std::unique_ptr<Connections> connections_;
};

}  // namespace alinktf::serve
