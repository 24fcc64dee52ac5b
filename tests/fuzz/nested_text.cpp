// Vectors and tensors in Alink's text forms: what has been read is read again from its own text.
#include "formats/text_form/nested_text.hpp"

#include "fuzz/fuzz.hpp"

#include <algorithm>

namespace alinktf::fuzz {
namespace {

using table::ColumnType;

constexpr std::array<ColumnType, 12> kTypes = {ColumnType::kVector,
                                               ColumnType::kDenseVector,
                                               ColumnType::kSparseVector,
                                               ColumnType::kTensor,
                                               ColumnType::kFloatTensor,
                                               ColumnType::kDoubleTensor,
                                               ColumnType::kIntTensor,
                                               ColumnType::kLongTensor,
                                               ColumnType::kBoolTensor,
                                               ColumnType::kByteTensor,
                                               ColumnType::kUbyteTensor,
                                               ColumnType::kStringTensor};

/// Whole numbers of this many digits can ask for more values than a fuzzer has time for.
bool has_large_number(std::string_view text) {
  constexpr std::ptrdiff_t kDigits = 6;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::search_n(text.begin(), text.end(), kDigits, true, [&](char c, bool wanted) {
           return is_digit(c) == wanted;
         }) != text.end();
}

void check(ColumnType type, std::string_view text) {
  Buffer value;
  const auto result = text_form::parse_nested(type, text, value);
  if (!result.ok()) {
    require(result.error().code() == ErrorCode::kInput, "a bad text is an input error");
    require(value.empty(), "nothing is appended for a bad text");
    return;
  }
  Buffer written;
  text_form::append_nested(value.view(), written);
  Buffer again;
  require(text_form::parse_nested(type, written.view(), again).ok(), "what is written is read");
  Buffer twice;
  text_form::append_nested(again.view(), twice);
  require(twice.view() == written.view(), "what is read is written the same");
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  const std::string_view text = Input(data, size).rest();
  if (text.find_first_of(":$") != std::string_view::npos && has_large_number(text)) {
    return 0;
  }
  for (const alinktf::table::ColumnType type : kTypes) {
    check(type, text);
  }
  return 0;
}
