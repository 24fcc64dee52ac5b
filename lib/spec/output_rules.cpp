// The rules between the keys of the output.
#include "base/text.hpp"
#include "spec/component.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::spec {

namespace {

/// The columns that make the directories must be there, and leave something for the files.
void check_partition_cols(const Node& at, Session& session) {
  const table::Schema& schema = session.draft.spec.output_schema;
  if (schema.empty()) {
    return;  // told, or known when the table is open
  }
  std::vector<std::string_view> known;
  for (const table::Column& column : schema) {
    known.push_back(column.name);
  }
  std::size_t found = 0;
  for (const Node& child : at.children) {
    const std::string_view name = trim(child.text);
    if (table::find_column(schema, name)) {
      ++found;
    } else {
      session.problems.add(child,
                           fmt::format("expected a column of the output, found {}{}",
                                       quote(name),
                                       did_you_mean(name, known)));
    }
  }
  if (found == schema.size()) {
    session.problems.add(at,
                         "expected to leave a column for the files, found all columns of the "
                         "output");
  }
}

/// Standard output is one file.
void check_stdout(Session& session) {
  for (const auto* key : {"output.numFiles", "output.partitionCols"}) {
    const Node* at = session.find(key);
    const bool one = session.draft.spec.output.num_files == 1;
    if (at != nullptr && !(one && at->kind == Kind::kNumber)) {
      session.problems.add(
          *at,
          fmt::format("'{}' makes a directory, but filePath is '-', standard output", at->key));
    }
  }
}

/// A SavedModel is what the rows of a model table hold.
void check_saved_model(const Node& output, Session& session) {
  const Node* at = session.find("output.format");
  const Node& place = at != nullptr ? *at : output;
  if (session.profile == Profile::kJob &&
      family_of(session.draft.spec.component) != Family::kTrain) {
    session.problems.add(
        place,
        fmt::format("'savedmodel' is what train components give, but the component "
                    "is {}",
                    component_name(session.draft.spec.component)));
  } else if (session.draft.spec.output.file_path == "-") {
    session.problems.add(place,
                         "'savedmodel' is a directory, but filePath is '-', standard output");
  }
}

}  // namespace

void check_output(Session& session) {
  OutputSpec& out = session.draft.spec.output;
  const Node* output = session.find("output");
  out.given = output != nullptr;
  if (output == nullptr || output->kind != Kind::kObject) {
    return;
  }
  const Node* path = session.find("output.filePath");
  auto format = session.draft.output_format;
  if (!format && path != nullptr && session.find("output.format") == nullptr) {
    format = format_of(*path, text_of(*path).value_or(""), "output", session);
  }
  if (format) {
    out.format = *format;
    check_format_keys(*output, "output.", members_of(session.fields, "output"), *format, session);
  }
  if (out.format == Format::kAk && path != nullptr && to_lower(out.file_path).ends_with(".gz")) {
    session.problems.add(*path, ".ak files are packed already; leave out the .gz");
  }
  if (out.format == Format::kSavedModel) {
    check_saved_model(*output, session);
  }
  if (out.format == Format::kCsv) {
    check_csv(out.csv, "output.", session);
  }
  if (const Node* at = session.find("output.partitionCols"); at != nullptr) {
    check_partition_cols(*at, session);
  }
  if (out.file_path == "-") {
    check_stdout(session);
  }
}

}  // namespace alinktf::spec
