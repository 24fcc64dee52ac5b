#include "sink/saved_model_output.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace alinktf::sink {

namespace {

namespace fs = std::filesystem;

class Tree final : public model::TreeWriter {
 public:
  explicit Tree(sys::AtomicDirectory& directory) : directory_(directory) {}

  Result<void> add_directory(const std::string& path) override {
    return directory_.add_folder(path);
  }
  Result<void> append(const std::string& path, std::string_view bytes) override {
    return directory_.append(path, bytes);
  }

 private:
  sys::AtomicDirectory& directory_;
};

/// What lies at the top of a SavedModel. A directory with anything else in it is not replaced.
bool is_of_saved_model(std::string_view name) {
  constexpr std::string_view kNames[] = {"saved_model.pb",
                                         "saved_model.pbtxt",
                                         "variables",
                                         "assets",
                                         "assets.extra",
                                         "debug",
                                         "fingerprint.pb",
                                         "keras_metadata.pb"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

Result<void> check_old(const std::string& path) {
  std::error_code error;
  for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!is_of_saved_model(name)) {
      return Error(ErrorCode::kOutput,
                   fmt::format("output '{}': holds {}, which is no part of a SavedModel; it is not "
                               "replaced, choose another path",
                               path,
                               quote(name)));
    }
  }
  return {};  // if it is no directory, AtomicDirectory tells
}

}  // namespace

Result<std::unique_ptr<Output>> SavedModelOutput::open(const spec::OutputSpec& spec,
                                                       const table::Schema& schema) {
  const auto fits = model::check_table_schema(schema, "output");
  if (!fits.ok()) {
    return Error(ErrorCode::kSpec,
                 fmt::format("output: a SavedModel is made of a model table, but the rows have the "
                             "columns {}, expected {}",
                             quote(table::to_string(schema)),
                             table::to_string(table::model_table_schema())));
  }
  if (spec.overwrite_sink) {
    ALINKTF_TRY(check_old(spec.file_path));
  }
  const auto overwrite = spec.overwrite_sink ? sys::Overwrite::kYes : sys::Overwrite::kNo;
  ALINKTF_ASSIGN_OR_RETURN(
      auto directory,
      sys::AtomicDirectory::create(
          spec.file_path, overwrite, [](std::string_view, bool) { return true; }));
  const std::string target = spec.file_path.substr(0, spec.file_path.find_last_not_of('/') + 1);
  const std::string beside = fs::path(target).parent_path().string();
  ALINKTF_ASSIGN_OR_RETURN(
      auto table, model::TableUnpacker::create(spec.file_path, beside.empty() ? "." : beside));
  // The constructor is private, so std::make_unique cannot call it.
  return std::unique_ptr<Output>(new SavedModelOutput(std::move(directory), std::move(table)));
}

Result<void> SavedModelOutput::append(std::span<const table::Cell> row) {
  return table_.add(row[0], row[1]);
}

Result<void> SavedModelOutput::finish() {
  Tree tree(directory_);
  ALINKTF_TRY(table_.unpack(tree));
  return directory_.commit();
}

}  // namespace alinktf::sink
