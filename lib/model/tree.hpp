// Where the files of a model are written to.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace alinktf::model {

/// Takes directories and files, by paths that lead nowhere else (see is_safe_path()).
class TreeWriter {
 public:
  TreeWriter() = default;
  TreeWriter(const TreeWriter&) = delete;
  TreeWriter& operator=(const TreeWriter&) = delete;
  TreeWriter(TreeWriter&&) = delete;
  TreeWriter& operator=(TreeWriter&&) = delete;
  virtual ~TreeWriter() = default;

  /// Make a directory and those above it; it may be there already.
  virtual Result<void> add_directory(const std::string& path) = 0;
  /// Append to a file, which is made with the directories above it.
  virtual Result<void> append(const std::string& path, std::string_view bytes) = 0;
};

/// Writes below a folder of our own that exists.
class FolderWriter final : public TreeWriter {
 public:
  explicit FolderWriter(std::string folder) : folder_(std::move(folder)) {}

  Result<void> add_directory(const std::string& path) override;
  Result<void> append(const std::string& path, std::string_view bytes) override;

 private:
  std::string folder_;
};

/// True if `path`, which may end with '/', leads to a place below where it starts: no empty parts,
/// no "." and "..", nothing absolute, no control characters.
bool is_safe_path(std::string_view path);

}  // namespace alinktf::model
