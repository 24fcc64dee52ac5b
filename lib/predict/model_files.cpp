#include "predict/model_files.hpp"

#include "archive/unpack.hpp"
#include "base/text.hpp"
#include "source/model_input.hpp"
#include "spec/spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace alinktf::predict {

namespace {

namespace fs = std::filesystem;

/// The folders below `path` that hold SavedModels, for messages and for archives.
std::vector<std::string> models_below(const std::string& path) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.is_directory(error) && tensorflow::is_saved_model(entry.path().string())) {
      found.push_back(entry.path().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<std::string> check_folder(const std::string& path) {
  if (tensorflow::is_saved_model(path)) {
    return path;
  }
  const auto below = models_below(path);
  return Error(ErrorCode::kInput,
               fmt::format("there is no saved_model.pb in {}, expected the folder of a "
                           "SavedModel{}",
                           quote(path),
                           below.empty() ? "" : fmt::format("; {} is one", quote(below.back()))));
}

/// The name of an archive without its endings.
std::string stem_of(const std::string& path) {
  std::string name = fs::path(path).filename().string();
  for (const std::string_view ending : {".zip", ".tgz", ".tar.gz"}) {
    if (to_lower(name).ends_with(ending)) {
      return name.substr(0, name.size() - ending.size());
    }
  }
  return fs::path(name).stem().string();
}

Result<std::string> unpack_archive(const std::string& path,
                                   const std::string& scratch,
                                   const sys::Interruption& interruption) {
  const auto unpacked = archive::unpack(path, scratch, {}, interruption);
  if (!unpacked.ok()) {
    // A user's file is kSpec there; a model is an input.
    return unpacked.error().code() == ErrorCode::kSpec
               ? Error(ErrorCode::kInput, unpacked.error().str())
               : unpacked.error();
  }
  const std::string named = (fs::path(scratch) / stem_of(path)).string();
  for (const std::string& folder : {scratch, named}) {
    if (tensorflow::is_saved_model(folder)) {
      return folder;
    }
  }
  const auto below = models_below(scratch);
  if (below.size() == 1) {
    return below.front();
  }
  return Error(ErrorCode::kInput,
               fmt::format("the archive {} holds no saved_model.pb, neither at its root nor in a "
                           "folder {}",
                           quote(path),
                           quote(stem_of(path))));
}

}  // namespace

Result<ModelFiles> open_model(const std::string& path,
                              const std::string& scratch,
                              int cancel_fd,
                              std::function<Result<void>()> check) {
  ModelFiles files;
  std::error_code error;
  // A directory of several files of model rows has their ending: model.ak/.
  if (fs::is_directory(path, error) && !path.ends_with(".ak") && !path.ends_with(".csv")) {
    ALINKTF_ASSIGN_OR_RETURN(files.model.folder, check_folder(path));
  } else if (!fs::exists(path, error)) {
    return Error(ErrorCode::kInput,
                 fmt::format("the model {} is not there, expected the folder of a SavedModel, an "
                             "archive or a file of model rows",
                             quote(path)));
  } else if (spec::is_archive_name(path)) {
    ALINKTF_ASSIGN_OR_RETURN(
        files.model.folder,
        unpack_archive(path, scratch, {.check = std::move(check), .fd = cancel_fd}));
  } else {
    ALINKTF_ASSIGN_OR_RETURN(auto unpacked, source::unpack_model(path, scratch, cancel_fd));
    files.model.folder = std::move(unpacked.directory);
    files.stages = std::move(unpacked.stages);
  }
  if (files.stages.empty()) {
    ALINKTF_ASSIGN_OR_RETURN(files.model.graphs, tensorflow::read_saved_model(files.model.folder));
  }
  return files;
}

}  // namespace alinktf::predict
