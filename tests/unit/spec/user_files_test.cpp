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
  CHECK(paths(spec) == std::vector{job.in("job/src/model.py")});
}

TEST_CASE("A main script that is no user file becomes one", "[spec][files]") {
  Job job;
  job.file("job/helpers.py");
  const JobSpec spec = job.good(with_files(R"(["helpers.py"])", "train.py"));
  CHECK(paths(spec) == std::vector{job.in("job/helpers.py"), job.in("job/train.py")});
}

TEST_CASE("A file given twice is taken once", "[spec][files]") {
  const Job job;
  const JobSpec spec = job.good(with_files(
      R"(["train.py", "./train.py", ")" + job.in("job/../job/train.py") + "\"]", "./train.py"));
  CHECK(paths(spec) == std::vector{job.in("job/train.py")});
}

TEST_CASE("One user file needs no list", "[spec][files]") {
  const Job job;
  CHECK(job.good(with_files("\"train.py\"", "train.py")).user_files.size() == 1);
}

TEST_CASE("Folders may be user files but not the main script", "[spec][files]") {
  Job job;
  job.file("job/pkg/a.py");
  CHECK(job.good(with_files(R"(["pkg/"])", "train.py")).user_files.at(0).path == job.in("job/pkg"));
  CHECK_THAT(
      job.problems(with_files("[]", "pkg")),
      Equals("iris.json: /mainScriptFile: expected a Python file, found the directory '/job/pkg'"));
}

