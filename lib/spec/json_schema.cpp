// The JSON Schema (draft 2020-12) of the job file, printed from the table.
#include "base/text.hpp"
#include "spec/component.hpp"
#include "spec/fields.hpp"
#include "spec/session.hpp"
#include "spec/spec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <limits>
#include <string>

namespace alinktf::spec {

namespace {

using Json = nlohmann::ordered_json;

Json object_schema(const std::vector<Field>& fields);

Json text_schema() {
  return {{"type", "string"}};
}
Json filled_text_schema() {
  return {{"type", "string"}, {"minLength", 1}};
}
Json list_schema() {
  return {{"type", "array"}, {"items", filled_text_schema()}};
}

/// The constraints of each kind of value.
struct Constraints {
  Json operator()(const Text& text) const {
    return text.may_be_empty ? text_schema() : filled_text_schema();
  }
  Json operator()(const Delimiter&) const { return filled_text_schema(); }
  Json operator()(const QuoteChar&) const {
    return {{"type", {"string", "null"}}, {"maxLength", 1}};
  }
  Json operator()(const Flag&) const { return {{"type", "boolean"}}; }
  Json operator()(const Integer& integer) const {
    Json schema = {{"type", "integer"}, {"minimum", integer.least}};
    if (integer.most < std::numeric_limits<int>::max()) {
      schema["maximum"] = integer.most;
    }
    return schema;
  }
  Json operator()(const Duration&) const {
    return {{"type", "string"}, {"pattern", "^[0-9]+(ms|s|m|h)$"}};
  }
  Json operator()(const Size&) const {
    return {{"type", "string"}, {"pattern", "^[0-9]+(B|KiB|MiB|GiB|TiB)?$"}};
  }
  Json operator()(const Choice& choice) const {
    Json schema = {{"type", "string"}, {"enum", Json::array()}};
    for (const std::string_view name : choice.names) {
      schema["enum"].push_back(name);
    }
    for (const std::string_view name : choice.names) {
      if (choice.any_case) {
        schema["enum"].push_back(to_lower(name));
      }
    }
    return schema;
  }
  Json operator()(const Names& names) const {
    Json schema = list_schema();
    schema["minItems"] = names.may_be_empty ? 0 : 1;
    schema["uniqueItems"] = true;
    return schema;
  }
  Json operator()(const Texts&) const {
    return {{"type", "object"}, {"additionalProperties", text_schema()}};
  }
  Json operator()(const Path&) const { return filled_text_schema(); }
  Json operator()(const Paths&) const {
    Json schema = list_schema();
    schema["type"] = {"string", "array"};
    schema["minLength"] = 1;
    schema["minItems"] = 1;
    return schema;
  }
  Json operator()(const SchemaText&) const { return filled_text_schema(); }
  Json operator()(const Files&) const {
    const Json file = {{"path", text_schema()}, {"name", filled_text_schema()}};
    const Json alinks = {
        {"filePaths", list_schema()},
        {"fileRenameMap", {{"type", "object"}, {"additionalProperties", filled_text_schema()}}}};
    return {{"type", {"string", "array", "object"}},
            {"items",
             {{"type", {"string", "object"}},
              {"minLength", 1},
              {"properties", file},
              {"required", {"path"}},
              {"additionalProperties", false}}},
            {"properties", alinks},
            {"required", {"filePaths"}},
            {"additionalProperties", false}};
  }
  Json operator()(const Params&) const { return {{"type", {"object", "string"}}}; }
  Json operator()(const ColConfs&) const {
    return {{"type", {"string", "object"}},
            {"minLength", 1},
            {"additionalProperties", filled_text_schema()}};
  }
  Json operator()(const Ignored&) const { return Json::object(); }
  Json operator()(const Later&) const { return false; }
  Json operator()(const Object& object) const { return object_schema(object.fields); }
  Json operator()(const ChoiceOrObject& either) const {
    return {{"oneOf", {(*this)(either.choice), object_schema(either.fields)}}};
  }
  Json operator()(const Objects& list) const {
    return {{"type", "array"}, {"items", object_schema(list.fields)}};
  }
};

Json property(const Field& field) {
  Json schema = std::visit(Constraints{}, field.value);
  schema["description"] = field.description;
  if (field.fallback == "null") {
    Json& type = schema["type"];
    type = type.is_array() ? type : Json::array({type});
    type.push_back("null");
  }
  if (!field.fallback.empty()) {
    schema["default"] = Json::parse(field.fallback);
  }
  return schema;
}

/// True where `field` stands under one of its names, or more.
Json given(const Field& field) {
  Json names = Json::array({{{"required", {field.name}}}});
  for (const std::string_view alias : field.aliases) {
    names.push_back({{"required", {alias}}});
  }
  return names.size() == 1 ? names.front() : Json{{"anyOf", names}};
}

/// Not two names of one key.
Json one_name(const Field& field) {
  Json names = Json::array({field.name});
  for (const std::string_view alias : field.aliases) {
    names.push_back(alias);
  }
  Json pairs = Json::array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = i + 1; j < names.size(); ++j) {
      pairs.push_back({{"required", {names[i], names[j]}}});
    }
  }
  return {{"not", {{"anyOf", pairs}}}};
}

