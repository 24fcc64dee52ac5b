#include "formats/ak/kryo.hpp"
#include "formats/ak/nested.hpp"
#include "formats/ak/nested_layout.hpp"

#include <bit>

namespace alinktf::ak {

namespace {

using table::ColumnType;
using table::Element;
using table::NestedView;

/// Big-endian values as little-endian ones.
template <typename Bits>
void append_swapped(std::string_view bytes, Buffer& out) {
  char* const to = out.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(Bits)) {
    store_le(to + at, load_be<Bits>(bytes.data() + at));
  }
  out.commit(bytes.size());
}

void read_doubles(KryoReader& kryo, std::size_t count, Buffer& room) {
  append_swapped<std::uint64_t>(kryo.bytes(count * sizeof(double)), room);
}

void read_dense(KryoReader& kryo, Buffer& room) {
  kryo.new_object();
  const std::size_t count = kryo.length(sizeof(double));
  table::append_dense_vector_head(room, count);
  read_doubles(kryo, count, room);
}

void read_sparse(KryoReader& kryo, NestedReader::Scratch& scratch, Buffer& room) {
  auto& positions = scratch.dims;
  auto& values = scratch.reals;
  kryo.new_object();
  positions.resize(kryo.length(1));
  for (std::int64_t& position : positions) {
    position = kryo.integer();
  }
  const std::int64_t size = kryo.integer();
  kryo.new_object();
  values.resize(kryo.length(sizeof(double)));
  for (double& value : values) {
    const std::string_view bytes = kryo.bytes(sizeof(double));
    value = kryo.failed() ? 0 : std::bit_cast<double>(load_be<std::uint64_t>(bytes.data()));
  }
  const std::int64_t end = size == NestedView::kUnknownSize ? kMostInt : size;
  std::int64_t last = -1;
  for (const std::int64_t position : positions) {
    kryo.expect(position > last && position < end);
    last = position;
  }
  kryo.expect(size >= NestedView::kUnknownSize && size <= kMostInt &&
              values.size() == positions.size());
  if (!kryo.failed()) {
    table::append_sparse_vector(room, size, positions, values);
  }
}

/// Flink's DenseVector: Java's bytes, not Kryo's.
bool read_pojo(Fields& fields, Buffer& room) {
  const auto flags = fields.bytes(kPojo.size());
  const auto count = flags == kPojo ? fields.number<std::uint32_t>() : std::nullopt;
  const auto values = count ? fields.bytes(std::size_t{*count} * sizeof(double)) : std::nullopt;
  if (!values) {
    return false;
  }
  table::append_dense_vector_head(room, *count);
  append_swapped<std::uint64_t>(*values, room);
  return true;
}

/// One tensor: its values are found first, and read when its shape is known.
class TensorReader {
 public:
  TensorReader(Fields& fields, NestedReader::Scratch& scratch, Buffer& room)
      : kryo_(fields, scratch.names), scratch_(scratch), room_(room) {
    scratch_.dims.clear();
    scratch_.strides.clear();
    scratch_.bytes.clear();
    scratch_.texts.clear();
    scratch_.own.clear();
  }

  bool read(ColumnType type) {
    find_class(type);
    if (layout_ == nullptr) {
      return false;
    }
    kryo_.new_object();
    kryo_.expect(is(kryo_.class_name(), kArrays, layout_->array));
    kryo_.new_object();
    kryo_.expect(is(kryo_.class_name(), kArrays, layout_->buffer));
    kryo_.new_object();
    layout_->element == Element::kString ? find_texts() : find_numbers();
    read_shape();
    kryo_.new_object();
    kryo_.expect(kryo_.varint() == layout_->number);
    if (kryo_.failed()) {
      return false;
    }
    table::append_tensor_head(room_, layout_->element, scratch_.dims);
    if (layout_->element == Element::kString) {
      append_texts();
    } else {
      append_numbers();
    }
    return true;
  }

 private:
  void find_class(ColumnType type) {
    if (type != ColumnType::kTensor) {
      kryo_.known_class();
      layout_ = layout_of(*table::element_of(type));
    } else {
      const std::string_view name = kryo_.class_name();
      layout_ =
          find_layout([&](const Layout& layout) { return is(name, kTensors, layout.tensor); });
    }
  }

  [[nodiscard]] bool packed() const {
    return layout_->element == Element::kInt || layout_->element == Element::kLong;
  }

  void find_numbers() {
    const auto size = static_cast<std::int64_t>(table::element_bytes(layout_->element));
    kryo_.new_object();
    const std::int64_t head = kryo_.integer();
    const std::int64_t first = kryo_.integer();
    const std::int64_t bytes = kryo_.integer();
    kryo_.expect_class(layout_->values);
    kryo_.new_object();
    const std::size_t count = kryo_.length(packed() ? 1 : static_cast<std::size_t>(size));
    if (packed()) {
      for (std::size_t i = 0; i < count && !kryo_.failed(); ++i) {
        add_integer(kryo_.integer());
      }
    } else {
      values_ = kryo_.bytes(count * static_cast<std::size_t>(size));
    }
    kryo_.expect(kryo_.integer() == size);
    count_ = kryo_.integer();
    kryo_.boolean();  // read only
    kryo_.expect(head == first && count_ == static_cast<std::int64_t>(count) &&
                 bytes == count_ * size);
  }

