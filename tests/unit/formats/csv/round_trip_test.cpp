// What the writer writes is what the reader reads.
#include "formats/csv/reader.hpp"
#include "formats/csv/writer.hpp"
#include "formats/text_form/decimal.hpp"
#include "table/nested.hpp"
#include "unit/formats/csv/rows.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <deque>
#include <limits>
#include <random>

namespace alinktf::csv {
namespace {

using table::Cell;
using table::ColumnType;
using table::Element;

constexpr const char* kSchema =
    "c0 boolean, c1 tinyint, c2 smallint, c3 int, c4 bigint, c5 float, c6 double, c7 decimal, "
    "c8 string, c9 varbinary, c10 date, c11 time, c12 timestamp, c13 vector, c14 dense_vector, "
    "c15 sparse_vector, c16 tensor, c17 float_tensor, c18 double_tensor, c19 int_tensor, "
    "c20 long_tensor, c21 bool_tensor, c22 byte_tensor, c23 ubyte_tensor, c24 string_tensor";

/// Makes random values of every type.
class Values {
 public:
  explicit Values(std::uint64_t seed) : random_(seed) {}

  Cell value(ColumnType type) {
    if (below(5) == 0) {
      return Cell::of_null();
    }
    switch (table::storage(type)) {
      case table::Storage::kInteger:
        return Cell::of_integer(integer(type));
      case table::Storage::kReal:
        return Cell::of_real(type == ColumnType::kFloat ? static_cast<double>(real<float>())
                                                        : real<double>());
      case table::Storage::kBytes:
        return Cell::of_bytes(keep(bytes(type)));
      default:
        return Cell::of_bytes(keep(nested(type)));
    }
  }

 private:
  std::uint64_t below(std::uint64_t end) { return random_() % end; }

  std::string_view keep(std::string bytes) { return kept_.emplace_back(std::move(bytes)); }

  std::int64_t integer(ColumnType type) {
    switch (type) {
      case ColumnType::kBoolean:
        return static_cast<std::int64_t>(below(2));
      case ColumnType::kByte:
        return static_cast<std::int8_t>(random_());
      case ColumnType::kShort:
        return static_cast<std::int16_t>(random_());
      case ColumnType::kInt:
        return static_cast<std::int32_t>(random_());
      default:
        return static_cast<std::int64_t>(random_());
    }
  }

  template <typename T>
  T real() {
    constexpr std::array<T, 5> kSpecial = {
        T{0}, T{-1.5}, T{1e7}, static_cast<T>(0.1), std::numeric_limits<T>::max()};
    if (below(3) == 0) {
      return kSpecial[below(kSpecial.size())];
    }
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    const T value = std::bit_cast<T>(static_cast<Bits>(random_()));
    return std::isfinite(value) ? value : T{1};
  }

  std::string text() {
    constexpr std::array<const char*, 10> kPieces = {
        "a", ",", "\"", "\n", "\r", " ", "é", "𝄞", "#", "日本"};
    std::string out;
    for (std::uint64_t left = below(6); left > 0; --left) {
      out += kPieces[below(kPieces.size())];
    }
    return out;
  }

  std::string decimal() {
    constexpr std::array<const char*, 7> kSpecial = {
        "0", "1.10", "1E-7", "1E+3", "-5", "0.000001", "-1.2345678901234567890123E-400"};
    Buffer out;
    if (below(3) == 0) {
      return kSpecial[below(kSpecial.size())];
    }
    text_form::append_decimal(real<double>(), out);
    return std::string(out.view());
  }

  std::string bytes(ColumnType type) {
    switch (type) {
      case ColumnType::kString:
        return text();
      case ColumnType::kDecimal:
        return decimal();
      case ColumnType::kDate:
        return "2021-01-31";
      case ColumnType::kTime:
        return "12:30:59";
      case ColumnType::kTimestamp:
        return "2021-01-31 12:30:59." + std::to_string(below(9) * 10 + 1);
      default: {
        std::string out;
        for (std::uint64_t left = below(9); left > 0; --left) {
          out += static_cast<char>(random_());
        }
        return out;
      }
    }
  }

  std::string nested(ColumnType type) {
    switch (type) {
      case ColumnType::kDenseVector:
        return dense();
      case ColumnType::kVector:
        return below(2) == 0 ? dense() : sparse();
      case ColumnType::kSparseVector:
        return sparse();
      case ColumnType::kTensor:
        return tensor(static_cast<Element>(below(8)));
      default: {
        constexpr std::array kElements = {Element::kFloat,
                                          Element::kDouble,
                                          Element::kInt,
                                          Element::kLong,
                                          Element::kBoolean,
                                          Element::kByte,
                                          Element::kUbyte,
                                          Element::kString};
        return tensor(kElements[static_cast<std::size_t>(type) -
                                static_cast<std::size_t>(ColumnType::kFloatTensor)]);
      }
    }
  }