/// What every object of these fields needs.
Json always_needed(const std::vector<Field>& fields) {
  Json all = Json::array();
  for (const Field& field : fields) {
    if (field.is_always_needed()) {
      all.push_back(given(field));
    }
  }
  return all;
}

/// What the fields need where all of `formats` do.
Json needed_by(const std::vector<Field>& fields, const std::vector<Format>& formats) {
  Json all = Json::array();
  for (const Field& field : fields) {
    if (std::all_of(formats.begin(), formats.end(), [&](Format format) {
          return field.is_needed_by(format);
        })) {
      all.push_back(given(field));
    }
  }
  return all;
}

/// A regular expression for paths that tell `format` by their ending, in any case: schemas know no
/// flags.
std::string ending_pattern(Format format) {
  const auto any_case = [](std::string_view text) {
    std::string out;
    for (const char c : text) {
      const char upper = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      out += c == upper ? std::string("\\") + c : std::string{'[', c, upper, ']'};
    }
    return out;
  };
  std::string endings;
  for (const std::string_view ending : endings_of(format)) {
    endings += (endings.empty() ? "" : "|") + any_case(ending);
  }
  return "(" + endings + ")(" + any_case(".gz") + ")?/*$";
}

/// True where there is no format and filePath, or the first of its list, tells `format`.
Json is_told_by_ending(Format format) {
  const Json path = {{"pattern", (format == Format::kCsv ? "^-$|" : "") + ending_pattern(format)}};
  const Json list = {{"type", "array"}, {"prefixItems", {path}}, {"minItems", 1}};
  Json text = path;
  text["type"] = "string";
  return {{"not", {{"required", {"format"}}}},
          {"properties", {{"filePath", {{"anyOf", {text, list}}}}}},
          {"required", {"filePath"}}};
}

/// One rule per format that is given or told; without, the ending of a path tells it, so there must
/// be one.
void add_format_rules(const std::vector<Field>& fields, Json& rules) {
  for (const Format format : {Format::kCsv,
                              Format::kTfrecord,
                              Format::kJsonl,
                              Format::kRandom,
                              Format::kAk,
                              Format::kSavedModel}) {
    if (const Json needs = needed_by(fields, {format}); !needs.empty()) {
      const Json is_given = {{"properties", {{"format", {{"const", format_name(format)}}}}},
                             {"required", {"format"}}};
      rules.push_back({{"if", is_given}, {"then", {{"allOf", needs}}}});
      if (!endings_of(format).empty()) {
        rules.push_back({{"if", is_told_by_ending(format)}, {"then", {{"allOf", needs}}}});
      }
    }
  }
  const Json needs = needed_by(fields, {Format::kCsv, Format::kTfrecord, Format::kJsonl});
  if (!needs.empty()) {
    rules.push_back({{"if", {{"required", {"format"}}}}, {"else", {{"allOf", needs}}}});
  }
}

/// A prediction's model stands under one key, by its component.
Json model_rules(Component component) {
  Json rules = Json::array();
  for (const auto* key : {"modelPath", "modelFilePath"}) {
    const Json is_given = {{"required", {key}}};
    rules.push_back(key == model_key(component) ? is_given : Json{{"not", is_given}});
  }
  return rules;
}

/// One rule per component: the keys of others are not there, and what it needs is.
void add_component_rules(const std::vector<Field>& fields, Json& rules) {
  const Field* component = find_field(fields, "component");
  if (component == nullptr) {
    return;
  }
  for (const std::string_view name : std::get<Choice>(component->value).names) {
    const Family family = family_of(*component_of(name));
    Json then = Json::array();
    if (family == Family::kPredict) {
      then = model_rules(*component_of(name));
    }
    for (const Field& field : fields) {
      if (field.is_needed_by(family)) {
        then.push_back(given(field));
      } else if (!field.is_of(family)) {
        then.push_back({{"not", given(field)}});
      }
    }
    const Json is_given = {{"properties", {{"component", {{"const", name}}}}},
                           {"required", {"component"}}};
    rules.push_back({{"if", is_given}, {"then", {{"allOf", then}}}});
  }
}

Json object_schema(const std::vector<Field>& fields) {
  Json properties = Json::object();
  Json rules = always_needed(fields);
  for (const Field& field : fields) {
    if (std::holds_alternative<Later>(field.value)) {
      continue;
    }
    properties[std::string(field.name)] = property(field);
    for (const std::string_view alias : field.aliases) {
      properties[std::string(alias)] = property(field);
      properties[std::string(alias)]["description"] =
          "The same as " + std::string(field.name) + ".";
    }
    if (!field.aliases.empty()) {
      rules.push_back(one_name(field));
    }
  }
  Json schema = {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  add_format_rules(fields, rules);
  add_component_rules(fields, rules);
  if (!rules.empty()) {
    schema["allOf"] = rules;
  }
  return schema;
}

}  // namespace

std::string json_schema() {
  Draft draft;
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "alinktf job"},
                 {"description", "One run of a TensorFlow script over a table."}};
  schema.update(object_schema(job_fields(draft)));
  return schema.dump(2) + '\n';
}

}  // namespace alinktf::spec