TEST_CASE("A directory has its own name however it is reached", "[spec][files]") {
  Job job;
  job.file("job/data/x.txt").file("job/data/deep/y.txt");
  const auto path = GENERATE("data", "data/", "data/.", "data/deep/..", "data/deep/../");
  CAPTURE(path);
  CHECK(job.good(with_files("[\"" + std::string(path) + "\"]", "train.py")).user_files.at(0).name ==
        "data");
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

TEST_CASE("Addresses that cannot be read come with advice", "[spec][files]") {
  const Job job;
  CHECK_THAT(
      job.problems(with_files(R"(["oss://b/c?token=x", "hdfs://n/c", "res:///a.py"])", "train.py")),
      Equals(
          "iris.json: /userFiles/0: expected a local path, found 'oss://b/c', and oss:// is not "
          "supported by this version; copy it to this machine first and give its local path\n"
          "iris.json: /userFiles/1: expected a local path, found 'hdfs://n/c', and hdfs:// is not "
          "supported by this version; copy it to this machine first and give its local path\n"
          "iris.json: /userFiles/2: expected a local path, found 'res:///a.py', and res:// is not "
          "supported by this version; it names a file inside Alink; give the path of a local "
          "file"));
}

TEST_CASE("Files on the web are named by the last part of their address", "[spec][files]") {
  const Job job;
  const std::string md5 = "b1946ac92492d2347c6235b4d2611184";
  const JobSpec spec = job.good(with_files(
      R"(["https://h/a/b.py?x=1&md5=)" + md5 + R"(&y=2#top", "HTTP://h:80/m.tgz"])", "train.py"));
  const UserFile& file = spec.user_files.at(0);
  CHECK(file.path == "https://h/a/b.py?x=1&y=2");
  CHECK(file.name == "b.py");
  CHECK(file.md5 == md5);
  CHECK(file.remote);
  CHECK_FALSE(file.archive);
  CHECK(file.place == "/userFiles/0");
  CHECK(spec.user_files.at(1).archive);
  CHECK(spec.user_files.at(1).name == "m.tgz");
  CHECK(spec.user_files.at(1).md5.empty());
}

TEST_CASE("The main script may be on the web", "[spec][files]") {
  const Job job;
  const JobSpec spec = job.good(with_files(R"(["https://h/train.py?sig=1"])", "train.py"));
  CHECK(spec.main_script_file == "https://h/train.py?sig=1");
  CHECK(job.good(with_files("[]", "https://h/m.py")).user_files.at(0).path == "https://h/m.py");
  CHECK_THAT(job.problems(with_files("[]", "https://h/m.zip")),
             Contains("/mainScriptFile: expected a Python file, found the archive"));
}

TEST_CASE("Addresses with mistakes are refused without showing their secrets", "[spec][files]") {
  const Job job;
  const auto problem = [&](const std::string& address) {
    return job.problems(with_files("[\"" + address + "\"]", "train.py"));
  };
  CHECK_THAT(problem("https://me:pw@h/a b.py"),
             Contains("without blanks") && Contains("https://me:***@h"));
  CHECK_THAT(problem("https://"), Contains("such as https://host/file"));
  CHECK_THAT(problem("https://me:pw@/x.py"), Contains("such as https://host/file"));
  CHECK_THAT(problem("https://h/x.py?md5=12"),
             Contains("expected 32 hexadecimal digits as md5, found '12'"));
  CHECK_THAT(problem("https://h/dir/?token=x"),
             Contains("ends in a file's name") && Contains("token=***"));
  CHECK_THAT(problem("https://h"), Contains("ends in a file's name"));
  CHECK_THAT(problem("https://h/a/.."), Contains("ends in a file's name"));
  CHECK_THAT(problem("https://h/.?x"), Contains("ends in a file's name"));
}

TEST_CASE("Files can be given other names", "[spec][files]") {
  Job job;
  job.file("job/x/util.py").file("job/y/util.py").file("job/m.zip");
  const JobSpec spec = job.good(with_files(
      R"(["x/util.py", {"path": "y/util.py", "name": "util2.py"}, {"path": "m.zip"},
          {"path": "https://h/", "name": "web"}])",
      "train.py"));
  CHECK(spec.user_files.at(1).name == "util2.py");
  CHECK(spec.user_files.at(2).directory.empty());
  CHECK(spec.user_files.at(3).name == "web");
  CHECK(job.good(with_files(R"([{"path": "m.zip", "name": "model"}])", "train.py"))
            .user_files.at(0)
            .directory == "model");
}

TEST_CASE("Files and their new names can be given as in Alink", "[spec][files]") {
  Job job;
  job.file("job/m.zip").file("job/a.py");
  const JobSpec spec = job.good(with_files(
      R"({"filePaths": ["m.zip", "a.py", "train.py"],
          "fileRenameMap": {"a.py": "b.py", "m.zip": "m", "train.py": "tf_user_main.py"}})",
      "train.py"));
  CHECK(spec.user_files.size() == 3);
  CHECK(spec.user_files.at(0).directory == "m");
  CHECK(spec.user_files.at(1).name == "b.py");
  CHECK(spec.main_script_file == job.in("job/train.py"));
  CHECK_THAT(job.problems(with_files(
                 R"({"filePaths": ["a.py"], "fileRenameMap": {"c.py": "b.py"}})", "train.py")),
             Contains("/userFiles/fileRenameMap/c.py: expected one of filePaths, found 'c.py'"));
}

TEST_CASE("New names with mistakes are told at once", "[spec][files]") {
  Job job;
  job.file("job/a.py").file("job/m.zip");
  CHECK_THAT(job.problems(with_files(
                 R"([{"path": "a.py", "name": "x/y"}, {"path": "a.py", "name": ".."}, {"name": "b"},
              {"path": "a.py", "nam": "b"}, {"path": "m.zip", "name": "m.zip"}, 7])",
                 "train.py")),
             Contains("/userFiles/0/name: expected a name without '/', found 'x/y'") &&
                 Contains("/userFiles/1/name: expected a name without '/', found '..'") &&
                 Contains("/userFiles/2/path: missing") &&
                 Contains("/userFiles/3/nam: unknown key (did you mean 'name'?)") &&
                 Contains("/userFiles/4/path: expected a directory to unpack the archive into") &&
                 Contains("/userFiles/5: expected a path, or an object of path and name, found the "
                          "number 7"));
  CHECK_THAT(job.problems(with_files(R"({"paths": []})", "train.py")),
             Contains("/userFiles: expected a list, or an object of the list filePaths"));
}

TEST_CASE("Names that the work directory needs are refused", "[spec][files]") {
  Job job;
  const std::string name = GENERATE(as<std::string>(),
                                    "tf_user_main.py",
                                    "tensor_shapes.txt",
                                    "tensor_types.txt",
                                    "dataset.tfrecords",
                                    "bc_data_1");
  job.file("job/" + name).file("job/m.zip");
  CHECK_THAT(job.problems(with_files("[\"" + name + "\"]", "train.py")),
             Contains("/userFiles/0: expected another name than '" + name + "'"));
  CHECK_THAT(
      job.problems(with_files(R"([{"path": "m.zip", "name": ")" + name + "\"}]", "train.py")),
      Contains("expected another name than '" + name + "'"));
  CHECK(job.good(with_files("[]", name)).user_files.size() == 1);
}

TEST_CASE("Archives are known by their names", "[spec][files]") {
  for (const auto* name :
       {"a.zip", "a.tar", "a.tar.gz", "a.TGZ", "a.tar.bz2", "a.tbz2", "a.tar.xz", "a.tar.zst"}) {
    CHECK(is_archive_name(name));
  }
  for (const auto* name : {"a.gz", "a.csv.gz", "a.py", "zip", "a.zip.part", "a.whl", ""}) {
    CHECK_FALSE(is_archive_name(name));
  }
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
