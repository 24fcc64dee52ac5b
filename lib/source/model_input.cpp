#include "source/model_input.hpp"

#include "base/text.hpp"
#include "model/table.hpp"
#include "source/input_reader.hpp"
#include "spec/spec.hpp"

#include <fmt/format.h>

namespace alinktf::source {

namespace {

std::string name_of(const spec::InputSpec& input) {
  return input.file_paths.size() == 1
             ? input.file_paths.front()
             : fmt::format("{} and {} more", input.file_paths.front(), input.file_paths.size() - 1);
}

}  // namespace

Result<Model> unpack_model(const spec::InputSpec& input,
                           const std::string& directory,
                           int cancel_fd) {
  spec::InputSpec spec = input;
  if (spec.schema.empty() && spec.format != spec::Format::kAk) {
    spec.schema = table::model_table_schema();
  }
  const std::string name = name_of(spec);
  ALINKTF_ASSIGN_OR_RETURN(auto rows, InputReader::open(spec, cancel_fd));
  Model model;
  if (!model::is_pipeline(rows->schema())) {
    ALINKTF_ASSIGN_OR_RETURN(model.name, model::unpack_table(*rows, name, directory));
    model.directory = directory;
    return model;
  }
  if (spec.file_paths.front() == "-") {
    return Error(ErrorCode::kInput,
                 fmt::format("input '{}': is a pipeline, which is read twice, but it is standard "
                             "input; expected a file",
                             name));
  }
  const auto open = [&]() -> Result<std::unique_ptr<table::RowReader>> {
    ALINKTF_ASSIGN_OR_RETURN(auto reader, InputReader::open(spec, cancel_fd));
    return std::unique_ptr<table::RowReader>(std::move(reader));
  };
  ALINKTF_ASSIGN_OR_RETURN(model.stages, model::unpack_pipeline(open, name, directory));
  return model;
}

Result<Model> unpack_model(const std::string& path, const std::string& directory, int cancel_fd) {
  const auto format = spec::format_by_ending(path);
  if (!format) {
    return Error(ErrorCode::kInput,
                 fmt::format("model table {}: expected a name that ends in .ak, .csv, .tfrecord or "
                             ".jsonl",
                             quote(path)));
  }
  spec::InputSpec input;
  input.format = *format;
  input.file_paths = {path};
  return unpack_model(input, directory, cancel_fd);
}

}  // namespace alinktf::source
