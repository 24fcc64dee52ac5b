#include "cmd/commands.hpp"
#include "cmd/exit_status.hpp"
#include "cmd/options.hpp"
#include "log/log.hpp"
#include "spec/spec.hpp"
#include "tensorflow/engine.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

namespace alinktf::cmd {

namespace {

log::Level level_named(const std::string& name) {
  return name == "trace"   ? log::Level::kTrace
         : name == "debug" ? log::Level::kDebug
         : name == "warn"  ? log::Level::kWarn
         : name == "error" ? log::Level::kError
                           : log::Level::kInfo;
}

/// The number of channels if this is `alinktf engine CHANNELS [prompt]`, which only alinktf itself
/// starts; else 0.
int engine_channels(int argc, char** argv) {
  const std::string_view command = argc == 3 || argc == 4 ? argv[1] : "";
  return command == "engine" ? std::atoi(argv[2]) : 0;  // NOLINT(cert-err34-c): our own number
}

int dispatch(int argc, char** argv) {
  if (const int channels = engine_channels(argc, argv); channels > 0) {
    tensorflow::serve_engine(channels, argc == 4);
  }
  int status = 0;
  const Options options = parse_options(argc, argv, status);
  log::init(level_named(options.log_level));
  switch (options.command) {
    case Command::kRun:
      return run(options);
    case Command::kCheck:
      return check(options);
    case Command::kConvert:
      return convert(options);
    case Command::kShow:
      return show(options);
    case Command::kServe:
      return serve(options);
    case Command::kDoctor:
      return doctor(options);
    case Command::kSchema:
      std::puts(spec::json_schema().c_str());
      return 0;
    case Command::kNone:
      break;
  }
  return status;
}

}  // namespace

int report(const Error& error) {
  log::message(log::Level::kError, error.str());
  return exit_status(error.code());
}

}  // namespace alinktf::cmd

int main(int argc, char** argv) {
  try {
    return alinktf::cmd::dispatch(argc, argv);
  } catch (const std::exception& error) {
    return alinktf::cmd::report(alinktf::Error(alinktf::ErrorCode::kInternal, error.what()));
  }
}
