// What a file's format is, and what follows from it for both directions.
#include "base/text.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>

namespace alinktf::spec {

namespace {

constexpr std::array<std::string_view, 6> kFormatNames = {
    "csv", "tfrecord", "jsonl", "random", "ak", "savedmodel"};

constexpr std::pair<std::string_view, Format> kEndings[] = {{".csv", Format::kCsv},
                                                            {".tfrecord", Format::kTfrecord},
                                                            {".tfrecords", Format::kTfrecord},
                                                            {".jsonl", Format::kJsonl},
                                                            {".ndjson", Format::kJsonl},
                                                            {".ak", Format::kAk}};

/// ".csv" of "A.CSV" and "a.csv.gz".
std::string ending_of(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') {
    path.remove_suffix(1);
  }
  constexpr std::string_view kPacked = ".gz";
  const std::string lower = to_lower(std::filesystem::path(path).filename().string());
  return std::filesystem::path(
             lower.ends_with(kPacked) ? lower.substr(0, lower.size() - kPacked.size()) : lower)
      .extension()
      .string();
}

/// How to say what the endings do not, for the input or the output.
std::string way_to_tell(std::string_view key, Profile profile) {
  return profile == Profile::kJob ? "'format' beside it" : key == "input" ? "--from" : "--to";
}

std::string names_of(const std::vector<Format>& formats) {
  std::string out = formats.size() == 1 ? "format " : "formats ";
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const std::string_view between = i == 0 ? "" : i + 1 < formats.size() ? ", " : " and ";
    out += fmt::format("{}{}", between, format_name(formats[i]));
  }
  return out;
}

}  // namespace

std::string_view format_name(Format format) {
  return kFormatNames[static_cast<std::size_t>(format)];
}

std::optional<Format> format_by_ending(std::string_view path) {
  const std::string ending = ending_of(path);
  for (const auto& [known, format] : kEndings) {
    if (ending == known) {
      return format;
    }
  }
  return {};
}

std::vector<std::string_view> endings_of(Format format) {
  std::vector<std::string_view> endings;
  for (const auto& [ending, known] : kEndings) {
    if (known == format) {
      endings.push_back(ending);
    }
  }
  return endings;
}

std::optional<Format> format_of(const Node& node,
                                const std::string& path,
                                std::string_view key,
                                Session& session) {
  if (path.empty()) {
    return {};  // not a path, and told so
  }
  if (path == "-") {
    return Format::kCsv;
  }
  const auto format = format_by_ending(path);
  const std::string ending = ending_of(path);
  const std::string name = quote(std::filesystem::path(path).filename().string());
  if (!format) {
    session.problems.add(
        node,
        fmt::format("expected a name that ends in .csv, .tfrecord, .tfrecords, .jsonl, .ndjson "
                    "(.gz may follow) or .ak, or {}, found {}{}",
                    way_to_tell(key, session.profile),
                    name,
                    ending == ".tsv" ? R"(; it may be csv with the fieldDelimiter "\t")" : ""));
  }
  return format;
}

void check_format_keys(const Node& node,
                       const std::string& prefix,
                       const std::vector<Field>& fields,
                       Format format,
                       Session& session) {
  for (const Field& field : fields) {
    const Node* at = session.find(fmt::format("{}{}", prefix, field.name));
    if (at != nullptr && !field.is_of(format)) {
      session.problems.add(*at,
                           fmt::format("'{}' belongs to {}, but the format is {}",
                                       at->key,
                                       names_of(field.only),
                                       format_name(format)));
    }
    const bool may_miss =  // schemas can be inferred from the file there
        session.profile == Profile::kTable && std::holds_alternative<SchemaText>(field.value);
    if (at == nullptr && field.is_needed_by(format) && !may_miss) {
      session.problems.add_missing(node, field.name, "missing, expected " + expectation(field));
    }
  }
}

void check_csv(const CsvSpec& csv, const std::string& prefix, Session& session) {
  // The defaults go together, so one of the two that do not is in the file.
  const auto add = [&](std::string_view first, std::string_view second, const std::string& text) {
    const Node* at = session.find(fmt::format("{}{}", prefix, first));
    at = at != nullptr ? at : session.find(fmt::format("{}{}", prefix, second));
    if (at != nullptr) {
      session.problems.add(*at, text);
    }
  };
  const auto meets = [](const std::string& a, const std::string& b) {
    return a.find(b) != std::string::npos || b.find(a) != std::string::npos;
  };
  if (overlaps_itself(csv.row_delimiter)) {
    add("rowDelimiter",
        "fieldDelimiter",
        fmt::format("expected a row delimiter whose end is not its beginning, found {}",
                    quote(csv.row_delimiter)));
  }
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

}  // namespace alinktf::spec
