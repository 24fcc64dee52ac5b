// Signals while a job is being prepared, before the event loop serves them.
#pragma once

#include "sys/interruption.hpp"
#include "sys/signals.hpp"

namespace alinktf::job {

/// Work that ends with kCancelled when INT, TERM or HUP comes, whose number then stands in
/// `stop_signal`. Ctrl-Z stops the program as always. Both arguments must outlive what is returned.
sys::Interruption early_stop(const sys::Signals& signals, int& stop_signal);

}  // namespace alinktf::job
