// A port number that nobody else gets while the job runs.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <cstdint>

namespace alinktf::cluster {

/// Holds a TCP port: a socket with SO_REUSEADDR, bound to 0.0.0.0:<chosen>, never listening. The
/// kernel then never chooses the number for anybody else, while TensorFlow's server, which sets
/// SO_REUSEADDR too, binds and listens on it beside us. Source: inet_csk_bind_conflict in Linux.
class HeldPort {
 public:
  /// kInternal if no port is to be had.
  static Result<HeldPort> take();

  [[nodiscard]] std::uint16_t number() const { return number_; }

  /// Give the number up but remember it: for scripts whose own server binds without SO_REUSEADDR
  /// (job key holdPorts: false).
  void release() { socket_ = sys::Fd(); }

 private:
  HeldPort(sys::Fd socket, std::uint16_t number) : socket_(std::move(socket)), number_(number) {}

  sys::Fd socket_;
  std::uint16_t number_;
};

}  // namespace alinktf::cluster
