#include "formats/example/nested_list.hpp"

#include "base/bytes.hpp"
#include "formats/example/wire.hpp"

#include <algorithm>
#include <cstring>

namespace alinktf::example {

namespace {

using table::Element;
using table::NestedKind;
using table::NestedView;

/// Bytes of a field with a length and `size` bytes behind it.
std::size_t field_bytes(std::size_t size) {
  return 1 + wire::varint_bytes(size) + size;
}

char* write_text(std::string_view text, char* to) {
  *to++ = wire::kItem;
  to = wire::write_varint(text.size(), to);
  return to + text.copy(to, text.size());
}

/// Calls `visit(value)` for the `count` values of type T at `values`, as 64 bits.
template <typename T, typename Visit>
void for_each_value(const char* values, std::size_t count, Visit&& visit) {
  for (std::size_t i = 0; i < count; ++i) {
    visit(static_cast<std::uint64_t>(std::int64_t{load_le<T>(values + i * sizeof(T))}));
  }
}

template <typename Visit>
void for_each_integer(const NestedView& view, Visit&& visit) {
  switch (view.element()) {
    case Element::kInt:
      return for_each_value<std::int32_t>(view.values(), view.count(), visit);
    case Element::kLong:
      return for_each_value<std::int64_t>(view.values(), view.count(), visit);
    default:
      return for_each_value<std::uint8_t>(view.values(), view.count(), visit);
  }
}

char* write_narrowed(const NestedView& view, char* to) {
  for (std::size_t i = 0; i < view.count(); ++i) {
    const auto value = load_le<double>(view.values() + i * sizeof(double));
    store_le(to + i * sizeof(float), static_cast<float>(value));
  }
  return to + view.count() * sizeof(float);
}

char* write_dense(const NestedView& view, char* to) {
  const std::size_t bytes = static_cast<std::size_t>(view.dense_size()) * sizeof(float);
  std::memset(to, 0, bytes);
  for (std::size_t i = 0; i < view.count(); ++i) {
    store_le(to + static_cast<std::size_t>(view.position(i)) * sizeof(float),
             static_cast<float>(view.real(i)));
  }
  return to + bytes;
}

}  // namespace

bool NestedList::fits(const NestedView& view) {
  if (view.kind() != NestedKind::kSparseVector) {
    return true;
  }
  const std::int64_t size = view.dense_size();
  return size <= kMaxDenseSize &&
         (view.count() == 0 || (view.position(0) >= 0 && view.position(view.count() - 1) < size));
}

NestedList::NestedList(std::string_view bytes) : view_(bytes) {
  switch (view_.element()) {
    case Element::kFloat:
    case Element::kDouble:
      measure_floats();
      break;
    case Element::kString:
      measure_texts();
      break;
    case Element::kByte:
      measure_byte_rows();
      break;
    default:
      measure_integers();
      break;
  }
}

char* NestedList::write(char* to) const {
  switch (view_.element()) {
    case Element::kFloat:
    case Element::kDouble:
      return write_floats(to);
    case Element::kString:
      return write_texts(to);
    case Element::kByte:
      return write_byte_rows(to);
    default:
      return write_integers(to);
  }
}

void NestedList::measure_floats() {
  const std::size_t count = view_.kind() == NestedKind::kSparseVector
                                ? static_cast<std::size_t>(view_.dense_size())
                                : view_.count();
  tag_ = wire::kFloatList;
  packed_ = count * sizeof(float);
  size_ = packed_ == 0 ? 0 : field_bytes(packed_);
}

char* NestedList::write_floats(char* to) const {
  if (packed_ == 0) {
    return to;
  }
  *to++ = wire::kItem;
  to = wire::write_varint(packed_, to);
  if (view_.kind() == NestedKind::kSparseVector) {
    return write_dense(view_, to);
  }
  if (view_.element() == Element::kDouble) {
    return write_narrowed(view_, to);
  }
  std::memcpy(to, view_.values(), packed_);
  return to + packed_;
}

void NestedList::measure_integers() {
  tag_ = wire::kInt64List;
  for_each_integer(view_, [&](std::uint64_t value) { packed_ += wire::varint_bytes(value); });
  size_ = packed_ == 0 ? 0 : field_bytes(packed_);
}

char* NestedList::write_integers(char* to) const {
  if (packed_ == 0) {
    return to;
  }
  *to++ = wire::kItem;
  to = wire::write_varint(packed_, to);
  for_each_integer(view_, [&](std::uint64_t value) { to = wire::write_varint(value, to); });
  return to;
}

void NestedList::measure_texts() {
  tag_ = wire::kBytesList;
  view_.for_each_text(
      [&](std::string_view text, bool /*null*/) { size_ += field_bytes(text.size()); });
}

char* NestedList::write_texts(char* to) const {
  view_.for_each_text([&](std::string_view text, bool /*null*/) { to = write_text(text, to); });
  return to;
}

void NestedList::measure_byte_rows() {
  tag_ = wire::kBytesList;
  rows_ = 1;
  row_bytes_ = 1;
  for (std::size_t axis = 0; axis < view_.rank(); ++axis) {
    const auto dim = static_cast<std::size_t>(view_.dim(axis));
    (axis + 1 == view_.rank() ? row_bytes_ : rows_) *= dim;
  }
  size_ = rows_ * field_bytes(row_bytes_);
}

char* NestedList::write_byte_rows(char* to) const {
  for (std::size_t row = 0; row < rows_; ++row) {
    to = write_text({view_.values() + row * row_bytes_, row_bytes_}, to);
  }
  return to;
}

}  // namespace alinktf::example
