// The user files of a job on this machine.
#pragma once

#include "archive/unpack.hpp"
#include "base/result.hpp"
#include "fetch/download.hpp"
#include "spec/job_spec.hpp"
#include "sys/interruption.hpp"

#include <string>
#include <vector>

namespace alinktf::worker {

struct UserFileLimits {
  fetch::Limits download;
  archive::Limits archive;  ///< of each
  /// Of the tasks, whose work directories need some names themselves.
  spec::Family family = spec::Family::kBatch;
};

/// User files, downloaded and unpacked once, ready to be put into the tasks' work directories:
/// links to files and directories, and a copy for each task of what was in an archive, so that
/// tasks cannot disturb each other.
class UserFiles {
 public:
  UserFiles() = default;

  /// kSpec with the file's place in the job file if one of those on this machine may not be read.
  static Result<void> check(const std::vector<spec::UserFile>& files);

  /// Check the files, download remote ones and unpack archives into `folder`, which is made if that
  /// is needed. `main_script` is the path of one of `files`: it is not there under its own name.
  ///
  /// kSpec with the file's place in the job file if it cannot be had, or if what is in an archive
  /// has a name that another file or archive has as well or that the work directory needs;
  /// kInternal if `folder` cannot be written; the error of `interruption`.
  static Result<UserFiles> prepare(const std::vector<spec::UserFile>& files,
                                   const std::string& main_script,
                                   const std::string& folder,
                                   const UserFileLimits& limits,
                                   const sys::Interruption& interruption);

  /// The main script's path on this machine.
  [[nodiscard]] const std::string& main_script() const { return main_script_; }

  /// Put all into the work directory `dir` of a task. kInternal; the error of `interruption`.
  [[nodiscard]] Result<void> place(const std::string& dir,
                                   const sys::Interruption& interruption) const;

 private:
  class Preparing;
  struct Link {
    std::string name;
    std::string target;
  };
  /// What was in an archive.
  struct Tree {
    std::string directory;  ///< in the work directory; empty: itself
    std::string path;
    std::string place;    ///< of the archive in the job file
    std::string archive;  ///< its name, for messages
  };

  std::string main_script_;
  std::vector<Link> links_;
  std::vector<Tree> trees_;
};

}  // namespace alinktf::worker
