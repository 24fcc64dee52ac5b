// Alink's LocalPredictor as a service: a model that is loaded once answers many requests.
#pragma once

#include "base/result.hpp"
#include "job/plan.hpp"
#include "sys/signals.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace alinktf::serve {

struct ServeOptions {
  std::optional<std::uint16_t> http_port;  ///< nothing: lines on standard input and output
  std::string name;                        ///< of the model in addresses; empty: by its path
  bool default_outputs = false;            ///< no outputSchemaStr is given: all outputs
};

/// Serve the model of `plan`, whose job is a prediction, until the input ends or a signal says so:
/// INT, TERM or HUP end it with success after what has been asked is answered; a second one ends it
/// at once. Main thread. Errors of the model and the command line as run_predict(); kWorker if the
/// engine has gone.
Result<void> serve(const job::Plan& plan,
                   const job::Surroundings& surroundings,
                   const ServeOptions& options,
                   const sys::Signals& signals);

}  // namespace alinktf::serve
