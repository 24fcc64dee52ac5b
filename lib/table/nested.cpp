#include "table/nested.hpp"

#include "base/assert.hpp"

namespace alinktf::table {

namespace {

// u8 kind, u8 element, u16 rank, u32 zero, u64 count, i64 dims[rank], i64 positions[count] (sparse
// vectors), values: numbers packed, texts as u32 sizes[count] and then their bytes.
constexpr std::size_t kRankAt = 2;
constexpr std::size_t kCountAt = 8;
constexpr std::size_t kDimsAt = 16;

void append_head(Buffer& out,
                 NestedKind kind,
                 Element element,
                 std::span<const std::int64_t> dims,
                 std::size_t count) {
  ALINKTF_ASSERT(dims.size() <= NestedView::kMaxRank);
  char* const to = out.reserve(kDimsAt + dims.size_bytes());
  store_le(to, std::uint64_t{0});
  store_le(to, kind);
  store_le(to + 1, element);
  store_le(to + kRankAt, static_cast<std::uint16_t>(dims.size()));
  store_le(to + kCountAt, static_cast<std::uint64_t>(count));
  out.commit(kDimsAt);
  append_values(out, dims);
}

template <typename T>
T value_at(const char* values, std::size_t index) {
  return load_le<T>(values + index * sizeof(T));
}

}  // namespace

std::size_t element_bytes(Element element) {
  switch (element) {
    case Element::kFloat:
    case Element::kInt:
      return 4;
    case Element::kDouble:
    case Element::kLong:
      return 8;
    case Element::kString:
      return 0;
    default:
      return 1;
  }
}

std::optional<Element> element_of(ColumnType type) {
  switch (type) {
    case ColumnType::kFloatTensor:
      return Element::kFloat;
    case ColumnType::kDoubleTensor:
      return Element::kDouble;
    case ColumnType::kIntTensor:
      return Element::kInt;
    case ColumnType::kLongTensor:
      return Element::kLong;
    case ColumnType::kBoolTensor:
      return Element::kBoolean;
    case ColumnType::kByteTensor:
      return Element::kByte;
    case ColumnType::kUbyteTensor:
      return Element::kUbyte;
    case ColumnType::kStringTensor:
      return Element::kString;
    default:
      return std::nullopt;
  }
}

NestedView::NestedView(std::string_view bytes)
    : kind_(load_le<NestedKind>(bytes.data())),
      element_(load_le<Element>(bytes.data() + 1)),
      rank_(load_le<std::uint16_t>(bytes.data() + kRankAt)),
      count_(load_le<std::uint64_t>(bytes.data() + kCountAt)),
      dims_(bytes.data() + kDimsAt),
      positions_(dims_ + rank_ * sizeof(std::int64_t)),
      values_(positions_ +
              (kind_ == NestedKind::kSparseVector ? count_ * sizeof(std::int64_t) : 0)) {}

std::int64_t NestedView::dim(std::size_t axis) const {
  return value_at<std::int64_t>(dims_, axis);
}

double NestedView::real(std::size_t index) const {
  switch (element_) {
    case Element::kFloat:
      return static_cast<double>(value_at<float>(values_, index));
    case Element::kDouble:
      return value_at<double>(values_, index);
    default:
      return static_cast<double>(integer(index));
  }
}

std::int64_t NestedView::integer(std::size_t index) const {
  switch (element_) {
    case Element::kInt:
      return value_at<std::int32_t>(values_, index);
    case Element::kLong:
      return value_at<std::int64_t>(values_, index);
    case Element::kByte:
      return value_at<std::int8_t>(values_, index);
    default:
      return value_at<std::uint8_t>(values_, index);
  }
}

std::string_view NestedView::text(std::size_t index, bool& null) const {
  const char* at = values_ + count_ * sizeof(std::uint32_t);
  for (std::size_t i = 0; i < index; ++i) {
    const auto size = value_at<std::uint32_t>(values_, i);
    at += size == kNullText ? 0 : size;
  }
  const auto size = value_at<std::uint32_t>(values_, index);
  null = size == kNullText;
  return {at, null ? 0 : size};
}

std::int64_t NestedView::position(std::size_t index) const {
  return value_at<std::int64_t>(positions_, index);
}

std::int64_t NestedView::dense_size() const {
  const std::int64_t size = dim(0);
  return size != kUnknownSize ? size : count_ == 0 ? 0 : position(count_ - 1) + 1;
}

void append_tensor_head(Buffer& out, Element element, std::span<const std::int64_t> dims) {
  std::size_t count = 1;
  for (const std::int64_t dim : dims) {
    count *= static_cast<std::size_t>(dim);
  }
  append_head(out, NestedKind::kTensor, element, dims, count);
}

void append_dense_vector_head(Buffer& out, std::size_t size) {
  const auto dim = static_cast<std::int64_t>(size);
  append_head(out, NestedKind::kDenseVector, Element::kDouble, {&dim, 1}, size);
}

void append_sparse_vector(Buffer& out,
                          std::int64_t size,
                          std::span<const std::int64_t> positions,
                          std::span<const double> values) {
  append_head(out, NestedKind::kSparseVector, Element::kDouble, {&size, 1}, positions.size());
  append_values(out, positions);
  append_values(out, values);
}

void append_texts(Buffer& out, std::span<const std::string_view> texts) {
  for (const std::string_view text : texts) {
    const auto size =
        text.data() == nullptr ? NestedView::kNullText : static_cast<std::uint32_t>(text.size());
    store_le(out.reserve(sizeof size), size);
    out.commit(sizeof size);
  }
  for (const std::string_view text : texts) {
    out.append(text);
  }
}

}  // namespace alinktf::table
