// The decoder against protobuf, over messages of every shape.
#include "base/utf8.hpp"
#include "formats/example/decoder.hpp"
#include "table/nested.hpp"
#include "unit/formats/example/wire_sample.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>
#include <google/protobuf/stubs/logging.h>

#include <formats/example/example.pb.h>

namespace alinktf::example {
namespace {

using table::Cell;
using table::NestedView;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

/// What a TENSOR column should make of `feature`, as text.
std::string expected_text(const proto::Feature& feature) {
  std::string out;
  for (const float value : feature.float_list().value()) {
    out += "f" + hex({reinterpret_cast<const char*>(&value), sizeof value});  // NOLINT
  }
  for (const std::int64_t value : feature.int64_list().value()) {
    out += "i" + std::to_string(value);
  }
  for (const std::string& value : feature.bytes_list().value()) {
    out += "s" + hex(repaired_utf8(value));
  }
  return out.empty() ? "null" : out;
}

std::string found_text(const Cell& cell) {
  if (cell.null) {
    return "null";
  }
  const NestedView view(cell.bytes());
  std::string out;
  if (view.element() == table::Element::kString) {
    view.for_each_text(
        [&](std::string_view text, bool null) { out += null ? "null" : "s" + hex(text); });
  }
  for (std::size_t i = 0; i < view.count() && view.element() != table::Element::kString; ++i) {
    out += view.element() == table::Element::kLong
               ? "i" + std::to_string(view.integer(i))
               : "f" + hex({view.values() + i * sizeof(float), sizeof(float)});
  }
  return out;
}

/// What protobuf makes of `bytes` and its feature `name`.
std::string reference(const std::string& bytes, const std::string& name) {
  const google::protobuf::LogSilencer no_words_on_bad_names;
  proto::Example example;
  if (!example.ParseFromString(bytes)) {
    return "no Example";
  }
  const auto& features = example.features().feature();
  const auto found = features.find(name);
  return found == features.end() ? "absent" : expected_text(found->second);
}

std::string decoded(Decoder& decoder, const std::string& bytes) {
  Cell cell{};
  const Result<void> result = decoder.decode(bytes, &cell);
  if (result.ok()) {
    return found_text(cell);
  }
  const bool absent = result.error().str().find("no such feature") != std::string::npos;
  return absent ? "absent" : "no Example";
}

TEST_CASE("Messages of every shape are read, and refused, as by protobuf", "[example][decoder]") {
  WireSample sample(21);
  std::vector<Decoder> decoders;
  decoders.reserve(WireSample::kNames.size());
  for (const std::string_view name : WireSample::kNames) {
    decoders.emplace_back(table::Schema{{std::string(name), table::ColumnType::kTensor}},
                          ErrorCode::kInput);
  }
  std::size_t good = 0;
  constexpr std::size_t kMessages = 12'000;
  for (std::size_t i = 0; i < kMessages; ++i) {
    const std::string bytes = sample.example();
    for (Decoder& decoder : decoders) {
      const std::string expected = reference(bytes, decoder.schema()[0].name);
      const std::string found = decoded(decoder, bytes);
      good += expected == "no Example" ? 0U : 1U;
      if (found != expected) {
        FAIL("message " << i << ", feature '" << decoder.schema()[0].name << "': found " << found
                        << ", expected " << expected << "\n"
                        << hex(bytes));
      }
    }
  }
  CHECK(good > kMessages * decoders.size() / 3);
  CHECK(good < kMessages * decoders.size() * 9 / 10);
}

TEST_CASE("Groups may lie as deep in each other as for protobuf", "[example][decoder]") {
  // In Example, Features, an entry, a Feature and its list.
  const std::size_t level = GENERATE(range<std::size_t>(0, 5));
  const std::size_t groups = GENERATE(range<std::size_t>(93, 103));
  CAPTURE(level, groups);
  const char open = '\x2B';
  const char close = '\x2C';
  std::string bytes = std::string(groups, open) + std::string(groups, close);
  for (std::size_t i = level; i > 0; --i) {
    const std::array<char, 4> tags = {'\x0A', '\x0A', '\x12', '\x12'};
    bytes.insert(0, WireSample::varint(bytes.size()));
    bytes.insert(0, 1, tags.at(i - 1));
  }
  Decoder decoder({{"a", table::ColumnType::kTensor}});
  CHECK(decoded(decoder, bytes) == reference(bytes, "a"));
}

TEST_CASE("Records of any order of features are read", "[example][decoder]") {
  const table::Schema schema = {{"a", table::ColumnType::kLong},
                                {"b", table::ColumnType::kLong},
                                {"a_longer_name", table::ColumnType::kLong}};
  Decoder decoder(schema);
  std::mt19937_64 random(5);
  for (std::int64_t i = 0; i < 5000; ++i) {
    std::vector<std::string> entries;
    for (const table::Column& column : schema) {
      proto::Example one;
      (*one.mutable_features()->mutable_feature())[column.name].mutable_int64_list()->add_value(
          i * static_cast<std::int64_t>(column.name.size()));
      entries.push_back(one.SerializeAsString());
      if (random() % 3 == 0) {
        proto::Example other;
        (*other.mutable_features()->mutable_feature())["x" + std::to_string(random() % 9000)];
        entries.push_back(other.SerializeAsString());
      }
    }
    std::shuffle(entries.begin(), entries.end(), random);
    std::string bytes;
    for (const std::string& entry : entries) {
      bytes += entry;
    }
    std::vector<Cell> row(schema.size());
    take(decoder.decode(bytes, row.data()));
    if (row[0].integer != i || row[1].integer != i || row[2].integer != 13 * i) {
      FAIL_CHECK(i);
    }
  }
}

}  // namespace
}  // namespace alinktf::example
