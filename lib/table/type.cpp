#include "table/type.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace alinktf::table {

namespace {

struct Name {
  std::string_view text;
  ColumnType type;
  bool takes_arguments = false;  ///< As in VARCHAR(20): accepted, and without effect.
};

// Alink's names, then what SQL and common sense add.
constexpr std::array kNames = {
    Name{"STRING", ColumnType::kString},
    Name{"VARCHAR", ColumnType::kString, true},
    Name{"BOOLEAN", ColumnType::kBoolean},
    Name{"BYTE", ColumnType::kByte},
    Name{"TINYINT", ColumnType::kByte},
    Name{"SHORT", ColumnType::kShort},
    Name{"SMALLINT", ColumnType::kShort},
    Name{"INT", ColumnType::kInt},
    Name{"LONG", ColumnType::kLong},
    Name{"BIGINT", ColumnType::kLong},
    Name{"FLOAT", ColumnType::kFloat},
    Name{"DOUBLE", ColumnType::kDouble},
    Name{"DECIMAL", ColumnType::kDecimal, true},
    Name{"DATE", ColumnType::kDate},
    Name{"SQL_DATE", ColumnType::kDate},
    Name{"TIME", ColumnType::kTime, true},
    Name{"SQL_TIME", ColumnType::kTime},
    Name{"TIMESTAMP", ColumnType::kTimestamp, true},
    Name{"SQL_TIMESTAMP", ColumnType::kTimestamp},
    Name{"VECTOR", ColumnType::kVector},
    Name{"DENSE_VECTOR", ColumnType::kDenseVector},
    Name{"SPARSE_VECTOR", ColumnType::kSparseVector},
    Name{"TENSOR", ColumnType::kTensor},
    Name{"FLOAT_TENSOR", ColumnType::kFloatTensor},
    Name{"DOUBLE_TENSOR", ColumnType::kDoubleTensor},
    Name{"INT_TENSOR", ColumnType::kIntTensor},
    Name{"LONG_TENSOR", ColumnType::kLongTensor},
    Name{"BOOL_TENSOR", ColumnType::kBoolTensor},
    Name{"BYTE_TENSOR", ColumnType::kByteTensor},
    Name{"STRING_TENSOR", ColumnType::kStringTensor},
    Name{"UBYTE_TENSOR", ColumnType::kUbyteTensor},
    Name{"VARBINARY", ColumnType::kVarbinary, true},
    Name{"INTEGER", ColumnType::kInt},
    Name{"BOOL", ColumnType::kBoolean},
    Name{"REAL", ColumnType::kFloat},
    Name{"DOUBLE PRECISION", ColumnType::kDouble},
    Name{"NUMERIC", ColumnType::kDecimal, true},
    Name{"TEXT", ColumnType::kString},
    Name{"CHAR", ColumnType::kString, true},
    Name{"BINARY", ColumnType::kVarbinary, true},
    Name{"BYTES", ColumnType::kVarbinary},
};

/// True for "(20)" and "(10, 2)".
bool is_argument_list(std::string_view text) {
  return text.size() > 2 && text.front() == '(' && text.back() == ')' &&
         text.find_first_not_of("0123456789, ", 1) == text.size() - 1 &&
         text.find_first_of("0123456789") == 1;
}

/// `text` in upper case, with single blanks between words.
std::string normalised(std::string_view text) {
  std::string out;
  for (const char c : trim(text)) {
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

}  // namespace

std::optional<ColumnType> parse_type(std::string_view name) {
  const std::string text = normalised(name);
  std::string_view word = text;
  const std::size_t paren = word.find('(');
  const bool has_arguments = paren != std::string_view::npos;
  if (has_arguments) {
    if (!is_argument_list(word.substr(paren))) {
      return std::nullopt;
    }
    word = trim(word.substr(0, paren));
  }
  for (const std::string_view prefix : {"VEC_TYPES_", "TENSOR_TYPES_"}) {
    if (word.starts_with(prefix)) {
      word.remove_prefix(prefix.size());
      break;
    }
  }
  const auto* const found = std::find_if(
      kNames.begin(), kNames.end(), [&](const Name& known) { return known.text == word; });
  if (found == kNames.end() || (has_arguments && !found->takes_arguments)) {
    return std::nullopt;
  }
  return found->type;
}

std::string_view type_name(ColumnType type) {
  switch (type) {
    case ColumnType::kByte:
      return "TINYINT";
    case ColumnType::kShort:
      return "SMALLINT";
    case ColumnType::kLong:
      return "BIGINT";
    default:
      break;
  }
  // The first name of every other type in the table is the one that Alink prints.
  const auto* const found = std::find_if(
      kNames.begin(), kNames.end(), [&](const Name& known) { return known.type == type; });
  ALINKTF_ASSERT(found != kNames.end());
  return found->text;
}

Storage storage(ColumnType type) {
  switch (type) {
    case ColumnType::kBoolean:
    case ColumnType::kByte:
    case ColumnType::kShort:
    case ColumnType::kInt:
    case ColumnType::kLong:
      return Storage::kInteger;
    case ColumnType::kFloat:
    case ColumnType::kDouble:
      return Storage::kReal;
    case ColumnType::kDecimal:
    case ColumnType::kString:
    case ColumnType::kVarbinary:
    case ColumnType::kDate:
    case ColumnType::kTime:
    case ColumnType::kTimestamp:
      return Storage::kBytes;
    default:
      return Storage::kNested;
  }
}

std::optional<FeatureKind> feature_kind(ColumnType type) {
  switch (type) {
    case ColumnType::kFloat:
    case ColumnType::kDouble:
    case ColumnType::kDecimal:
    case ColumnType::kVector:
    case ColumnType::kDenseVector:
    case ColumnType::kSparseVector:
    case ColumnType::kFloatTensor:
    case ColumnType::kDoubleTensor:
      return FeatureKind::kFloatList;
    case ColumnType::kIntTensor:
    case ColumnType::kLongTensor:
    case ColumnType::kBoolTensor:
    case ColumnType::kUbyteTensor:
      return FeatureKind::kInt64List;
    case ColumnType::kTensor:
      return std::nullopt;
    default:
      return storage(type) == Storage::kInteger ? FeatureKind::kInt64List : FeatureKind::kBytesList;
  }
}

}  // namespace alinktf::table
