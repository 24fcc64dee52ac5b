// A job that no network reaches and that reaches none: namespaces of its own.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include <sys/types.h>

namespace alinktf::process {

/// Owns the pid namespace in which spawn() starts children while this lives. Its first process does
/// nothing but keep it: when that ends, or this process, however it ends, the kernel kills all the
/// others. They see pids of their own, we see the outer ones.
///
/// The user and the network namespace are this whole process's, and stay. Users and groups keep
/// their numbers in the user namespace: all of them for root, else just ours.
///
/// Main thread only. Source: user_namespaces(7), network_namespaces(7), pid_namespaces(7).
class NetworkIsolation {
 public:
  /// Enter the namespaces and bring up loopback, the only interface there is. This process must
  /// have no other thread and no child that is to be isolated. kInternal, naming the step, the
  /// settings that forbid it and their values.
  static Result<std::unique_ptr<NetworkIsolation>> enter();

  NetworkIsolation(const NetworkIsolation&) = delete;
  NetworkIsolation& operator=(const NetworkIsolation&) = delete;
  NetworkIsolation(NetworkIsolation&&) = delete;
  NetworkIsolation& operator=(NetworkIsolation&&) = delete;
  /// SIGKILL to all in the pid namespace. Its first process is left to the sweep to reap.
  ~NetworkIsolation();

  /// SIGKILL to all processes in the pid namespace but the first, and wait until they are gone. Of
  /// our own children there, all must have been reaped. kInternal if the first process is gone.
  Result<void> end_processes();

  /// Call `fork` where children come to lie in the pid namespace of the NetworkIsolation that
  /// lives: in a thread of its own, since a thread whose children do can start no threads. In this
  /// thread if there is none.
  static void run(const std::function<void()>& fork);

 private:
  NetworkIsolation() = default;
  void serve();
  Result<void> start_first_process();
  void run_there(const std::function<void()>& fork);

  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* fork_ = nullptr;  ///< to be called by the thread
  bool ended_ = false;
  sys::Fd channel_;  ///< to the first process
  pid_t first_ = -1;
};

}  // namespace alinktf::process
