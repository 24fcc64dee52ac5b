// userParams: what the script gets as user_params.
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "spec/component.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

#include <utility>

namespace alinktf::spec {

namespace {

void set_order(Node& node, std::size_t order) {
  node.order = order;
  for (Node& child : node.children) {
    set_order(child, order);
  }
}

/// The object that the text at `node` stands for.
std::optional<Node> parse_params(const Node& node, Session& session) {
  auto parsed = read_json(node.text);
  if (!parsed.ok()) {
    session.problems.add(
        node,
        fmt::format("expected the JSON text of an object, found at {}", parsed.error().str()));
    return {};
  }
  Node params = std::move(parsed).value();
  set_places(params, node.place);
  set_order(params, node.order);
  drop_doubled_keys(params, session.problems);
  if (params.kind != Kind::kObject) {
    session.problems.add(
        node,
        fmt::format("expected the JSON text of an object, found that of {}", describe(params)));
    return {};
  }
  return params;
}

/// Environment variables and the command line may hold any bytes; JSON may not.
void check_encoding(const Node& node, Session& session) {
  if (!is_utf8(node.key) || (node.kind == Kind::kString && !is_utf8(node.text))) {
    session.problems.add(
        node, "expected UTF-8, found " + quote(is_utf8(node.key) ? node.text : node.key));
  }
  for (const Node& child : node.children) {
    check_encoding(child, session);
  }
}

/// As Alink's batch and train components do: everything but null becomes its own text. Its stream
/// components do not.
void make_text(Node& value) {
  if (value.kind != Kind::kNull && value.kind != Kind::kString) {
    value.text = write_json(value);
    value.children.clear();
    value.kind = Kind::kString;
  }
}

}  // namespace

void check_user_params(Session& session) {
  const Node* node = session.find("userParams");
  if (node == nullptr || (node->kind != Kind::kString && node->kind != Kind::kObject)) {
    return;
  }
  auto params = node->kind == Kind::kString ? parse_params(*node, session) : std::optional(*node);
  if (!params) {
    return;
  }
  check_encoding(*params, session);
  const bool stream = family_of(session.draft.spec.component) == Family::kStream;
  if (!session.draft.native_params && !stream) {
    for (Node& value : params->children) {
      make_text(value);
    }
  }
  session.draft.spec.user_params_json = write_json(*params);
}

}  // namespace alinktf::spec
