#include "worker/work_dir.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace alinktf::worker {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using cluster::Role;
namespace fs = std::filesystem;

fs::perms mode_of(const std::string& path) {
  return fs::status(path).permissions();
}

std::string in(const std::string& folder, const std::string& name) {
  return folder + "/" + name;
}

/// A main script and other files, all on this machine.
UserFiles files_of(const std::string& script, const std::vector<std::string>& others = {}) {
  std::vector<spec::UserFile> files{{.path = script, .name = "script"}};
  for (const std::string& path : others) {
    files.push_back({.path = path, .name = fs::path(path).filename().string()});
  }
  return take(UserFiles::prepare(files, script, "/none", {}, {}));
}

TEST_CASE("A job's directory is private and named after the job", "[worker][work_dir]") {
  const sys::Scratch scratch;
  const auto dir = take(WorkDir::create(scratch / "", "my job/2", ""));
  CHECK_THAT(dir.path(), Contains("alinktf-my_job_2-"));
  CHECK(mode_of(dir.path()) == fs::perms(0700));
}

TEST_CASE("The runtime lies in a job's directory", "[worker][work_dir]") {
  const sys::Scratch scratch;
  const auto dir = take(WorkDir::create(scratch / "", "iris", ""));
  CHECK(dir.start_script() == dir.path() + "/runtime/start.py");
  CHECK(fs::file_size(dir.start_script()) > 0);
  CHECK(fs::exists(dir.path() + "/runtime/alinktf_worker/session.py"));
  CHECK(fs::exists(dir.path() + "/runtime/akdl/models/tf/dnn/__init__.py"));
}

TEST_CASE("With a cache directory the runtime lies there", "[worker][work_dir]") {
  const sys::Scratch scratch;
  const auto dir = take(WorkDir::create(scratch / "", "iris", scratch / "cache"));
  CHECK_THAT(dir.start_script(), StartsWith(scratch / "cache/alinktf/runtime-"));
  CHECK(fs::file_size(dir.start_script()) > 0);
  CHECK_FALSE(fs::exists(dir.path() + "/runtime"));
}

TEST_CASE("A task's next attempt finds its directory without the model and the tensors",
          "[worker][work_dir]") {
  const sys::Scratch scratch;
  const auto dir = take(WorkDir::create(scratch / "", "iris", ""));
  const cluster::TaskId task{.role = Role::kChief, .index = 0};
  const std::string path =
      take(dir.add_task(task, files_of(scratch.write("train.py", "code")), 0, {}));
  fs::create_directories(in(path, "savedmodel/17"));
  std::ofstream(in(path, "savedmodel/17/saved_model.pb")) << "model";
  std::ofstream(in(path, "checkpoint")) << "step 7";
  std::ofstream(in(path, "tensor_shapes.txt")) << "long and wrong";
  CHECK(take(dir.renew_task(task, true)) == path);
  CHECK(fs::exists(in(path, "checkpoint")));
  CHECK(fs::exists(in(path, "tf_user_main.py")));
  CHECK_FALSE(fs::exists(in(path, "savedmodel")));
  CHECK(fs::file_size(in(path, "tensor_shapes.txt")) == 2);
}

TEST_CASE("A job's directory goes away unless it is kept", "[worker][work_dir]") {
  const sys::Scratch scratch;
  { const auto dir = take(WorkDir::create(scratch / "", "iris", "")); }
  CHECK(scratch.names().empty());
  {
    auto dir = take(WorkDir::create(scratch / "", "iris", ""));
    dir.keep();
  }
  CHECK(scratch.names().size() == 1);
}

TEST_CASE("A parent that is missing is an error that names it", "[worker][work_dir]") {
  const sys::Scratch scratch;
  CHECK_THAT(failure(WorkDir::create(scratch / "none", "iris", ""), ErrorCode::kInternal),
             Contains("none"));
}

