#include "model/packed_model.hpp"

#include "base/text.hpp"
#include "formats/text_form/base64.hpp"
#include "model/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace alinktf::model {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRowBytes = std::size_t{1} << 20U;  // of the archive; Alink's size
constexpr std::size_t kReadBytes = std::size_t{128} << 10U;

Error bad(const std::string& directory, std::string_view what) {
  return {ErrorCode::kInput, fmt::format("input '{}': {}", directory, what)};
}

}  // namespace

PackedModel::PackedModel(std::string directory, std::string name)
    : schema_(table::model_table_schema()),
      directory_(std::move(directory)),
      archive_name_(std::move(name)),
      piece_(kReadBytes, '\0') {}

Result<std::unique_ptr<PackedModel>> PackedModel::open(const std::string& directory) {
  const std::string plain = directory.substr(0, directory.find_last_not_of('/') + 1);
  std::error_code error;
  if (!fs::is_directory(plain, error)) {
    return bad(directory, "is no directory, expected that of a SavedModel");
  }
  if (!fs::is_regular_file(plain + "/saved_model.pb", error) &&
      !fs::is_regular_file(plain + "/saved_model.pbtxt", error)) {
    return bad(directory, "holds no saved_model.pb, expected the directory of a SavedModel");
  }
  // The constructor is private, so std::make_unique cannot call it.
  std::unique_ptr<PackedModel> model(
      new PackedModel(plain, fs::path(plain).filename().string() + ".zip"));
  ALINKTF_TRY(model->list(""));
  return model;
}

/// The entries of a directory, then those of the directories in it.
Result<void> PackedModel::list(const std::string& below) {
  std::error_code error;
  std::vector<std::string> folders;
  std::vector<std::string> files;
  for (fs::directory_iterator at(directory_ + "/" + below, error), end; !error && at != end;
       at.increment(error)) {
    const std::string path = below + at->path().filename().string();
    if (at->is_directory(error) && !at->is_symlink(error)) {
      folders.push_back(path + '/');
    } else if (at->is_regular_file(error)) {
      files.push_back(path);
    } else {
      return bad(directory_, fmt::format("holds {}, expected files and directories", quote(path)));
    }
  }
  if (error) {
    return os_error(
        ErrorCode::kInput, fmt::format("input '{}': list it", directory_), error.value());
  }
  std::sort(folders.begin(), folders.end());
  std::sort(files.begin(), files.end());
  for (const auto* names : {&folders, &files}) {
    paths_.insert(paths_.end(), names->begin(), names->end());
  }
  for (const std::string& folder : folders) {
    ALINKTF_TRY(list(folder));
  }
  return {};
}

Result<void> PackedModel::pack_some() {
  if (file_ != nullptr) {
    ALINKTF_ASSIGN_OR_RETURN(const std::size_t got, file_->read(piece_.data(), piece_.size()));
    if (got != 0) {
      return zip_.add({piece_.data(), got}, packed_);
    }
    file_.reset();
    return zip_.end(packed_);
  }
  if (next_ == paths_.size()) {
    zip_.finish(packed_);
    finished_ = true;
    return {};
  }
  const std::string& path = paths_[next_++];
  if (path.ends_with('/')) {
    zip_.add_directory(path, packed_);
    return {};
  }
  ALINKTF_ASSIGN_OR_RETURN(file_, sys::FileSource::open(directory_ + "/" + path));
  zip_.begin(path, packed_);
  return {};
}

Result<void> PackedModel::read(table::RowBlock& block) {
  block.clear();
  table::Cell* const row = block.next_row();
  if (row_ == 0) {
    row[0] = table::Cell::of_integer(row_++);
    row[1] = table::Cell::of_bytes(archive_name_);
    block.add_row();
    return {};
  }
  while (packed_.size() < kRowBytes && !finished_) {
    ALINKTF_TRY(pack_some());
  }
  if (packed_.empty()) {
    return {};
  }
  const std::size_t size = std::min(packed_.size(), kRowBytes);
  text_.clear();
  text_form::append_base64(packed_.view().substr(0, size), text_);
  packed_.consume(size);
  row[0] = table::Cell::of_integer(row_++);
  row[1] = table::Cell::of_bytes(text_.view());
  block.add_row();
  return {};
}

}  // namespace alinktf::model
