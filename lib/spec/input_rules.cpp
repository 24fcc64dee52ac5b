// The rules between the keys of an input.
#include "base/text.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace alinktf::spec {

namespace {

/// True for col0 … col(count-1).
bool is_generated_name(const std::string& name, std::int64_t count) {
  constexpr std::string_view kStem = "col";
  std::int64_t index = count;
  std::from_chars(
      name.data() + std::min(kStem.size(), name.size()), name.data() + name.size(), index);
  return index >= 0 && index < count &&
         equal_ignoring_case(name, fmt::format("{}{}", kStem, index));
}

class InputRules {
 public:
  InputRules(const Node& node, const std::string& prefix, InputDraft& draft, Session& session)
      : node_(node), prefix_(prefix), draft_(draft), session_(session) {}

  void check() {
    const auto format = find_format();
    if (!format) {
      return;
    }
    draft_.spec.format = *format;
    check_format_keys(node_, prefix_, members_of(session_.fields, "input"), *format, session_);
    check_paths();
    if (*format == Format::kRandom) {
      check_random();
      return;
    }
    check_bad_rows();
    if (*format == Format::kCsv) {
      check_first_line();
      check_csv(draft_.spec.csv, prefix_, session_);
    }
    if (*format == Format::kTfrecord) {
      check_schema_need();
    }
  }

 private:
  [[nodiscard]] const Node* find(std::string_view key) const {
    return session_.find(fmt::format("{}{}", prefix_, key));
  }
  [[nodiscard]] bool is_main() const { return prefix_ == "input."; }

  std::optional<Format> find_format();
  void check_paths();
  void check_random();
  void check_bad_rows();
  void check_first_line();
  void check_schema_need();
  [[nodiscard]] std::string_view columns_user() const;

  const Node& node_;
  const std::string& prefix_;
  InputDraft& draft_;
  Session& session_;
};

/// What the input is; nothing if that has not been said rightly.
std::optional<Format> InputRules::find_format() {
  if (draft_.format || find("format") != nullptr) {
    return draft_.format;
  }
  const Node* path = find("filePath");
  if (path == nullptr) {
    session_.problems.add_missing(
        node_, "filePath", R"(missing, expected a file's path; or give "format": "random")");
    return {};
  }
  const std::vector<std::string>& paths = draft_.spec.file_paths;
  if (paths.empty()) {
    return {};  // not paths, and told so
  }
  const bool list = path->kind == Kind::kArray && !path->children.empty();
  const auto first = format_of(list ? path->children.front() : *path, paths[0], "input", session_);
  for (std::size_t i = 1; i < paths.size() && first; ++i) {
    const auto other = format_by_ending(paths[i]);
    if (other && *other != *first) {
      session_.problems.add(
          path->children[i],
          fmt::format("expected files of one format, found {} ({}) beside {} ({})",
                      quote(std::filesystem::path(paths[i]).filename().string()),
                      format_name(*other),
                      quote(std::filesystem::path(paths[0]).filename().string()),
                      format_name(*first)));
    }
  }
  return first;
}

void InputRules::check_paths() {
  const std::vector<std::string>& paths = draft_.spec.file_paths;
  if (std::find(paths.begin(), paths.end(), "-") == paths.end()) {
    return;
  }
  if (!is_main()) {
    session_.problems.add(
        *find("filePath"),
        "expected a file's path, found '-': standard input can be read by 'input' alone");
  }
  if (const Node* partitions = find("partitions"); partitions != nullptr) {
    session_.problems.add(*partitions,
                          "'partitions' chooses among directories, but filePath is '-'");
  }
}

void InputRules::check_random() {
  InputSpec& in = draft_.spec;
  if (!draft_.id_col.empty()) {
    in.id_col = draft_.id_col;
  }
  const Node* names = find("outputCols");
  if (names != nullptr) {
    in.num_cols = static_cast<std::int64_t>(in.output_cols.size());  // they decide, as in Alink
  } else if (find("numCols") == nullptr) {
    session_.problems.add_missing(
        node_, "numCols", "missing, expected an integer of at least 1, or 'outputCols'");
  }
  if (!in.id_col) {
    return;
  }
  const std::vector<std::string>& cols = in.output_cols;
  const bool again = std::any_of(cols.begin(), cols.end(), [&](const std::string& name) {
    return equal_ignoring_case(name, *in.id_col);
  });
  if (again) {
    session_.problems.add(*names,
                          fmt::format("expected different column names, found the idCol {} again",
                                      quote(*in.id_col)));
  } else if (cols.empty() && is_generated_name(*in.id_col, in.num_cols)) {
    session_.problems.add(*find("idCol"),
                          fmt::format("expected another name than the generated columns, found {}",
                                      quote(*in.id_col)));
  }
}

/// onBadRow and lenient are two names of one thing.
void InputRules::check_bad_rows() {
  BadRowSpec& rows = draft_.spec.bad_rows;
  auto action = draft_.on_bad_row;
  const Node* at = find("onBadRow");
  if (at != nullptr && at->kind == Kind::kObject) {
    action = BadRowSpec::Action::kReject;
    if (rows.rejects == "-") {
      session_.problems.add(*find("onBadRow.rejects"), "expected a file's path, found '-'");
    }
  }
  const auto lenient = draft_.lenient ? BadRowSpec::Action::kSkip : BadRowSpec::Action::kFail;
  if (action && find("lenient") != nullptr && *action != lenient) {
    session_.problems.add(*at,
                          "expected one of 'onBadRow' and 'lenient', found both, and they differ");
  }
  rows.action = action.value_or(lenient);
}

/// A skipped first line and a checked first line exclude each other.
void InputRules::check_first_line() {
  if (draft_.spec.csv.header && draft_.spec.ignore_first_line) {
    session_.problems.add(
        *find("header"),
        "expected one of 'header' and 'ignoreFirstLine', found both: header reads the "
        "first line already");
  }
}

/// The key that needs the columns of the records; empty if none does.
std::string_view InputRules::columns_user() const {
  if (!is_main()) {
    return "broadcastInputs";
  }
  const JobSpec& job = session_.draft.spec;
  for (const auto& [key, given] : {std::pair("select", !job.select.empty()),
                                   std::pair("where", !job.where.empty()),
                                   std::pair("selectedCols", !job.selected_cols.empty())}) {
    if (given) {
      return key;
    }
  }
  if (draft_.spec.bad_rows.action == BadRowSpec::Action::kFail) {
    return "";
  }
  return find("onBadRow") != nullptr ? "onBadRow" : "lenient";
}

/// TFRecord files go through undecoded without a schema; some keys need what is in the records.
void InputRules::check_schema_need() {
  if (find("schemaStr") != nullptr || session_.profile == Profile::kTable) {
    return;
  }
  const std::string_view key = columns_user();
  if (!key.empty()) {
    session_.problems.add_missing(
        node_,
        "schemaStr",
        fmt::format("missing, expected the columns of the records, such as \"id long, name "
                    "string\": without it they pass unread, and '{}' needs their columns",
                    key));
  }
}

}  // namespace

void check_input(const Node& node, const std::string& prefix, InputDraft& draft, Session& session) {
  InputRules(node, prefix, draft, session).check();
}

}  // namespace alinktf::spec
