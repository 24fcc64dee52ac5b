#include "formats/example/known_names.hpp"

#include "base/bytes.hpp"

namespace alinktf::example {

void EntryHead::learn(std::string_view entry, const Feature& feature) {
  const auto size = static_cast<std::size_t>(feature.first.data() - entry.data());
  if (size > kMaxBytes || size < sizeof(std::uint64_t)) {
    return;
  }
  entry.copy(bytes_.data(), size);
  size_ = size;
  values_bytes_ = feature.first.size();
  kind_ = feature.kind;
}

const char* EntryHead::match(const char* at, const char* end) const {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (size_ == 0 || static_cast<std::size_t>(end - at) < size_ + values_bytes_) {
    return nullptr;
  }
  // Word by word; the last one may overlap the one before.
  const std::size_t last = size_ - kWord;
  std::uint64_t differences =
      load_le<std::uint64_t>(at + last) ^ load_le<std::uint64_t>(bytes_.data() + last);
  for (std::size_t i = 0; i < last; i += kWord) {
    differences |= load_le<std::uint64_t>(at + i) ^ load_le<std::uint64_t>(bytes_.data() + i);
  }
  return differences == 0 ? at + size_ : nullptr;
}

KnownNames::KnownNames(const table::Schema& schema) {
  Name& first = names_.emplace_back();
  Name& spare = names_.emplace_back();
  first.next = &spare;
  spare.next = &spare;
  Name* before = &first;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    Name& name = add(schema[i].name, static_cast<std::uint32_t>(i));
    before->next = &name;
    before = &name;
  }
}

Name& KnownNames::add(std::string_view text, std::uint32_t column) {
  Name& spare = names_[1];
  Name& name =
      names_.emplace_back(Name{.text = std::string(text), .column = column, .next = &spare});
  by_text_.emplace(name.text, &name);
  return name;
}

Name& KnownNames::find(std::string_view text, Name& before) {
  if (before.next->text == text && before.next != &names_[1]) {
    return *before.next;
  }
  const auto found = by_text_.find(text);
  if (found == by_text_.end() && by_text_.size() >= kMaxNames) {
    Name& spare = names_[1];
    spare.text = text;
    return spare;
  }
  Name& name = found == by_text_.end() ? add(text, Name::kNoColumn) : *found->second;
  before.next = &name;
  return name;
}

}  // namespace alinktf::example
