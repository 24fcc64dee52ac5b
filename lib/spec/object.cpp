// The members of an object: unknown and missing keys, and keys given by two of their names.
#include "base/text.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

namespace alinktf::spec {

namespace {

std::vector<std::string_view> known_keys(const std::vector<Field>& fields) {
  std::vector<std::string_view> keys;
  for (const Field& field : fields) {
    if (!std::holds_alternative<Later>(field.value)) {
      keys.push_back(field.name);
      keys.insert(keys.end(), field.aliases.begin(), field.aliases.end());
    }
  }
  return keys;
}

/// "/input, /output": the objects of the table that have `key`.
std::string homes(std::string_view key, const std::vector<Field>& table) {
  std::string out = find_field(table, key) == nullptr ? "" : "the top level";
  for (const Field& field : table) {
    const Object* object = std::get_if<Object>(&field.value);
    if (object != nullptr && find_field(object->fields, key) != nullptr) {
      out += fmt::format("{}/{}", out.empty() ? "" : " and ", field.name);
    }
  }
  return out;
}

std::string unknown_key(std::string_view key,
                        const std::vector<Field>& fields,
                        const std::vector<Field>& table) {
  if (const std::string found = homes(key, table); !found.empty()) {
    return fmt::format("unknown key here, expected in {}", found);
  }
  const std::vector<std::string_view> known = known_keys(fields);
  const std::string guess = did_you_mean(key, known);
  return "unknown key" + (guess.empty() ? ", expected one of " + joined(known) : guess);
}

}  // namespace

void read_object(const Node& object,
                 const std::vector<Field>& fields,
                 const std::string& prefix,
                 Session& session) {
  std::map<const Field*, const Node*> seen;
  for (const Node& child : object.children) {
    const Field* field = find_field(fields, child.key);
    if (field == nullptr) {
      session.problems.add(child, unknown_key(child.key, fields, session.fields));
      continue;
    }
    if (const auto [earlier, first] = seen.emplace(field, &child); !first) {
      session.problems.add(
          child,
          fmt::format("'{}' and '{}' are names of the same key, expected one of them",
                      earlier->second->key,
                      child.key));
      continue;
    }
    if (child.kind == Kind::kNull && field->fallback == "null") {
      continue;
    }
    const std::string name = prefix + std::string(field->name);
    session.given[name] = &child;
    read_value(child, *field, name, session);
  }
  for (const Field& field : fields) {
    if (field.is_always_needed() && seen.count(&field) == 0) {
      session.problems.add_missing(object, field.name, "missing, expected " + expectation(field));
    }
  }
}

}  // namespace alinktf::spec
