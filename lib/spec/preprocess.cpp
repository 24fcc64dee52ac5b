// What happens to the document before its keys are read: doubled keys, --set, ${env:NAME}.
#include "base/text.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

namespace alinktf::spec {

namespace {

/// The steps of a JSON pointer ("/input/filePath") or a dotted key ("input.filePath"); none if
/// malformed.
std::vector<std::string> steps_of(std::string_view key) {
  const bool pointer = !key.empty() && key.front() == '/';
  key.remove_prefix(pointer ? 1 : 0);
  std::vector<std::string> steps(1);
  for (std::size_t i = 0; i < key.size(); ++i) {
    const bool escape = pointer && key[i] == '~' && i + 1 < key.size();
    if (key[i] == (pointer ? '/' : '.')) {
      steps.emplace_back();
    } else if (escape && (key[i + 1] == '0' || key[i + 1] == '1')) {
      steps.back() += key[++i] == '0' ? '~' : '/';
    } else {
      steps.back() += key[i];
    }
  }
  const bool complete = std::none_of(
      steps.begin(), steps.end(), [](const std::string& step) { return step.empty(); });
  return complete ? steps : std::vector<std::string>();
}

void mark_override(Node& node, std::size_t order) {
  node.from_override = true;
  node.order = order;
  for (Node& child : node.children) {
    mark_override(child, order);
  }
}

Node override_value(const Setting& setting, std::size_t order) {
  Node node;
  if (auto parsed = read_json(setting.value); parsed.ok()) {
    node = std::move(parsed).value();
  } else {
    node.kind = Kind::kString;
    node.text = setting.value;
  }
  mark_override(node, order);
  set_places(node, setting.place.empty() ? "--set " + setting.key : setting.place);
  return node;
}

/// The member or element `step` of `at`; the last one if it is doubled, null if there is none.
/// A key that the table knows is found by any of its names.
Node* child_of(Node& at, const std::string& step, const Field* field) {
  if (at.kind == Kind::kArray) {
    std::size_t index = at.children.size();
    std::from_chars(step.data(), step.data() + step.size(), index);
    return index < at.children.size() && std::to_string(index) == step ? &at.children[index]
                                                                       : nullptr;
  }
  const auto found = std::find_if(at.children.rbegin(), at.children.rend(), [&](const Node& child) {
    return child.key == step || (field != nullptr && field->is_called(child.key));
  });
  return found == at.children.rend() ? nullptr : &*found;
}

/// One --set: where it goes, and putting it there.
class Override {
 public:
  Override(std::string key, Node value, Session& session)
      : key_(std::move(key)), value_(std::move(value)), session_(session) {}

  void apply(Node& root) {
    const std::vector<std::string> steps = steps_of(key_);
    if (steps.empty()) {
      session_.problems.add(
          value_, "expected a key such as numWorkers or input.filePath, or a JSON pointer");
      return;
    }
    Node* at = &root;
    const std::vector<Field>* fields = &session_.fields;
    for (std::size_t i = 0; i + 1 < steps.size() && at != nullptr; ++i) {
      const Field* field = fields == nullptr ? nullptr : find_field(*fields, steps[i]);
      const bool in_list = at->kind == Kind::kArray;
      at = descend(*at, steps[i], field);
      if (!in_list) {  // else the members are those of any element
        fields = field == nullptr ? nullptr : field->members();
      }
    }
    if (at != nullptr) {
      put(*at, steps.back(), fields == nullptr ? nullptr : find_field(*fields, steps.back()));
    }
  }

 private:
  Node* descend(Node& at, const std::string& step, const Field* field) {
    if (Node* child = child_of(at, step, field); child != nullptr) {
      return child;
    }
    if (at.kind != Kind::kObject) {
      refuse(at, step);
      return nullptr;
    }
    Node object;
    object.kind = Kind::kObject;
    object.key = step;
    object.place = member_place(at, step);
    object.order = value_.order;
    return &at.children.emplace_back(std::move(object));
  }

  void put(Node& at, const std::string& step, const Field* field) {
    if (at.kind == Kind::kArray) {
      if (Node* element = child_of(at, step, nullptr); element != nullptr) {
        *element = std::move(value_);
      } else if (step == "-" || step == std::to_string(at.children.size())) {
        at.children.push_back(std::move(value_));
      } else {
        refuse(at, step);
      }
    } else if (at.kind == Kind::kObject) {
      while (const Node* old = child_of(at, step, field)) {
        at.children.erase(at.children.begin() + (old - at.children.data()));
      }
      value_.key = step;
      at.children.push_back(std::move(value_));
    } else {
      refuse(at, step);
    }
  }

  void refuse(const Node& at, const std::string& step) {
    session_.problems.add(value_,
                          fmt::format("{} is {}, which has no {}",
                                      at.place.empty() ? "the job file" : at.place,
                                      describe(at),
                                      quote(step)));
  }

  std::string key_;
  Node value_;
  Session& session_;
};

bool is_name(std::string_view text) {
  return !text.empty() &&
         text.find_first_of(std::string_view("=${ \0", 5)) == std::string_view::npos;
}

/// The text of the variable in `reference`, "${env:NAME}"; empty and a problem if there is none.
std::string variable(std::string_view reference, const Node& at, Session& session) {
  const std::string name(reference.substr(6, reference.size() - 7));
  if (reference.back() != '}' || !is_name(name)) {
    session.problems.add(
        at,
        fmt::format("expected ${{env:NAME}}, found {} ($${{ stands for ${{)", quote(reference)));
    return {};
  }
  const auto value = session.context.environment ? session.context.environment(name) : std::nullopt;
  if (!value) {
    session.problems.add(
        at,
        fmt::format("the environment variable '{}' is not set; set it ($${{ stands for ${{)",
                    name));
  }
  return value.value_or("");
}

std::string substituted(std::string_view text, const Node& at, Session& session) {
  constexpr std::string_view kEscape = "$${";
  constexpr std::string_view kStart = "${env:";
  std::string out;
  while (!text.empty()) {
    std::size_t taken = 1;
    if (text.substr(0, kEscape.size()) == kEscape) {
      out += "${";
      taken = kEscape.size();
    } else if (text.substr(0, kStart.size()) == kStart) {
      taken = std::min(text.find('}'), text.size() - 1) + 1;
      out += variable(text.substr(0, taken), at, session);
    } else {
      out += text.front();
    }
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace

void drop_doubled_keys(Node& node, Problems& problems) {
  if (node.kind == Kind::kObject) {
    std::set<std::string, std::less<>> keys;
    std::vector<Node> kept;
    for (Node& child : node.children) {
      if (keys.insert(child.key).second) {
        kept.push_back(std::move(child));
      } else {
        problems.add(child,
                     fmt::format("the key {} stands twice, expected once", quote(child.key)));
      }
    }
    node.children = std::move(kept);
  }
  for (Node& child : node.children) {
    drop_doubled_keys(child, problems);
  }
}

void apply_overrides(Node& root, Session& session) {
  // After everything in the file, in the order of the command line.
  std::size_t order = std::numeric_limits<std::size_t>::max() - session.context.overrides.size();
  for (const Setting& setting : session.context.overrides) {
    Override(setting.key, override_value(setting, order), session).apply(root);
    ++order;
  }
}

void substitute_environment(Node& node, Session& session) {
  if (node.kind == Kind::kString) {
    node.text = substituted(node.text, node, session);
  }
  for (Node& child : node.children) {
    substitute_environment(child, session);
  }
}

}  // namespace alinktf::spec