  void add_integer(std::int64_t value) {
    if (layout_->element == Element::kLong) {
      scratch_.bytes.append({reinterpret_cast<const char*>(&value), sizeof value});  // NOLINT
      return;
    }
    const auto narrow = static_cast<std::int32_t>(value);
    kryo_.expect(narrow == value);
    scratch_.bytes.append({reinterpret_cast<const char*>(&narrow), sizeof narrow});  // NOLINT
  }

  void find_texts() {
    count_ = kryo_.integer();
    kryo_.expect(kryo_.integer() == 0);  // the first
    kryo_.boolean();                     // read only
    kryo_.expect_class(kStrings);
    kryo_.new_object();
    const std::size_t count = kryo_.length(1);
    kryo_.expect(count_ == static_cast<std::int64_t>(count));
    for (std::size_t i = 0; i < count && !kryo_.failed(); ++i) {
      find_text();
    }
  }

  /// A text, none, or one that has been there before, by the number of the object.
  void find_text() {
    constexpr std::uint32_t kNull = 0;
    constexpr std::uint32_t kFirstNumber = 2;
    constexpr std::uint32_t kObjectsBefore = 4;  // tensor, array, buffer, list
    const std::uint32_t reference = kryo_.varint();
    if (reference == KryoReader::kNewObject) {
      scratch_.own.push_back(scratch_.texts.size());
      const std::size_t begin = scratch_.bytes.size();
      kryo_.text(scratch_.bytes);
      scratch_.texts.push_back({.begin = begin, .size = scratch_.bytes.size() - begin});
      return;
    }
    if (reference == kNull) {
      scratch_.texts.push_back({.begin = 0, .size = 0, .null = true});
      return;
    }
    const std::size_t number = reference - kFirstNumber;
    kryo_.expect(number >= kObjectsBefore && number - kObjectsBefore < scratch_.own.size());
    scratch_.texts.push_back(kryo_.failed()
                                 ? NestedReader::Text{}
                                 : scratch_.texts[scratch_.own[number - kObjectsBefore]]);
  }

  void read_shape() {
    kryo_.expect_class(kSpace);
    kryo_.new_object();
    kryo_.expect_class(kDimensions);
    kryo_.new_object();
    const std::size_t rank = kryo_.length(1);
    kryo_.expect(rank <= NestedView::kMaxRank);
    for (std::size_t i = 0; i < rank && !kryo_.failed(); ++i) {
      kryo_.expect_class(kAxis);
      kryo_.new_object();
      scratch_.strides.push_back(kryo_.integer());
      scratch_.dims.push_back(kryo_.integer());
    }
    kryo_.integer();  // where parts of it begin: nowhere
    kryo_.new_object();
    kryo_.new_object();
    kryo_.expect(kryo_.length(1) == rank);
    for (std::size_t i = 0; i < rank && !kryo_.failed(); ++i) {
      kryo_.expect(kryo_.integer() == scratch_.dims[i]);
    }
    if (kryo_.varint() == kThere) {
      kryo_.integer();  // the number of values, once more
    }
    check_shape();
  }

  /// The values lie one after the other, in row-major order.
  void check_shape() {
    std::int64_t count = 1;
    for (std::size_t i = kryo_.failed() ? 0 : scratch_.dims.size(); i-- > 0;) {
      kryo_.expect(scratch_.strides[i] == count);
      kryo_.expect(scratch_.dims[i] >= 0 &&
                   !__builtin_mul_overflow(count, scratch_.dims[i], &count));
    }
    kryo_.expect(count == count_);
  }

  void append_numbers() {
    switch (layout_->element) {
      case Element::kFloat:
        append_swapped<std::uint32_t>(values_, room_);
        break;
      case Element::kDouble:
        append_swapped<std::uint64_t>(values_, room_);
        break;
      default:
        room_.append(packed() ? scratch_.bytes.view() : values_);
        break;
    }
  }

  void append_texts() {
    std::vector<std::string_view> views;
    views.reserve(scratch_.texts.size());
    for (const NestedReader::Text& text : scratch_.texts) {
      // Only a null has no address.
      const std::string_view all =
          scratch_.bytes.empty() ? std::string_view("") : scratch_.bytes.view();
      views.push_back(text.null ? std::string_view() : all.substr(text.begin, text.size));
    }
    table::append_texts(room_, views);
  }

  KryoReader kryo_;
  NestedReader::Scratch& scratch_;
  Buffer& room_;
  const Layout* layout_ = nullptr;
  std::int64_t count_ = 0;
  std::string_view values_;  ///< that lie in the record as they are, but for the order of bytes
};

}  // namespace

bool NestedReader::read(ColumnType type, Fields& fields, Buffer& room) {
  room.clear();
  if (type == ColumnType::kDenseVector) {
    return read_pojo(fields, room);
  }
  if (type != ColumnType::kVector && type != ColumnType::kSparseVector) {
    return TensorReader(fields, scratch_, room).read(type);
  }
  KryoReader kryo(fields, scratch_.names);
  bool sparse = type == ColumnType::kSparseVector;
  if (sparse) {
    kryo.known_class();
  } else {
    const std::string_view name = kryo.class_name();
    sparse = is(name, kVectors, "SparseVector");
    kryo.expect(sparse || is(name, kVectors, "DenseVector"));
  }
  kryo.new_object();
  sparse ? read_sparse(kryo, scratch_, room) : read_dense(kryo, room);
  return !kryo.failed();
}

}  // namespace alinktf::ak
