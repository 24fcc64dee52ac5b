// The directories of a job: the runtime, and a work dir for each task.
#pragma once

#include "base/result.hpp"
#include "cluster/cluster.hpp"
#include "sys/interruption.hpp"
#include "sys/temp_dir.hpp"
#include "worker/user_files.hpp"

#include <optional>
#include <string>

namespace alinktf::worker {

/// Owns the job's directory under the parent that --work-dir or TMPDIR names; mode 0700, removed at
/// the end unless kept. `<role>-<index>/` is a task's work dir; `runtime/` holds the Python runtime
/// where the user's cache directory cannot.
class WorkDir {
 public:
  /// `cache` is the user's cache directory; empty: there is none. kInternal if the directory cannot
  /// be made or written.
  static Result<WorkDir> create(const std::string& parent,
                                const std::string& job,
                                const std::string& cache);

  [[nodiscard]] const std::string& path() const { return dir_.path(); }
  /// The program that a task's interpreter runs.
  [[nodiscard]] std::string start_script() const { return runtime_ + "/start.py"; }

  /// Make the work dir of `task`: the user files under their own names, links to the main script as
  /// tf_user_main.py and to `broadcasts` broadcast files, and the tensor files. Streams have
  /// neither of the last two: nothing. Returns its path.
  [[nodiscard]] Result<std::string> add_task(cluster::TaskId task,
                                             const UserFiles& files,
                                             std::optional<std::size_t> broadcasts,
                                             const sys::Interruption& interruption) const;

  /// The work dir of a task that add_task() has made, for the task's next attempt: what the script
  /// has left stays, but the tensor files, if there are to be any, are as at first, and the model
  /// that a train component exported is gone. Returns its path.
  [[nodiscard]] Result<std::string> renew_task(cluster::TaskId task, bool tensor_files) const;

  /// Where downloads and what was in archives are kept for the tasks.
  [[nodiscard]] std::string files_folder() const { return path() + "/files"; }

  /// Where broadcast file `number` (from 1) is written for all tasks: their work dirs link to it.
  [[nodiscard]] std::string broadcast_file(std::size_t number) const {
    return path() + "/" + broadcast_name(number);
  }
  /// Its name in a task's work dir.
  static std::string broadcast_name(std::size_t number);

  /// Leave everything on disk when this object goes, or the process.
  void keep();

 private:
  [[nodiscard]] std::string task_dir(cluster::TaskId task) const;

  WorkDir(sys::TempDir dir, std::string runtime)
      : dir_(std::move(dir)), runtime_(std::move(runtime)) {}

  sys::TempDir dir_;
  std::string runtime_;
};

}  // namespace alinktf::worker
