// The rules between keys.
#include "base/text.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>

namespace alinktf::spec {

namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::string_view kFormatNames[] = {"csv", "tfrecord", "jsonl", "random"};

std::string_view format_name(Format format) {
  return kFormatNames[static_cast<std::size_t>(format)];
}

void check_name(Session& session) {
  std::string& name = session.draft.spec.name;
  const Node* at = session.find("name");
  if (at == nullptr) {
    name = std::filesystem::path(session.context.file).stem().string();
    name = name.empty() || name == "-" ? "job" : name;
    return;
  }
  const bool plain = std::none_of(name.begin(), name.end(), [](char c) {
    return c == '/' || (static_cast<unsigned char>(c) < 0x20) || c == 0x7F;
  });
  if (!name.empty() && (!plain || name == "." || name == ".." || name.size() > kLongestName)) {
    session.problems.add(*at,
                         fmt::format("expected a name that a directory may have (no /, no control "
                                     "characters, at most {} bytes), found {}",
                                     kLongestName,
                                     quote(name)));
  }
}

/// CSV if the file's ending says so; otherwise nothing and a problem.
std::optional<Format> format_of(const Node& path, Session& session) {
  if (text_of(path).value_or("").empty()) {
    return {};  // not a path, and told so
  }
  const std::string ending = to_lower(std::filesystem::path(path.text).extension().string());
  if (path.text == "-" || ending == ".csv") {
    return Format::kCsv;
  }
  for (const std::string_view later : {".tfrecord", ".tfrecords", ".jsonl", ".ak", ".gz"}) {
    if (ending == later) {
      session.problems.add(
          path,
          fmt::format("the format of {} is not supported by this version; supported: csv",
                      quote(path.text)));
      return {};
    }
  }
  session.problems.add(
      path,
      fmt::format("expected a name that ends in .csv, or 'format' beside it, found {}",
                  quote(path.text)));
  return {};
}

/// What `input` is; nothing if that has not been said rightly.
std::optional<Format> input_format(const Node& input, Session& session) {
  const Node* path = session.find("input.filePath");
  if (session.draft.format || session.find("input.format") != nullptr) {
    const bool packed = session.draft.format == Format::kCsv && path != nullptr &&
                        to_lower(std::filesystem::path(path->text).extension().string()) == ".gz";
    if (packed) {
      session.problems.add(*path,
                           "compressed files are not supported by this version; unpack it first");
    }
    return session.draft.format;
  }
  if (path == nullptr) {
    session.problems.add_missing(
        input, "filePath", R"(missing, expected a file's path; or give "format": "random")");
    return {};
  }
  return format_of(*path, session);
}

/// Keys of other formats are refused, since they would do nothing; those it needs must be there.
void check_format_keys(const Node& input, Format format, Session& session) {
  for (const Field& field : members_of(session.fields, "input")) {
    const Node* at = session.find(fmt::format("input.{}", field.name));
    if (at != nullptr && field.only && *field.only != format) {
      session.problems.add(*at,
                           fmt::format("'{}' belongs to format {}, but the format is {}",
                                       at->key,
                                       format_name(*field.only),
                                       format_name(format)));
    }
    if (at == nullptr && field.only == format && field.presence == Presence::kRequired) {
      session.problems.add_missing(input, field.name, "missing, expected " + expectation(field));
    }
  }
}

/// True for col0 … col(count-1).
bool is_generated_name(const std::string& name, std::int64_t count) {
  constexpr std::string_view kStem = "col";
  std::int64_t index = count;
  std::from_chars(
      name.data() + std::min(kStem.size(), name.size()), name.data() + name.size(), index);
  return index >= 0 && index < count &&
         equal_ignoring_case(name, fmt::format("{}{}", kStem, index));
}

void check_random(const Node& input, Session& session) {
  InputSpec& in = session.draft.spec.input;
  if (!session.draft.id_col.empty()) {
    in.id_col = session.draft.id_col;
  }
  const Node* names = session.find("input.outputCols");
  if (names != nullptr) {
    in.num_cols = static_cast<std::int64_t>(in.output_cols.size());  // they decide, as in Alink
  } else if (session.find("input.numCols") == nullptr) {
    session.problems.add_missing(
        input, "numCols", "missing, expected an integer of at least 1, or 'outputCols'");
  }
  if (!in.id_col) {
    return;
  }
  const std::vector<std::string>& cols = in.output_cols;
  const bool again = std::any_of(cols.begin(), cols.end(), [&](const std::string& name) {
    return equal_ignoring_case(name, *in.id_col);
  });
  if (again) {
    session.problems.add(*names,
                         fmt::format("expected different column names, found the idCol {} again",
                                     quote(*in.id_col)));
  } else if (cols.empty() && is_generated_name(*in.id_col, in.num_cols)) {
    session.problems.add(*session.find("input.idCol"),
                         fmt::format("expected another name than the generated columns, found {}",
                                     quote(*in.id_col)));
  }
}

/// A skipped first line and a checked first line exclude each other, as do two words on bad rows.
void check_csv_switches(Session& session) {
  InputSpec& in = session.draft.spec.input;
  if (in.csv.header && in.ignore_first_line) {
    session.problems.add(
        *session.find("input.header"),
        "expected one of 'header' and 'ignoreFirstLine', found both: header reads the "
        "first line already");
  }
  const auto skip = session.draft.skip_bad_rows;
  if (skip && session.find("input.lenient") != nullptr && *skip != session.draft.lenient) {
    session.problems.add(
        *session.find("input.onBadRow"),
        fmt::format("expected one of 'onBadRow' and 'lenient', found both, and they differ"));
  }
  if (skip.value_or(session.draft.lenient)) {
    in.bad_rows.action = BadRowSpec::Action::kSkip;
  }
}

/// `side` is "input." or "output.".
void check_csv(const CsvSpec& csv, std::string_view side, Session& session) {
  // The defaults go together, so one of the two that do not is in the file.
  const auto add = [&](std::string_view first, std::string_view second, const std::string& text) {
    const Node* at = session.find(fmt::format("{}{}", side, first));
    at = at != nullptr ? at : session.find(fmt::format("{}{}", side, second));
    if (at != nullptr) {
      session.problems.add(*at, text);
    }
  };
  const auto meets = [](const std::string& a, const std::string& b) {
    return a.find(b) != std::string::npos || b.find(a) != std::string::npos;
  };
  if (meets(csv.field_delimiter, csv.row_delimiter)) {
    add("fieldDelimiter",
        "rowDelimiter",
        fmt::format(
            "expected delimiters that do not contain each other, found {} between fields and "
            "{} between rows",
            quote(csv.field_delimiter),
            quote(csv.row_delimiter)));
  }
  for (const auto& [key, delimiter] : {std::pair("fieldDelimiter", csv.field_delimiter),
                                       std::pair("rowDelimiter", csv.row_delimiter)}) {
    if (csv.quote_char && delimiter.find(*csv.quote_char) != std::string::npos) {
      add(key,
          "quoteChar",
          fmt::format("expected a delimiter without the quote character, found {} and {}",
                      quote(delimiter),
                      quote(std::string(1, *csv.quote_char))));
    }
  }
}

/// The columns that `input` has before any select.
std::vector<std::string> input_columns(const InputSpec& in) {
  std::vector<std::string> names;
  for (const table::Column& column : in.schema) {
    names.push_back(column.name);
  }
  if (in.id_col) {
    names.push_back(*in.id_col);
  }
  names.insert(names.end(), in.output_cols.begin(), in.output_cols.end());
  for (std::int64_t i = 0; in.output_cols.empty() && i < in.num_cols; ++i) {
    names.push_back(fmt::format("col{}", i));
  }
  return names;
}

/// With a select, its result decides; the source checks then.
void check_selected_cols(Session& session) {
  const Node* at = session.find("selectedCols");
  const std::vector<std::string> columns = input_columns(session.draft.spec.input);
  if (at == nullptr || columns.empty() || !session.draft.spec.select.empty()) {
    return;
  }
  const std::vector<std::string_view> known(columns.begin(), columns.end());
  for (const Node& child : at->children) {
    const std::string_view name = trim(child.text);
    const bool found = std::any_of(known.begin(), known.end(), [&](std::string_view column) {
      return equal_ignoring_case(column, name);
    });
    if (!found && !name.empty()) {
      session.problems.add(child,
                           fmt::format("expected a column of the input, found {}{}",
                                       quote(name),
                                       did_you_mean(name, known)));
    }
  }
}

void check_output(Session& session) {
  OutputSpec& out = session.draft.spec.output;
  out.given = session.find("output") != nullptr;
  const Node* path = session.find("output.filePath");
  if (path != nullptr && session.find("output.format") == nullptr) {
    format_of(*path, session);
  }
  check_csv(out.csv, "output.", session);
}

}  // namespace

void check_rules(Session& session) {
  JobSpec& spec = session.draft.spec;
  spec.select = trim(spec.select);
  spec.where = trim(spec.where);
  check_name(session);
  if (const Node* input = session.find("input"); input != nullptr && input->kind == Kind::kObject) {
    if (const auto format = input_format(*input, session)) {
      spec.input.format = *format;
      check_format_keys(*input, *format, session);
      if (*format == Format::kRandom) {
        check_random(*input, session);
      } else {
        check_csv_switches(session);
        check_csv(spec.input.csv, "input.", session);
      }
      check_selected_cols(session);
    }
  }
  check_output(session);
  if (!session.draft.input_path.empty()) {
    spec.input.file_paths = {session.draft.input_path};
  }
}

}  // namespace alinktf::spec
