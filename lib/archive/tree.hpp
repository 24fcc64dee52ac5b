// A directory that is filled by names which nobody has checked.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace alinktf::archive {

/// The parts of an archive's entry name, "." and doubled slashes left out; no parts for the
/// directory itself. kSpec if the name is absolute, leads out with "..", or a part of it is longer
/// than any file system takes.
Result<std::vector<std::string>> parts_of(std::string_view name);

/// Where a symbolic link may lead.
enum class LinkTarget { kInside, kAnywhere };

/// Makes files, directories and links below one directory. Ways are walked part by part from an
/// open descriptor and never through a symbolic link, so nothing outside is touched whatever the
/// names are. Errors are kSpec if the name is to blame, else kInternal with errno.
///
/// Symbolic links may only say "..", leading, and then names. So each, and each chain of them,
/// stays inside: ".." starts from a real directory, and a name below leads to such a link again.
class Tree {
 public:
  /// `path` is an existing directory.
  static Result<Tree> open(const std::string& path);

  [[nodiscard]] Result<void> add_directory(const std::vector<std::string>& parts,
                                           mode_t mode) const;
  /// An empty file, open for writing; takes the place of what is no directory.
  [[nodiscard]] Result<sys::Fd> add_file(const std::vector<std::string>& parts, mode_t mode) const;
  [[nodiscard]] Result<void> add_symbolic_link(const std::vector<std::string>& parts,
                                               std::string_view target,
                                               LinkTarget allowed = LinkTarget::kInside) const;
  /// `target` is a regular file that is there already.
  [[nodiscard]] Result<void> add_hard_link(const std::vector<std::string>& parts,
                                           const std::vector<std::string>& target) const;

 private:
  enum class Missing { kMake, kFail };

  explicit Tree(sys::Fd root) : root_(std::move(root)) {}
  /// The directory `name` in the directory `at`.
  static Result<sys::Fd> enter(int at, const std::string& name, Missing missing);
  /// The directory that holds the last of `parts`.
  [[nodiscard]] Result<sys::Fd> parent_of(const std::vector<std::string>& parts,
                                          Missing missing) const;
  /// As parent_of(), and the last part's name is free.
  [[nodiscard]] Result<sys::Fd> place_for(const std::vector<std::string>& parts) const;

  sys::Fd root_;
};

}  // namespace alinktf::archive