  // A vector without values and of unknown size has an empty text, which is read as null.
  std::string dense() {
    std::vector<double> values(1 + below(4));
    std::generate(values.begin(), values.end(), [this] { return real<double>(); });
    Buffer out;
    table::append_dense_vector_head(out, values.size());
    table::append_values<double>(out, values);
    return std::string(out.view());
  }

  std::string sparse() {
    std::vector<std::int64_t> positions;
    std::vector<double> values;
    for (std::int64_t i = 0; i < 10; ++i) {
      if (below(3) == 0) {
        positions.push_back(i);
        values.push_back(real<double>());
      }
    }
    Buffer out;
    const bool sized = positions.empty() || below(2) == 0;
    table::append_sparse_vector(out, sized ? 10 : -1, positions, values);
    return std::string(out.view());
  }

  template <typename T>
  void append(std::size_t count, Buffer& out) {
    for (; count > 0; --count) {
      const auto value = static_cast<T>(random_());
      table::append_values<T>(out, {&value, 1});
    }
  }

  template <typename T>
  void append_reals(std::size_t count, Buffer& out) {
    for (; count > 0; --count) {
      const T value = real<T>();
      table::append_values<T>(out, {&value, 1});
    }
  }

  void append_texts(std::size_t count, Buffer& out) {
    std::vector<std::string> texts(count);
    std::vector<std::string_view> views;
    for (std::string& one : texts) {
      one = text();
      views.push_back(below(4) == 0 ? std::string_view() : std::string_view(one));
    }
    table::append_texts(out, views);
  }

  std::string tensor(Element element) {
    std::vector<std::int64_t> dims(below(4));
    std::size_t count = 1;
    for (std::int64_t& dim : dims) {
      dim = static_cast<std::int64_t>(below(4));
      count *= static_cast<std::size_t>(dim);
    }
    Buffer out;
    table::append_tensor_head(out, element, dims);
    switch (element) {
      case Element::kFloat:
        append_reals<float>(count, out);
        break;
      case Element::kDouble:
        append_reals<double>(count, out);
        break;
      case Element::kInt:
        append<std::int32_t>(count, out);
        break;
      case Element::kLong:
        append<std::int64_t>(count, out);
        break;
      case Element::kBoolean:
        for (; count > 0; --count) {
          out.push_back(static_cast<char>(below(2)));
        }
        break;
      case Element::kString:
        append_texts(count, out);
        break;
      default:
        append<std::uint8_t>(count, out);
        break;
    }
    return std::string(out.view());
  }

  std::mt19937_64 random_;
  std::deque<std::string> kept_;
};

bool same(ColumnType type, const Cell& a, const Cell& b) {
  if (a.null || b.null) {
    return a.null == b.null;
  }
  switch (table::storage(type)) {
    case table::Storage::kInteger:
      return a.integer == b.integer;
    case table::Storage::kReal:
      return std::bit_cast<std::uint64_t>(a.real) == std::bit_cast<std::uint64_t>(b.real);
    default:
      return a.bytes() == b.bytes();
  }
}

TEST_CASE("Random rows of every type are read as they were written", "[csv][round_trip]") {
  const std::uint64_t seed = GENERATE(range(std::uint64_t{0}, std::uint64_t{20}));
  const table::Schema schema = take(table::parse_schema(kSchema));
  Options options;
  options.field_delimiter = seed % 3 == 0 ? "#," : ",";
  options.row_delimiter = seed % 5 == 0 ? ";\n" : "\n";
  Values values(seed);
  std::vector<std::vector<Cell>> rows(50);
  const Writer writer(schema, options);
  Buffer text;
  for (auto& row : rows) {
    for (const table::Column& column : schema) {
      row.push_back(values.value(column.type));
    }
    writer.append_row(row, text);
  }
  const auto reader = take(open(kSchema, std::string(text.view()), options, 1 + seed * 100));
  table::RowBlock block(schema.size());
  std::size_t at = 0;
  do {
    take(reader->read(block));
    for (std::size_t i = 0; i < block.rows(); ++i, ++at) {
      REQUIRE(at < rows.size());
      for (std::size_t c = 0; c < schema.size(); ++c) {
        CAPTURE(seed, at, schema[c].name);
        CHECK(same(schema[c].type, rows[at][c], block.row(i)[c]));
      }
    }
  } while (block.rows() != 0);
  CHECK(at == rows.size());
}

}  // namespace
}  // namespace alinktf::csv
