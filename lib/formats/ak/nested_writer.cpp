#include "formats/ak/kryo.hpp"
#include "formats/ak/nested.hpp"
#include "formats/ak/nested_layout.hpp"

#include <cstring>

namespace alinktf::ak {

namespace {

using table::ColumnType;
using table::Element;
using table::NestedKind;
using table::NestedView;

template <typename Bits>
void append_big(const NestedView& view, std::size_t count, Buffer& out) {
  for (std::size_t i = 0; i < count; ++i) {
    append_be(load_le<Bits>(view.values() + i * sizeof(Bits)), out);
  }
}

void write_dense(KryoWriter& kryo, const NestedView& view, Buffer& out) {
  kryo.new_object();
  kryo.length(view.count());
  append_big<std::uint64_t>(view, view.count(), out);
}

void write_sparse(KryoWriter& kryo, const NestedView& view, Buffer& out) {
  const bool sparse = view.kind() == NestedKind::kSparseVector;
  kryo.new_object();
  kryo.length(view.count());
  for (std::size_t i = 0; i < view.count(); ++i) {
    kryo.integer(sparse ? view.position(i) : static_cast<std::int64_t>(i));
  }
  kryo.integer(view.dim(0));
  write_dense(kryo, view, out);
}

void write_pojo(const NestedView& view, Buffer& out) {
  out.append(kPojo);
  if (view.kind() == NestedKind::kDenseVector) {
    append_be(static_cast<std::uint32_t>(view.count()), out);
    append_big<std::uint64_t>(view, view.count(), out);
    return;
  }
  const auto size = static_cast<std::size_t>(view.dense_size());
  append_be(static_cast<std::uint32_t>(size), out);
  const std::size_t begin = out.size();
  std::memset(out.reserve(size * sizeof(double)), 0, size * sizeof(double));
  out.commit(size * sizeof(double));
  for (std::size_t i = 0; i < view.count(); ++i) {
    char* const at =
        out.data() + begin + static_cast<std::size_t>(view.position(i)) * sizeof(double);
    const auto bits = load_le<std::uint64_t>(view.values() + i * sizeof(double));
    for (std::size_t byte = 0; byte < sizeof bits; ++byte) {
      at[byte] = static_cast<char>(bits >> 8U * (sizeof bits - 1 - byte));
    }
  }
}

void write_numbers(KryoWriter& kryo, const Layout& layout, const NestedView& view, Buffer& out) {
  const std::size_t size = table::element_bytes(layout.element);
  kryo.new_object();
  kryo.integer(kArrayHead);
  kryo.integer(kArrayHead);
  kryo.integer(static_cast<std::int64_t>(view.count() * size));
  kryo.class_name(layout.values, {});
  kryo.new_object();
  kryo.length(view.count());
  switch (layout.element) {
    case Element::kFloat:
      append_big<std::uint32_t>(view, view.count(), out);
      break;
    case Element::kDouble:
      append_big<std::uint64_t>(view, view.count(), out);
      break;
    case Element::kInt:
    case Element::kLong:
      for (std::size_t i = 0; i < view.count(); ++i) {
        kryo.integer(view.integer(i));
      }
      break;
    default:
      kryo.bytes({view.values(), view.count()});
      break;
  }
  kryo.integer(static_cast<std::int64_t>(size));
  kryo.integer(static_cast<std::int64_t>(view.count()));
  kryo.boolean(false);
}

void write_texts(KryoWriter& kryo, const NestedView& view) {
  kryo.integer(static_cast<std::int64_t>(view.count()));
  kryo.integer(0);
  kryo.boolean(false);
  kryo.class_name(kStrings, {});
  kryo.new_object();
  kryo.length(view.count());
  view.for_each_text([&](std::string_view text, bool null) {
    if (null) {
      kryo.varint(0);
    } else {
      kryo.new_object();
      kryo.text(text);
    }
  });
}

void write_shape(KryoWriter& kryo, const NestedView& view) {
  kryo.class_name(kSpace, {});
  kryo.new_object();
  kryo.class_name(kDimensions, {});
  kryo.new_object();
  kryo.length(view.rank());
  for (std::size_t i = 0; i < view.rank(); ++i) {
    i == 0 ? kryo.class_name(kAxis, {}) : kryo.same_class();
    kryo.new_object();
    std::uint64_t stride = 1;
    for (std::size_t axis = i + 1; axis < view.rank(); ++axis) {
      stride *= static_cast<std::uint64_t>(view.dim(axis));
    }
    kryo.integer(static_cast<std::int64_t>(stride));
    kryo.integer(view.dim(i));
  }
  kryo.integer(-1);
  kryo.new_object();
  kryo.new_object();
  kryo.length(view.rank());
  for (std::size_t i = 0; i < view.rank(); ++i) {
    kryo.integer(view.dim(i));
  }
  kryo.varint(kThere);
  kryo.integer(static_cast<std::int64_t>(view.count()));
}

void write_tensor(ColumnType type, const NestedView& view, Buffer& out) {
  const Layout& layout = *layout_of(view.element());
  KryoWriter kryo(out);
  if (type == ColumnType::kTensor) {
    kryo.class_name(kTensors, layout.tensor);
  } else {
    kryo.varint(kColumnClass);
  }
  kryo.new_object();
  kryo.class_name(kArrays, layout.array);
  kryo.new_object();
  kryo.class_name(kArrays, layout.buffer);
  kryo.new_object();
  if (layout.element == Element::kString) {
    write_texts(kryo, view);
  } else {
    write_numbers(kryo, layout, view, out);
  }
  write_shape(kryo, view);
  kryo.new_object();
  kryo.varint(layout.number);
}

bool fits_java(ColumnType type, const NestedView& view) {
  const auto most = static_cast<std::size_t>(kMostValues);
  if (view.kind() != NestedKind::kSparseVector) {
    return view.count() <= most;
  }
  // A dense one is as large as its positions say; it must be a row that can be written.
  constexpr std::int64_t kMostDense = std::int64_t{1} << 27U;
  return view.dense_size() <= (type == ColumnType::kDenseVector ? kMostDense : kMostInt);
}

}  // namespace

bool append_nested(ColumnType type, std::string_view cell, Buffer& out) {
  const NestedView view(cell);
  if (!fits_java(type, view)) {
    return false;
  }
  if (type == ColumnType::kDenseVector) {
    write_pojo(view, out);
  } else if (view.kind() == NestedKind::kTensor) {
    write_tensor(type, view, out);
  } else {
    const bool sparse =
        type == ColumnType::kSparseVector || view.kind() == NestedKind::kSparseVector;
    KryoWriter kryo(out);
    if (type == ColumnType::kSparseVector) {
      kryo.varint(kColumnClass);
    } else {
      kryo.class_name(kVectors, sparse ? "SparseVector" : "DenseVector");
    }
    kryo.new_object();
    sparse ? write_sparse(kryo, view, out) : write_dense(kryo, view, out);
  }
  return true;
}

}  // namespace alinktf::ak
