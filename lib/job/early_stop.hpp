// Signals while a job is being prepared, before the event loop serves them.
#pragma once

#include "sys/interruption.hpp"
#include "sys/signals.hpp"

#include <chrono>
#include <optional>

namespace alinktf::job {

/// When the job must have ended, by its timeout.
struct EarlyDeadline {
  std::chrono::steady_clock::time_point at;
  std::chrono::milliseconds timeout;
};

/// Work that ends with kCancelled when INT, TERM or HUP comes, whose number then stands in
/// `stop_signal`, and with kTimeout at the deadline. Ctrl-Z stops the program as always. The first
/// two arguments must outlive what is returned.
sys::Interruption early_stop(const sys::Signals& signals,
                             int& stop_signal,
                             std::optional<EarlyDeadline> deadline = {});

/// What is told of a job that was still running at its deadline.
Error timed_out(std::chrono::milliseconds timeout);

}  // namespace alinktf::job
