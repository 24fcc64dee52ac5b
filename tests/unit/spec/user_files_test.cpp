#include "unit/spec/job.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>

namespace alinktf::spec {
namespace {

using Catch::Contains;
using Catch::Equals;

std::string with_files(const std::string& user_files, const std::string& main) {
  return R"({"component": "TensorFlowBatchOp", "input": {"filePath": "a.csv", "schemaStr": "a int"},
             "outputSchemaStr": "a int", "userFiles": )" +
         user_files + R"(, "mainScriptFile": ")" + main + "\"}";
}

TEST_CASE("The main script may be the bare name of a user file", "[spec][files]") {
  Job job;
  job.file("job/src/model.py");
  const JobSpec spec = job.good(with_files(R"(["src/model.py"])", "model.py"));
  CHECK(spec.main_script_file == job.in("job/src/model.py"));
  CHECK(spec.user_files == std::vector{job.in("job/src/model.py")});
}

TEST_CASE("A main script that is no user file becomes one", "[spec][files]") {
  Job job;
  job.file("job/helpers.py");
  const JobSpec spec = job.good(with_files(R"(["helpers.py"])", "train.py"));
  CHECK(spec.user_files == std::vector{job.in("job/helpers.py"), job.in("job/train.py")});
}

TEST_CASE("A file given twice is taken once", "[spec][files]") {
  const Job job;
  const JobSpec spec = job.good(with_files(
      R"(["train.py", "./train.py", ")" + job.in("job/../job/train.py") + "\"]", "./train.py"));
  CHECK(spec.user_files == std::vector{job.in("job/train.py")});
}

TEST_CASE("One user file needs no list", "[spec][files]") {
  const Job job;
  CHECK(job.good(with_files("\"train.py\"", "train.py")).user_files.size() == 1);
}

TEST_CASE("Folders may be user files but not the main script", "[spec][files]") {
  Job job;
  job.file("job/pkg/a.py");
  CHECK(job.good(with_files(R"(["pkg/"])", "train.py")).user_files.at(0) == job.in("job/pkg"));
  CHECK_THAT(
      job.problems(with_files("[]", "pkg")),
      Equals("iris.json: /mainScriptFile: expected a Python file, found the directory '/job/pkg'"));
}

TEST_CASE("Addresses of local files are paths", "[spec][files]") {
  const Job job;
  const std::string url = "file://" + job.in("job/train.py");
  CHECK(job.good(with_files("[\"" + url + "\"]", url)).main_script_file == job.in("job/train.py"));
}

TEST_CASE("Files that are not there are named by the path that was tried", "[spec][files]") {
  Job job;
  job.set("/userFiles/-", "b.py");
  CHECK_THAT(job.problems(with_files(R"(["a.py"])", "main.py")),
             Equals("iris.json: /userFiles/0: expected a file, found nothing at '/job/a.py'\n"
                    "iris.json: /mainScriptFile: expected a file, found nothing at '/job/main.py'\n"
                    "--set /userFiles/-: expected a file, found nothing at '/cwd/b.py'"));
}

TEST_CASE("Remote files come with advice and without their query", "[spec][files]") {
  const Job job;
  CHECK_THAT(
      job.problems(
          with_files(R"(["https://x/a.py?token=secret", "oss://b/c", "hdfs://n/c", "res:///a.py"])",
                     "train.py")),
      Equals(
          "iris.json: /userFiles/0: expected a local path, found 'https://x/a.py', and https:// is "
          "not "
          "supported by this version; download it first and give the path of the local file\n"
          "iris.json: /userFiles/1: expected a local path, found 'oss://b/c', and oss:// is not "
          "supported "
          "by this version; copy it to this machine first and give its local path\n"
          "iris.json: /userFiles/2: expected a local path, found 'hdfs://n/c', and hdfs:// is not "
          "supported by this version; copy it to this machine first and give its local path\n"
          "iris.json: /userFiles/3: expected a local path, found 'res:///a.py', and res:// is not "
          "supported by this version; it names a file inside Alink; give the path of a local "
          "file"));
}

TEST_CASE("Two files of one name cannot share the work directory", "[spec][files]") {
  Job job;
  job.file("job/x/util.py").file("job/y/util.py");
  CHECK_THAT(job.problems(with_files(R"(["x/util.py", "y/util.py"])", "train.py")),
             Contains("/userFiles/1: expected different file names, but '/job/x/util.py' and "
                      "'/job/y/util.py'"));
}

TEST_CASE("Paths start at the job file and those of the command line at the working directory",
          "[spec][files]") {
  Job job;
  job.set("output.filePath", "o.csv");
  const JobSpec spec = job.good(csv_job());
  CHECK(spec.input.file_paths.front() == job.in("job/iris.csv"));
  CHECK(spec.output.file_path == job.in("cwd/o.csv"));
}

TEST_CASE("Standard input and output stay what they are", "[spec][files]") {
  Job job;
  job.set("input.filePath", "-").set("output.filePath", "-");
  const JobSpec spec = job.good(csv_job());
  CHECK(spec.input.file_paths.front() == "-");
  CHECK(spec.output.file_path == "-");
}

TEST_CASE("An empty path is a problem", "[spec][files]") {
  Job job;
  job.set("input.filePath", "");
  CHECK_THAT(job.problems(csv_job()),
             Contains("--set input.filePath: expected a file's path, found ''"));
  CHECK_THAT(job.problems(with_files(R"([""])", "train.py")),
             Contains("/userFiles/0: expected a file's path"));
}

TEST_CASE("A Python that is a path becomes absolute and a command stays", "[spec][files]") {
  Job job;
  std::filesystem::create_directory(job.in("job/myenv"));
  const auto python = [&](const std::string& text) {
    return job.good(csv_job(R"(, "pythonEnv": ")" + text + "\"")).python_env;
  };
  CHECK(python("python3.11") == "python3.11");
  CHECK(python(".venv") == job.in("job/.venv"));
  CHECK(python("myenv") == job.in("job/myenv"));
  CHECK(python("envs/tf") == job.in("job/envs/tf"));
  CHECK(python("file:///opt/tf") == "/opt/tf");
  CHECK(python("").empty());
}

}  // namespace
}  // namespace alinktf::spec
