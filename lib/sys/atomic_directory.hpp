// Output directories that appear whole or not at all.
#pragma once

#include "base/result.hpp"
#include "sys/atomic_file.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace alinktf::sys {

/// A directory of files being written: the twin of AtomicFile. Files go to a directory
/// `.NAME.alinktf-XXXXXX` beside the target; commit() gives the target its name. Without commit()
/// nothing is left. No file is held open, so there is no limit to their number. Move-only; not
/// thread-safe.
class AtomicDirectory {
 public:
  /// True if an output such as this may have written `name` into a directory.
  using Ours = std::function<bool(std::string_view name, bool directory)>;

  /// Check that `path` can become a directory and make the temporary one. All errors are kOutput:
  /// the target exists (with Overwrite::kNo), is no directory or holds what is not `ours` (links
  /// never are); its folder is missing or not writable. A target that is a symbolic link is
  /// replaced where it points to.
  static Result<AtomicDirectory> create(const std::string& path, Overwrite overwrite, Ours ours);

  AtomicDirectory(AtomicDirectory&& other) noexcept;
  AtomicDirectory& operator=(AtomicDirectory&& other) noexcept;
  AtomicDirectory(const AtomicDirectory&) = delete;
  AtomicDirectory& operator=(const AtomicDirectory&) = delete;
  ~AtomicDirectory();

  /// Append `bytes`, all of them, to `file`, a path below the directory. The file and the folders
  /// on its way are made if they are not there. kOutput with errno.
  Result<void> append(const std::string& file, std::string_view bytes);

  /// Make a folder below the directory, and those above it; it may be there already. kOutput with
  /// errno.
  Result<void> add_folder(const std::string& path);

  /// Flush all to disk and give the directory its name. With Overwrite::kYes it takes the place of
  /// the one that was there, at once where the file system can do that, and that one goes. Last
  /// call.
  ///
  /// kOutput if that fails; the target is as it was then. If something has come to stand at the
  /// target that may not be replaced, it stays and so does the temporary directory, which the
  /// message names: a long job's rows are not thrown away.
  Result<void> commit();

  /// How messages name this output: the path as given.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  AtomicDirectory() = default;

  Result<void> sync() const;
  Result<void> give_name();
  Result<void> replace();
  Error keep(const std::string& why);
  void abandon() noexcept;

  std::string name_;
  std::string target_;
  std::string temporary_;  ///< Not empty: ours to remove.
  Overwrite overwrite_ = Overwrite::kNo;
  Ours ours_;
};

}  // namespace alinktf::sys
