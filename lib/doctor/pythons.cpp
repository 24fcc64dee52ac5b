#include "doctor/pythons.hpp"

#include "base/text.hpp"
#include "worker/interpreter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace alinktf::doctor {

namespace {

constexpr std::chrono::seconds kLimit{60};

/// Prints the version, and that of TensorFlow if it can be imported.
std::string program(bool with_tensorflow) {
  std::string text = fmt::format(
      "import sys\nprint('{}%d.%d' % sys.version_info[:2])\n"
      "sys.stdout.flush()\n",
      kPythonMark);
  if (with_tensorflow) {
    text +=
        fmt::format("import tensorflow\nprint('{}' + tensorflow.__version__)\n", kTensorFlowMark);
  }
  return text;
}

/// The rest of the line of `output` that begins with `mark`; empty if there is none.
std::string marked(const std::string& output, std::string_view mark) {
  const std::size_t at = output.find(mark);
  if (at == std::string::npos) {
    return {};
  }
  const std::size_t start = at + mark.size();
  return output.substr(start, output.find('\n', start) - start);
}

std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
    text.pop_back();
  }
  const std::size_t newline = text.rfind('\n');
  return newline == std::string::npos ? text : text.substr(newline + 1);
}

/// What a TensorFlow can and cannot run.
std::string abilities(const std::string& tensorflow) {
  const auto version = version_numbers(tensorflow);
  if (version < std::pair(2, 0)) {
    return "runs the components for TensorFlow 1";
  }
  return version < std::pair(2, 16) ? "runs all components"
                                    : "runs all components; it has no Estimator, which "
                                      "training with parameter servers in akdl needs";
}

std::string failure(const Trial& trial) {
  if (!trial.status) {
    return fmt::format("does not end within {} s", kLimit.count());
  }
  const std::string line = last_line(trial.output);
  return process::describe(*trial.status) + (line.empty() ? "" : ": " + line);
}

/// A place that may name a Python, alone: as find_interpreter() would see it without the others.
Result<worker::Interpreter> find(const std::string& place, const Surroundings& around) {
  const auto only = [&](const std::string& name) -> std::optional<std::string> {
    return name == place || name == "PATH" ? around.variable(name) : std::nullopt;
  };
  return worker::find_interpreter({.command_line = place == "--python" ? around.python : "",
                                   .python_env = "",
                                   .alink_variable = place.starts_with("TF") ? place : "",
                                   .cache = around.cache_dir,
                                   .environment = only});
}

/// An archive is not unpacked to look at it: the first job does that.
Finding judge_packed(const std::string& place, const worker::Interpreter& python) {
  return {.verdict = Verdict::kNote,
          .what = "Python",
          .found = fmt::format("{} ({}): an archive, which the first job unpacks into {}",
                               python.archive,
                               place,
                               python.folder),
          .fix = "run a job with it, then alinktf doctor can try what is in it"};
}

Finding try_python(const std::string& place,
                   const worker::Interpreter& python,
                   const Surroundings& around) {
  if (!python.archive.empty()) {
    return judge_packed(place, python);
  }
  const std::string tensorflow = python.tensorflow.value_or("");
  const auto trial =
      try_program({python.path, "-c", program(!tensorflow.empty())}, around.environment, kLimit);
  if (!trial.ok()) {
    return {.verdict = Verdict::kProblem,
            .what = "Python",
            .found = fmt::format("{} ({}): {}", python.path, place, trial.error().str()),
            .fix = "name another with --python or pythonEnv"};
  }
  return judge_python(place, python.path, tensorflow, trial.value());
}

}  // namespace

Findings examine_pythons(const Surroundings& surroundings) {
  Findings findings;
  std::vector<std::string> seen;
  bool tensorflow = false;
  for (const std::string place :
       {"--python", "TF115_PYTHON_ENV_PATH", "TF231_PYTHON_ENV_PATH", "VIRTUAL_ENV", "PATH"}) {
    const bool given = place == "PATH" || (place == "--python" && !surroundings.python.empty()) ||
                       !surroundings.variable(place).value_or("").empty();
    if (!given) {
      continue;
    }
    const auto python = find(place, surroundings);
    if (!python.ok()) {
      findings.push_back({.verdict = Verdict::kProblem,
                          .what = "Python",
                          .found = python.error().str(),
                          .fix = place == "PATH" ? "install python3, or name one with --python"
                                                 : fmt::format("correct or unset {}", place)});
      continue;
    }
    if (std::find(seen.begin(), seen.end(), python.value().path) == seen.end()) {
      seen.push_back(python.value().path);
      findings.push_back(try_python(place, python.value(), surroundings));
      // What is in an archive that nobody has unpacked may well have it.
      tensorflow = tensorflow || python.value().tensorflow || !python.value().archive.empty();
    }
  }
  if (!tensorflow) {
    findings.push_back({.verdict = Verdict::kProblem,
                        .what = "TensorFlow",
                        .found = "none of these Pythons has it",
                        .fix =
                            "python3 -m venv .venv && .venv/bin/pip install tensorflow-cpu, then "
                            "--python .venv"});
  }
  return findings;
}

Finding judge_python(const std::string& place,
                     const std::string& path,
                     const std::string& tensorflow,
                     const Trial& trial) {
  Finding finding{.verdict = Verdict::kProblem,
                  .what = "Python",
                  .found = fmt::format("{} ({}): ", path, place),
                  .fix = "name another with --python or pythonEnv"};
  const std::string python = marked(trial.output, kPythonMark);
  if (python.empty()) {
    finding.found += failure(trial);
    return finding;
  }
  finding.found += "Python " + python;
  if (version_numbers(python) < std::pair(3, 6)) {
    finding.found += ", and tasks need 3.6 or later";
    return finding;
  }
  if (tensorflow.empty()) {
    finding.found += " without TensorFlow: runs scripts that do not use it";
    finding.fix = fmt::format("{} -m pip install tensorflow-cpu", path);
    finding.verdict = Verdict::kNote;
    return finding;
  }
  finding.found += ", TensorFlow " + tensorflow;
  if (marked(trial.output, kTensorFlowMark).empty()) {
    finding.found += " cannot be imported: " + failure(trial);
    finding.fix = fmt::format(
        "see {} -c 'import tensorflow'; often a package of another version: "
        "pip install --force-reinstall tensorflow-cpu=={}",
        path,
        tensorflow);
    return finding;
  }
  finding.found += ", " + abilities(tensorflow);
  finding.fix.clear();
  finding.verdict = Verdict::kGood;
  return finding;
}

}  // namespace alinktf::doctor
