// A small language for tests of the job file: a valid job, changed where the test looks.
#pragma once

#include "spec/spec.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace alinktf::spec {

/// A job file in a fresh folder, with the user files that it needs.
class Job {
 public:
  Job() : root_(make_folder()) {
    std::filesystem::create_directory(root_ + "/job");
    std::filesystem::create_directory(root_ + "/cwd");
    file("job/train.py");
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  Job(Job&&) = delete;
  Job& operator=(Job&&) = delete;
  ~Job() { std::filesystem::remove_all(root_); }

  /// Make a file; `name` is relative to the folder that holds job/ and cwd/.
  Job& file(const std::string& name) {
    std::filesystem::create_directories(std::filesystem::path(root_ + "/" + name).parent_path());
    std::ofstream(root_ + "/" + name) << "def main(config): pass\n";
    return *this;
  }
  Job& set(const std::string& key, const std::string& value) {
    overrides_.push_back({key, value});
    return *this;
  }
  Job& variable(const std::string& name, const std::string& value) {
    variables_[name] = value;
    return *this;
  }
  Job& named(const std::string& name) {
    file_ = name;
    return *this;
  }

  /// Parse `text` as the job file job/iris.json.
  [[nodiscard]] Result<JobSpec> parse(const std::string& text) const {
    const Context context{
        .file = file_,
        .directory = in("job"),
        .working_directory = in("cwd"),
        .environment = [this](const std::string& name) -> std::optional<std::string> {
          const auto found = variables_.find(name);
          return found == variables_.end() ? std::nullopt : std::optional(found->second);
        },
        .overrides = overrides_};
    return spec::parse(text, context);
  }
  [[nodiscard]] std::string in(const std::string& name) const { return root_ + "/" + name; }

  /// The job that `text` describes; it must be right.
  [[nodiscard]] JobSpec good(const std::string& text) const {
    auto result = parse(text);
    INFO((result.ok() ? "" : result.error().str()));
    REQUIRE(result.ok());
    return std::move(result).value();
  }
  /// What is wrong with `text`, without this folder's path; empty if nothing is.
  [[nodiscard]] std::string problems(const std::string& text) const {
    const auto result = parse(text);
    if (result.ok()) {
      return {};
    }
    CHECK(result.error().code() == ErrorCode::kSpec);
    std::string out = result.error().str();
    for (std::size_t at = out.find(root_); at != std::string::npos; at = out.find(root_)) {
      out.erase(at, root_.size());
    }
    return out;
  }

 private:
  static std::string make_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "alinktf-spec-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
  }

  std::string root_;
  std::string file_ = "iris.json";
  std::vector<Setting> overrides_;
  std::map<std::string, std::string> variables_;
};

/// Where the user files of `spec` are.
inline std::vector<std::string> paths(const JobSpec& spec) {
  std::vector<std::string> paths;
  for (const UserFile& file : spec.user_files) {
    paths.push_back(file.path);
  }
  return paths;
}

/// A complete job of a CSV file, with `more` members (", …") at its end.
inline std::string csv_job(const std::string& more = "", const std::string& more_input = "") {
  return R"({"component": "TensorFlow2BatchOp",
             "input": {"filePath": "iris.csv", "schemaStr": "a double, b string")" +
         more_input + R"(},
             "mainScriptFile": "train.py", "outputSchemaStr": "id long")" +
         more + "}";
}

/// The same for a generated table whose description is `input`.
inline std::string random_job(const std::string& input, const std::string& more = "") {
  return R"({"component": "TensorFlowBatchOp", "input": {"format": "random")" + input + R"(},
             "mainScriptFile": "train.py", "outputSchemaStr": "id long")" +
         more + "}";
}

}  // namespace alinktf::spec
