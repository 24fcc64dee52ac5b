// The command line as plain data.
#pragma once

#include "spec/spec.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::cmd {

enum class Command { kRun, kCheck, kConvert, kShow, kDoctor, kSchema, kServe, kNone };

struct Options {
  Command command = Command::kNone;
  std::string job_file;
  std::vector<std::string> command_line;  ///< as given
  /// Job-file keys that the command line sets, in order: --set and the options that stand for a
  /// key.
  std::vector<spec::Setting> overrides;
  std::uint64_t show_rows = 10;
  bool verify = false;
  bool json = false;
  std::string python;
  std::optional<std::uint16_t> http_port;  ///< serve: --http
  std::string model_name;                  ///< serve: --model-name
  std::string work_dir;
  std::string log_dir;
  std::string report;  ///< where the report goes; empty: none
  std::string log_level = "info";
  bool keep_work_dir = false;
  bool no_progress = false;
};

/// Parse the command line. Prints help, version or what is wrong with it; Command::kNone then, with
/// the exit status in `status`.
Options parse_options(int argc, char** argv, int& status);

}  // namespace alinktf::cmd
