#include "sink/output.hpp"

#include "sink/compression.hpp"
#include "sink/file_output.hpp"
#include "sink/part_files.hpp"
#include "sink/partitioned_output.hpp"
#include "sink/saved_model_output.hpp"
#include "sink/split_output.hpp"
#include "sink/table_printer.hpp"
#include "sys/atomic_file.hpp"

#include <fmt/format.h>

namespace alinktf::sink {

namespace {

sys::Overwrite overwrite_of(const spec::OutputSpec& spec) {
  return spec.overwrite_sink ? sys::Overwrite::kYes : sys::Overwrite::kNo;
}

bool is_binary(const spec::OutputSpec& spec) {
  return spec.format == spec::Format::kTfrecord || spec.format == spec::Format::kAk ||
         compression_of(spec) != spec::Compression::kNone;
}

Result<std::unique_ptr<Output>> open_file(const spec::OutputSpec& spec,
                                          const table::Schema& schema,
                                          Display display,
                                          Life life) {
  ALINKTF_ASSIGN_OR_RETURN(auto format, make_row_format(spec, schema));
  ALINKTF_ASSIGN_OR_RETURN(auto file,
                           life == Life::kGrowing
                               ? sys::AtomicFile::create_growing(spec.file_path, overwrite_of(spec))
                               : sys::AtomicFile::create(spec.file_path, overwrite_of(spec)));
  if (is_binary(spec)) {
    if (file.is_terminal()) {
      return Error(ErrorCode::kOutput,
                   fmt::format("output '{}': is a terminal, but the output is binary; send it to a "
                               "file or a pipe",
                               file.name()));
    }
  } else if (display == Display::kTable && spec.format == spec::Format::kCsv) {
    return std::unique_ptr<Output>(std::make_unique<TablePrinter>(std::move(file), schema, life));
  }
  return std::unique_ptr<Output>(
      std::make_unique<FileOutput>(std::move(file), std::move(format), compression_of(spec), life));
}

Result<PartFiles> open_parts(const spec::OutputSpec& spec, const table::Schema& file_schema) {
  if (spec.file_path == "-" || spec.file_path == "/dev/stdout") {
    return Error(ErrorCode::kSpec,
                 "output: numFiles and partitionCols make a directory, but filePath is standard "
                 "output");
  }
  ALINKTF_ASSIGN_OR_RETURN(auto format, make_row_format(spec, file_schema));
  ALINKTF_ASSIGN_OR_RETURN(
      auto directory,
      sys::AtomicDirectory::create(spec.file_path, overwrite_of(spec), PartFiles::ours));
  return PartFiles(std::move(directory), std::move(format), compression_of(spec));
}

}  // namespace

Result<std::unique_ptr<Output>> open_output(const spec::OutputSpec& spec,
                                            const table::Schema& schema,
                                            Display display,
                                            Life life) {
  if (spec.format == spec::Format::kSavedModel) {
    return SavedModelOutput::open(spec, schema);
  }
  const auto num_files = static_cast<std::size_t>(spec.num_files);
  if (!spec.partition_cols.empty()) {
    ALINKTF_ASSIGN_OR_RETURN(auto columns, PartitionColumns::find(schema, spec.partition_cols));
    ALINKTF_ASSIGN_OR_RETURN(auto files, open_parts(spec, columns.file_schema));
    return std::unique_ptr<Output>(std::make_unique<PartitionedOutput>(
        std::move(files), schema, std::move(columns), num_files));
  }
  if (num_files > 1) {
    ALINKTF_ASSIGN_OR_RETURN(auto files, open_parts(spec, schema));
    return SplitOutput::open(std::move(files), num_files);
  }
  return open_file(spec, schema, display, life);
}

}  // namespace alinktf::sink
