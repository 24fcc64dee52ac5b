#include "formats/jsonl/element_survey.hpp"

#include "formats/jsonl/text.hpp"
#include "formats/text_form/plain_number.hpp"

namespace alinktf::jsonl {

using table::Element;

namespace {

/// What kinds of values stand in a tensor.
struct Kinds {
  bool numbers = false;
  bool fractions = false;
  bool booleans = false;
  bool texts = false;

  [[nodiscard]] Element element() const {
    if (numbers) {
      return fractions ? Element::kDouble : Element::kLong;
    }
    return texts ? Element::kString : booleans ? Element::kBoolean : Element::kDouble;
  }
};

/// Note the kind of the number or word at `at`: its end. Anything else is skipped.
const char* survey_word(const char* at, Kinds& kinds) {
  constexpr std::string_view kNumber = "0123456789+-.eE";
  const char* const first = at;
  if (text_form::plain::is_digit(*at) || *at == '-' || *at == 'N' || *at == 'I') {
    kinds.numbers = true;
    for (; kNumber.find(*at) != std::string_view::npos; ++at) {
      kinds.fractions = kinds.fractions || *at == '.' || *at == 'e' || *at == 'E';
    }
    kinds.fractions = kinds.fractions || *at == 'N' || *at == 'I';
  }
  kinds.booleans = kinds.booleans || *at == 't' || *at == 'f';
  while ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z') {
    ++at;
  }
  return at == first ? at + 1 : at;
}

}  // namespace

Element survey(char* at, const char* end) {
  Kinds kinds;
  std::size_t depth = 0;
  while (at != end) {
    if (*at == '[') {
      ++depth;
      ++at;
    } else if (*at == ']') {
      --depth;
      ++at;
    } else if (*at == '"') {
      kinds.texts = true;
      const TextScan text = scan_text(at + 1, end);
      at = text.valid ? text.end + 1 : text.end;
    } else if (*at == ',' || *at == ' ' || *at == '\t' || *at == '\r') {
      ++at;
    } else {
      at += survey_word(at, kinds) - at;
    }
    if (depth == 0) {
      break;
    }
  }
  return kinds.element();
}

}  // namespace alinktf::jsonl
