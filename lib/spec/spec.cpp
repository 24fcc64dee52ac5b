#include "spec/spec.hpp"

#include "spec/session.hpp"

#include <fmt/format.h>

#include <utility>

namespace alinktf::spec {

Result<JobSpec> parse(std::string_view text, const Context& context) {
  auto document = read_json(text);
  if (!document.ok()) {
    Problems problems;
    problems.add(0, "", document.error().str());
    return problems.error(context.file);
  }
  Node root = std::move(document).value();
  set_places(root, "");
  Session session(context);
  if (root.kind != Kind::kObject) {
    session.problems.add(root, fmt::format("expected an object, found {}", describe(root)));
    return session.problems.error(context.file);
  }
  drop_doubled_keys(root, session.problems);
  apply_overrides(root, session);
  substitute_environment(root, session);
  read_object(root, session.fields, "", session);
  check_rules(root, session);
  check_user_files(session);
  check_user_params(session);
  if (!session.problems.empty()) {
    return session.problems.error(context.file);
  }
  return std::move(session.draft.spec);
}

Result<JobSpec> parse_table(const Context& context) {
  Node root;
  root.kind = Kind::kObject;
  Session session(context, Profile::kTable);
  apply_overrides(root, session);
  drop_doubled_keys(root, session.problems);
  read_object(root, session.fields, "", session);
  check_rules(root, session);
  if (!session.problems.empty()) {
    return session.problems.error(context.file);
  }
  return std::move(session.draft.spec);
}

}  // namespace alinktf::spec
