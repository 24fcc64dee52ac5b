// A directory of our own that goes away with its owner.
#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>
#include <utility>

namespace alinktf::sys {

/// Owns a directory tree and removes it on destruction, unless keep() was called. Symbolic links
/// in it are removed, never followed. Move-only.
class TempDir {
 public:
  using Announce = std::function<void(const std::string& path)>;

  /// Make `<parent>/<prefix>XXXXXX`, mode 0700. kInternal, naming `parent`, if that fails.
  /// `announce`, if given, gets the path before there is anything.
  static Result<TempDir> create(const std::string& parent,
                                const std::string& prefix,
                                const Announce& announce = {});

  /// Own the directory of another process of ours, which has ended.
  static TempDir adopt(std::string path) { return TempDir(std::move(path)); }

  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) noexcept;
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();

  /// Absolute if `parent` was; empty after a move or remove().
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Leave the tree on disk when this object goes.
  void keep() { keep_ = true; }

  /// Remove the tree now, kept or not, and say if something could not be removed (kInternal).
  /// Nothing is tried again on destruction.
  Result<void> remove();

 private:
  explicit TempDir(std::string path) : path_(std::move(path)) {}

  std::string path_;
  bool keep_ = false;
};

}  // namespace alinktf::sys
