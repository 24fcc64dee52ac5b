// One value of the job file, by its kind.
#include "base/text.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace alinktf::spec {

namespace {

constexpr std::chrono::hours kLongest(87600);

std::optional<std::int64_t> integer_of(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return {};
  }
  return value;
}

std::optional<std::chrono::milliseconds> duration_of(const std::string& text) {
  static constexpr std::pair<std::string_view, std::chrono::milliseconds> kUnits[] = {
      {"ms", std::chrono::milliseconds(1)},
      {"s", std::chrono::seconds(1)},
      {"m", std::chrono::minutes(1)},
      {"h", std::chrono::hours(1)}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = integer_of(text.substr(0, digits));
  for (const auto& [name, unit] : kUnits) {
    if (name == std::string_view(text).substr(digits) && count && *count <= kLongest / unit) {
      return *count * unit;
    }
  }
  return {};
}

/// Bytes of "512MiB"; binary units, because memory and files are meant.
std::optional<std::uint64_t> size_of(const std::string& text) {
  static constexpr std::pair<std::string_view, unsigned> kUnits[] = {
      {"", 0}, {"B", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}};
  constexpr std::int64_t kMost = std::int64_t{1} << 50U;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = integer_of(text.substr(0, digits));
  for (const auto& [name, shift] : kUnits) {
    if (name == std::string_view(text).substr(digits) && count && *count <= kMost >> shift) {
      return static_cast<std::uint64_t>(*count) << shift;
    }
  }
  return {};
}

/// Reads `node` into a value of each kind; false if it is not what the field expects.
class Reading {
 public:
  Reading(const Node& node, const Field& field, std::string name, Session& session)
      : node_(node), field_(field), name_(std::move(name)), session_(session) {}

  bool operator()(const Text& text) const {
    const auto found = text_of(node_);
    if (!found || (found->empty() && !text.may_be_empty)) {
      return false;
    }
    if (found->find('\0') != std::string::npos) {
      session_.problems.add(node_, "expected text without NUL, found " + quote(*found));
    }
    *text.to = *found;
    return true;
  }
  bool operator()(const Delimiter& delimiter) const {
    const auto found = text_of(node_);
    if (!found || found->empty()) {
      return false;
    }
    *delimiter.to = *found;
    return true;
  }
  bool operator()(const QuoteChar& quote_char) const {
    const auto found = node_.kind == Kind::kNull ? std::string() : text_of(node_);
    const bool one_ascii = found && found->size() == 1 && (found->front() & 0x80) == 0;
    if (!found || (!found->empty() && !one_ascii)) {
      return false;
    }
    *quote_char.to = found->empty() ? std::nullopt : std::optional(found->front());
    return true;
  }
  bool operator()(const Flag& flag) const {
    *flag.to = node_.text == "true";
    return node_.kind == Kind::kBool;
  }
  bool operator()(const Integer& integer) const {
    const auto found = node_.kind == Kind::kNumber ? integer_of(node_.text) : std::nullopt;
    if (!found || *found < integer.least || *found > integer.most) {
      return false;
    }
    integer.set(*found);
    return true;
  }
  bool operator()(const Duration& duration) const {
    const auto found = node_.kind == Kind::kString ? duration_of(node_.text) : std::nullopt;
    if (!found || *found < duration.least) {
      return false;
    }
    duration.set(*found);
    return true;
  }
  bool operator()(const Size& size) const {
    const auto found = node_.kind == Kind::kString ? size_of(node_.text) : std::nullopt;
    if (!found || *found < size.least) {
      return false;
    }
    size.set(*found);
    return true;
  }
  bool operator()(const Choice& choice) const;
  bool operator()(const Names& names) const;
  bool operator()(const Texts& texts) const;
  bool operator()(const Path& path) const {
    const auto found = text_of(node_);
    if (!found) {
      return false;
    }
    *path.to = *found == "-" ? *found : resolve_path(node_, *found, session_).value_or("");
    return true;
  }
  bool operator()(const Paths& paths) const;
  bool operator()(const SchemaText& schema) const {
    if (node_.kind != Kind::kString) {
      return false;
    }
    auto parsed = table::parse_schema(node_.text);
    if (parsed.ok()) {
      *schema.to = std::move(parsed).value();
    } else {
      session_.problems.add(node_, parsed.error().str());
    }
    return true;
  }
  bool operator()(const Files& /*files*/) const {
    return text_of(node_) || node_.kind == Kind::kArray || node_.kind == Kind::kObject;
  }
  bool operator()(const Params& /*params*/) const {
    return node_.kind == Kind::kObject || node_.kind == Kind::kString;
  }
  bool operator()(const ColConfs& confs) const;
  bool operator()(const Ignored& /*ignored*/) const { return true; }
  bool operator()(const Later& later) const {
    if (later.harmless.empty() || write_json(node_) != later.harmless) {
      session_.problems.add(
          node_,
          fmt::format(
              "'{}' is not supported by this version; {}",
              field_.name,
              later.harmless.empty() ? "remove it" : fmt::format("supported: {}", later.harmless)));
    }
    return true;
  }
  bool operator()(const Object& object) const {
    if (node_.kind == Kind::kObject) {
      read_object(node_, object.fields, name_ + '.', session_);
    }
    return node_.kind == Kind::kObject;
  }
  bool operator()(const ChoiceOrObject& either) const {
    return node_.kind == Kind::kObject ? (*this)(Object{either.fields}) : (*this)(either.choice);
  }
  bool operator()(const Objects& list) const;

 private:
  const Node& node_;
  const Field& field_;
  std::string name_;
  Session& session_;
};

bool Reading::operator()(const Choice& choice) const {
  const auto index = [&](const std::vector<std::string_view>& names) {
    const auto found = std::find_if(names.begin(), names.end(), [&](std::string_view name) {
      return name == node_.text || (choice.any_case && equal_ignoring_case(name, node_.text));
    });
    return static_cast<std::size_t>(found - names.begin());
  };
  if (node_.kind != Kind::kString) {
    return false;
  }
  if (const std::size_t i = index(choice.names); i < choice.names.size()) {
    if (choice.set) {
      choice.set(i);
    }
  } else if (index(choice.later) < choice.later.size()) {
    session_.problems.add(node_,
                          fmt::format("{} is not supported by this version; supported: {}",
                                      quote(node_.text),
                                      joined(choice.names)));
  } else {
    session_.problems.add(node_,
                          fmt::format("expected {}, found {}{}",
                                      expectation(field_),
                                      describe(node_),
                                      did_you_mean(node_.text, choice.names)));
  }
  return true;
}

bool Reading::operator()(const Paths& paths) const {
  if (const auto one = text_of(node_)) {
    std::string path;
    const bool read = (*this)(Path{&path});
    *paths.to = {path};
    return read;
  }
  if (node_.kind != Kind::kArray || node_.children.empty()) {
    return false;
  }
  for (const Node& child : node_.children) {
    const auto text = text_of(child);
    if (!text) {
      session_.problems.add(child, "expected a file's path, found " + describe(child));
    } else if (*text == "-" && node_.children.size() > 1) {
      session_.problems.add(child,
                            "expected a file's path, found '-' among others; standard input is "
                            "read alone");
    } else {
      paths.to->push_back(*text == "-" ? *text : resolve_path(child, *text, session_).value_or(""));
    }
  }
  return true;
}

/// An object becomes the text that Alink takes.
bool Reading::operator()(const ColConfs& confs) const {
  if (node_.kind != Kind::kObject) {
    *confs.to = text_of(node_).value_or("");
    return !trim(*confs.to).empty();
  }
  for (const Node& child : node_.children) {
    if (child.key.find_first_of(":;") != std::string::npos) {
      session_.problems.add(child, "expected a name without : and ;, found " + quote(child.key));
    } else if (child.kind != Kind::kString) {
      session_.problems.add(
          child,
          fmt::format("expected a distribution such as \"uniform(0,1)\", found {}",
                      describe(child)));
    } else {
      *confs.to += fmt::format("{}{}:{}", confs.to->empty() ? "" : ";", child.key, child.text);
    }
  }
  return true;
}

bool Reading::operator()(const Objects& list) const {
  if (node_.kind != Kind::kArray) {
    return false;
  }
  for (std::size_t i = 0; i < node_.children.size(); ++i) {
    const Node& child = node_.children[i];
    if (child.kind == Kind::kObject) {
      read_object(child, list.fields, fmt::format("{}.{}.", name_, i), session_);
    } else {
      session_.problems.add(child, "expected an object, found " + describe(child));
    }
    list.added();
  }
  return true;
}

bool Reading::operator()(const Names& names) const {
  if (node_.kind != Kind::kArray || (node_.children.empty() && !names.may_be_empty)) {
    return false;
  }
  std::vector<std::string> found;
  for (const Node& child : node_.children) {
    const std::string name(trim(text_of(child).value_or("")));
    if (name.empty()) {
      session_.problems.add(child,
                            fmt::format("expected a {}, found {}", names.what, describe(child)));
      return true;
    }
    if (std::any_of(found.begin(), found.end(), [&](const std::string& earlier) {
          return equal_ignoring_case(earlier, name);
        })) {
      session_.problems.add(
          child, fmt::format("expected different {}s, found {} twice", names.what, quote(name)));
    }
    found.push_back(name);
  }
  *names.to = std::move(found);
  return true;
}

bool Reading::operator()(const Texts& texts) const {
  if (node_.kind != Kind::kObject) {
    return false;
  }
  for (const Node& child : node_.children) {
    const auto text = text_of(child);
    if (child.key.empty() ||
        child.key.find_first_of(std::string_view("=\0", 2)) != std::string::npos) {
      session_.problems.add(child,
                            "expected a variable's name without '=', found " + quote(child.key));
    } else if (child.key == "TF_CONFIG" || child.key == "ALINKTF_ATTEMPT") {
      session_.problems.add(
          child, fmt::format("{} is made for every task and cannot be given", child.key));
    } else if (!text || text->find('\0') != std::string::npos) {
      session_.problems.add(child, fmt::format("expected a string, found {}", describe(child)));
    } else {
      (*texts.to)[child.key] = *text;
    }
  }
  return true;
}

}  // namespace

void read_value(const Node& node, const Field& field, const std::string& name, Session& session) {
  if (!std::visit(Reading(node, field, name, session), field.value)) {
    session.problems.add(node,
                         fmt::format("expected {}, found {}", expectation(field), describe(node)));
  }
}

}  // namespace alinktf::spec
