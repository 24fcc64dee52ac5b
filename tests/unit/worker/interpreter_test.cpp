#include "worker/interpreter.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace alinktf::worker {
namespace {

using Catch::Contains;
namespace fs = std::filesystem;

/// A folder with made-up interpreters in it.
class Machine {
 public:
  /// Make a program that could be Python; its path.
  std::string program(const std::string& name) {
    const std::string path = scratch_ / name;
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << "#!/bin/sh\n";
    fs::permissions(path, fs::perms(0755));
    return path;
  }
  /// Make a virtual environment; its folder.
  std::string venv(const std::string& name) {
    program(name + "/bin/python");
    return scratch_ / name;
  }
  void folder(const std::string& name) { fs::create_directories(scratch_ / name); }
  [[nodiscard]] std::string in(const std::string& name) const { return scratch_ / name; }

 private:
  sys::Scratch scratch_;
};

struct Named {
  std::string command_line = {};
  std::string python_env = {};
  std::map<std::string, std::string> variables = {};
};

Result<Interpreter> find(const Named& named) {
  return find_interpreter({.command_line = named.command_line,
                           .python_env = named.python_env,
                           .alink_variable = "TF231_PYTHON_ENV_PATH",
                           .environment = [&](const std::string& name) {
                             const auto found = named.variables.find(name);
                             return found == named.variables.end() ? std::nullopt
                                                                   : std::optional(found->second);
                           }});
}

TEST_CASE("The interpreter is searched for in the promised order", "[worker][interpreter]") {
  Machine machine;
  machine.program("path/python3");
  Named named{.command_line = machine.venv("option"),
              .python_env = machine.venv("job"),
              .variables = {{"TF231_PYTHON_ENV_PATH", machine.venv("alink")},
                            {"TF115_PYTHON_ENV_PATH", machine.venv("other")},
                            {"VIRTUAL_ENV", machine.venv("active")},
                            {"PATH", machine.in("path")}}};
  const auto found = [&] {
    const Interpreter interpreter = take(find(named));
    return interpreter.found_by + " " + interpreter.path;
  };
  CHECK(found() == "--python " + machine.in("option/bin/python"));
  named.command_line.clear();
  CHECK(found() == "/pythonEnv " + machine.in("job/bin/python"));
  named.python_env.clear();
  CHECK(found() == "TF231_PYTHON_ENV_PATH " + machine.in("alink/bin/python"));
  named.variables.erase("TF231_PYTHON_ENV_PATH");
  CHECK(found() == "VIRTUAL_ENV " + machine.in("active/bin/python"));
  named.variables["VIRTUAL_ENV"] = "";  // as good as unset
  CHECK(found() == "PATH " + machine.in("path/python3"));
}

TEST_CASE("An interpreter is a program or an environment's folder or a file URL",
          "[worker][interpreter]") {
  Machine machine;
  const auto path_of = [](const std::string& name) {
    return take(find({.command_line = name})).path;
  };
  const std::string program = machine.program("my-python");
  CHECK(path_of(program) == program);
  CHECK(path_of("file://" + program) == program);
  CHECK(path_of(machine.venv("venv") + "/") == machine.in("venv/bin/python"));
  machine.program("conda/bin/python3");
  CHECK(path_of(machine.in("conda")) == machine.in("conda/bin/python3"));
}

TEST_CASE("A bare command is looked for on PATH", "[worker][interpreter]") {
  Machine machine;
  const std::string python = machine.program("bin/python3.9");
  const std::map<std::string, std::string> variables{{"PATH", machine.in("bin")}};
  CHECK(take(find({.command_line = "python3.9", .variables = variables})).path == python);
  CHECK_THAT(failure(find({.command_line = "python3.4", .variables = variables}), ErrorCode::kSpec),
             Contains("python3.4 on PATH"));
}

TEST_CASE("Links of a virtual environment are not followed", "[worker][interpreter]") {
  Machine machine;
  const std::string system = machine.program("usr/bin/python3");
  machine.folder("venv/bin");
  fs::create_symlink(system, machine.in("venv/bin/python"));
  CHECK(take(find({.command_line = machine.in("venv")})).path == machine.in("venv/bin/python"));
}

TEST_CASE("A named interpreter that is missing is not replaced by the next place",
          "[worker][interpreter]") {
  Machine machine;
  const std::string none = machine.in("none");
  const auto result =
      find({.python_env = none, .variables = {{"VIRTUAL_ENV", machine.venv("active")}}});
  CHECK_THAT(failure(result, ErrorCode::kSpec),
             Contains("/pythonEnv: found '" + none + "'") &&
                 Contains("tried " + none + ", " + none + "/bin/python, " + none + "/bin/python3"));
}

TEST_CASE("A file that cannot be run is no interpreter", "[worker][interpreter]") {
  Machine machine;
  const std::string path = machine.program("python");
  fs::permissions(path, fs::perms(0644));
  CHECK_THAT(failure(find({.command_line = path}), ErrorCode::kSpec), Contains("--python"));
}

TEST_CASE("The first runnable python3 on PATH counts", "[worker][interpreter]") {
  Machine machine;
  machine.folder("a/python3");  // a folder
  machine.program("b/python");  // another name
  machine.program("c/python3");
  machine.program("d/python3");
  const std::string path = ":" + machine.in("a") + ":" + machine.in("b") + "::" + machine.in("c") +
                           ":" + machine.in("d");
  CHECK(take(find({.variables = {{"PATH", path}}})).path == machine.in("c/python3"));
}

TEST_CASE("Without any Python the job file is told how to name one", "[worker][interpreter]") {
  CHECK_THAT(failure(find({}), ErrorCode::kSpec),
             Contains("no python3 on PATH") && Contains("--python or pythonEnv"));
}

struct Installed {
  std::string folder;
  std::optional<std::string> version;
};

TEST_CASE("TensorFlow's version is read from the name of its dist-info", "[worker][interpreter]") {
  const auto installed = GENERATE(values<Installed>({
      {"lib/python3.11/site-packages/tensorflow-2.15.1.dist-info", "2.15.1"},
      {"lib/python3.7/site-packages/tensorflow-1.15.5.dist-info", "1.15.5"},
      {"lib/python3.12/site-packages/tensorflow_cpu-2.17.0.dist-info", "2.17.0"},
      {"lib/python3.6/site-packages/tensorflow_gpu-2.3.1.dist-info", "2.3.1"},
      {"local/lib/python3.11/dist-packages/tensorflow-2.16.0rc1.dist-info", "2.16.0rc1"},
      {"lib/python3/dist-packages/tensorflow-2.4.0.dist-info", "2.4.0"},
      {"lib/python3.11/site-packages/tensorflow_io-0.36.0.dist-info", std::nullopt},
      {"lib/python3.11/site-packages/tensorflow_cpu_fake-1.dist-info", std::nullopt},
      {"lib/python3.11/site-packages/tensorflow", std::nullopt},
      {"lib/python2.7/site-packages/tensorflow-1.15.0.dist-info", std::nullopt},
  }));
  CAPTURE(installed.folder);
  Machine machine;
  const std::string venv = machine.venv("venv");
  machine.folder("venv/" + installed.folder);
  CHECK(take(find({.command_line = venv})).tensorflow == installed.version);
}

}  // namespace
}  // namespace alinktf::worker
