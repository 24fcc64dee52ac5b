// Which Python runs the scripts.
#pragma once

#include "base/result.hpp"

#include <functional>
#include <optional>
#include <string>

namespace alinktf::worker {

/// Where an interpreter may be named, in the order of search.
struct InterpreterSearch {
  std::string command_line;    ///< --python
  std::string python_env;      ///< the job file's pythonEnv
  std::string alink_variable;  ///< TF115_PYTHON_ENV_PATH or TF231_PYTHON_ENV_PATH, by component
  std::string cache = {};      ///< the user's cache directory, for packed environments; empty: none
  std::function<std::optional<std::string>(const std::string&)> environment;
};

struct Interpreter {
  std::string path;          ///< absolute; links are not followed, so that a venv stays one
  std::string found_by;      ///< what named it: "--python", "VIRTUAL_ENV", "PATH" …
  std::string archive = {};  ///< not empty: it must be unpacked before `path` is there
  std::string folder = {};   ///< where to
  std::optional<std::string> tensorflow;  ///< version by its dist-info; nothing is run to learn it
  std::string packages = {};              ///< the folder that TensorFlow's package lies in
};

/// After unpack_env(): where the interpreter is now, and its TensorFlow. kSpec if there is none.
Result<void> take_unpacked(Interpreter& interpreter);

/// Find the interpreter: each place may name a program, the folder of a venv or conda environment,
/// an archive of one, or a command on PATH; last comes python3 on PATH. kSpec naming the place and
/// the paths tried.
Result<Interpreter> find_interpreter(const InterpreterSearch& search);

}  // namespace alinktf::worker
