#include "cmd/surroundings.hpp"

#include "cmd/xdg.hpp"
#include "log/log.hpp"
#include "spec/spec.hpp"
#include "sys/file_source.hpp"

#include <filesystem>

#include <unistd.h>

namespace alinktf::cmd {

namespace {

namespace fs = std::filesystem;

Result<std::string> read_file(const std::string& path) {
  const auto as_spec = [](const Error& error) {
    return Error(ErrorCode::kSpec, "job file: " + error.str());
  };
  auto source = sys::FileSource::open(path);
  if (!source.ok()) {
    return as_spec(source.error());
  }
  std::string text;
  for (;;) {
    constexpr std::size_t kBytes = 64U << 10U;
    const std::size_t size = text.size();
    text.resize(size + kBytes);
    const auto got = source.value()->read(text.data() + size, kBytes);
    if (!got.ok()) {
      return as_spec(got.error());
    }
    text.resize(size + got.value());
    if (got.value() == 0) {
      return text;
    }
  }
}

}  // namespace

job::Surroundings read_surroundings(const Options& options) {
  job::Surroundings surroundings;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    surroundings.environment.emplace_back(*entry);
  }
  surroundings.variable =
      [all = surroundings.environment](const std::string& name) -> std::optional<std::string> {
    for (const std::string& entry : all) {
      if (entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name)) {
        return entry.substr(name.size() + 1);
      }
    }
    return std::nullopt;
  };
  surroundings.python = options.python;
  surroundings.cache_dir = xdg_directory("XDG_CACHE_HOME", ".cache", surroundings.variable);
  const std::string parent =
      options.work_dir.empty() ? surroundings.variable("TMPDIR").value_or("") : options.work_dir;
  surroundings.work_dir_parent = fs::absolute(parent.empty() ? "/tmp" : parent).string();
  return surroundings;
}

Result<job::Plan> load_plan(const Options& options, const job::Surroundings& surroundings) {
  ALINKTF_ASSIGN_OR_RETURN(const std::string text, read_file(options.job_file));
  const spec::Context context{.file = options.job_file,
                              .directory = fs::absolute(options.job_file).parent_path().string(),
                              .working_directory = fs::current_path().string(),
                              .environment = surroundings.variable,
                              .overrides = options.overrides};
  ALINKTF_ASSIGN_OR_RETURN(auto job, spec::parse(text, context));
  for (const std::string& warning : job.warnings) {
    log::message(log::Level::kWarn, warning);
  }
  return job::make_plan(std::move(job), surroundings);
}

}  // namespace alinktf::cmd