TEST_CASE("A task's work dir links to the user's files", "[worker][work_dir]") {
  const sys::Scratch scratch;
  const std::string script = scratch.write("train.py", "main");
  const std::string helper = scratch.write("helper.py", "help");
  const std::string folder = scratch / "data";
  fs::create_directory(folder);
  auto dir = take(WorkDir::create(scratch / "", "iris", ""));
  const std::string task =
      take(dir.add_task({Role::kWorker, 1}, files_of(script, {helper, folder}), 0, {}));
  CHECK(task == dir.path() + "/worker-1");
  CHECK(mode_of(task) == fs::perms(0700));
  CHECK(fs::read_symlink(in(task, "tf_user_main.py")) == script);
  CHECK(fs::read_symlink(in(task, "helper.py")) == helper);
  CHECK(fs::read_symlink(in(task, "data")) == folder);
  CHECK(sys::text_of(in(task, "tensor_shapes.txt")) == "{}");
  CHECK(sys::text_of(in(task, "tensor_types.txt")) == "{}");
}

TEST_CASE("Each task has a work dir of its own", "[worker][work_dir]") {
  const sys::Scratch scratch;
  const std::string script = scratch.write("train.py", "main");
  auto dir = take(WorkDir::create(scratch / "", "iris", ""));
  CHECK(take(dir.add_task({Role::kChief, 0}, files_of(script), 0, {})) == dir.path() + "/chief-0");
  CHECK(take(dir.add_task({Role::kPs, 0}, files_of(script), 0, {})) == dir.path() + "/ps-0");
}

TEST_CASE("A main script may be called as the work dir calls it", "[worker][work_dir]") {
  const sys::Scratch scratch;
  const std::string script = scratch.write("tf_user_main.py", "main");
  auto dir = take(WorkDir::create(scratch / "", "iris", ""));
  const std::string task = take(dir.add_task({Role::kChief, 0}, files_of(script), 0, {}));
  CHECK(sys::text_of(in(task, "tf_user_main.py")) == "main");
}

TEST_CASE("Removing a job's directory leaves the user's files", "[worker][work_dir]") {
  const sys::Scratch scratch;
  const std::string script = scratch.write("train.py", "main");
  {
    auto dir = take(WorkDir::create(scratch / "", "iris", ""));
    take(dir.add_task({Role::kChief, 0}, files_of(script), 0, {}));
  }
  CHECK(scratch.names() == std::vector<std::string>{"train.py"});
}

TEST_CASE("Tasks of streams have no files of tensors", "[worker][work_dir]") {
  const sys::Scratch scratch;
  auto dir = take(WorkDir::create(scratch / "", "iris", ""));
  const std::string script = scratch.write("train.py", "");
  const std::string batch = take(dir.add_task({Role::kChief, 0}, files_of(script), 0, {}));
  const std::string stream =
      take(dir.add_task({Role::kWorker, 0}, files_of(script), std::nullopt, {}));
  CHECK(fs::exists(in(batch, "tensor_shapes.txt")));
  CHECK_FALSE(fs::exists(in(stream, "tensor_shapes.txt")));
  CHECK_FALSE(fs::exists(in(stream, "tensor_types.txt")));
  CHECK(fs::exists(in(stream, "tf_user_main.py")));
}

TEST_CASE("Every task's broadcast files are the same ones", "[worker][work_dir]") {
  const sys::Scratch scratch;
  auto dir = take(WorkDir::create(scratch / "", "iris", ""));
  const std::string script = scratch.write("train.py", "");
  const std::string chief = take(dir.add_task({Role::kChief, 0}, files_of(script), 2, {}));
  const std::string worker = take(dir.add_task({Role::kWorker, 0}, files_of(script), 2, {}));
  std::ofstream(dir.broadcast_file(2)) << "1 one\n";
  for (const std::string& task : {chief, worker}) {
    CHECK(fs::is_symlink(in(task, "bc_data_1")));
    CHECK(sys::text_of(in(task, "bc_data_2")) == "1 one\n");
  }
}

}  // namespace
}  // namespace alinktf::worker
