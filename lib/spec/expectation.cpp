// What a key's value must be, in words.
#include "spec/fields.hpp"

#include <fmt/format.h>

#include <limits>

namespace alinktf::spec {

namespace {

struct InWords {
  std::string operator()(const Text& text) const {
    return text.may_be_empty ? "a string" : std::string(text.what);
  }
  std::string operator()(const Delimiter&) const { return "a string that is not empty"; }
  std::string operator()(const QuoteChar&) const {
    return "one ASCII character, or null or an empty string for none";
  }
  std::string operator()(const Flag&) const { return "true or false"; }
  std::string operator()(const Integer& integer) const {
    // Limits of the machine's types would tell a reader nothing.
    return integer.most >= std::numeric_limits<int>::max()
               ? fmt::format("an integer of at least {}", integer.least)
               : fmt::format("an integer from {} to {}", integer.least, integer.most);
  }
  std::string operator()(const Duration& duration) const {
    return fmt::format(
        "a duration such as \"30s\" (an integer and ms, s, m or h; at least {}ms, at most 87600h)",
        duration.least.count());
  }
  std::string operator()(const Size&) const {
    return "a size such as \"512MiB\" (an integer and B, KiB, MiB, GiB or TiB)";
  }
  std::string operator()(const Choice& choice) const { return expectation(choice); }
  std::string operator()(const Names& names) const {
    return fmt::format(
        "a list of {}different {}s", names.may_be_empty ? "" : "one or more ", names.what);
  }
  std::string operator()(const Texts&) const { return "an object of strings"; }
  std::string operator()(const Path&) const { return "a file's path"; }
  std::string operator()(const Paths&) const { return "a file's path, or a list of paths"; }
  std::string operator()(const SchemaText&) const {
    return "a schema string such as \"id long, name string\"";
  }
  std::string operator()(const Files&) const {
    return "a path, a list of paths, or Alink's object of filePaths and fileRenameMap";
  }
  std::string operator()(const Params&) const {
    return "an object, or a string with its JSON text";
  }
  std::string operator()(const ColConfs&) const {
    return "a string such as \"col0:uniform(0,1);col1:gauss(0,2)\", or an object such as "
           "{\"col0\": \"uniform(0,1)\"}";
  }
  std::string operator()(const Ignored&) const { return "anything"; }
  std::string operator()(const Later&) const { return "nothing"; }
  std::string operator()(const Object&) const { return "an object"; }
  std::string operator()(const ChoiceOrObject& either) const {
    std::vector<std::string_view> names;
    for (const Field& field : either.fields) {
      names.push_back(field.name);
    }
    return fmt::format("{}, or an object of {}", expectation(either.choice), joined(names));
  }
  std::string operator()(const Objects&) const { return "a list of objects"; }
};

}  // namespace

std::string expectation(const Field& field) {
  return std::visit(InWords{}, field.value);
}

std::string expectation(const Choice& choice) {
  return (choice.names.size() == 1 ? "" : "one of ") + joined(choice.names);
}

std::string joined(const std::vector<std::string_view>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace alinktf::spec
