// Bytes are an Example exactly if protobuf's own classes say so.
#include "formats/example/decoder.hpp"
#include "fuzz/fuzz.hpp"
#include "table/schema.hpp"

#include <bit>
#include <vector>

#include <formats/example/example.pb.h>

namespace alinktf::fuzz {
namespace {

using proto::Feature;
using table::Cell;

/// True if the one value of `feature` is that of `cell`; more than one is for the decoder to
/// refuse.
bool same(const Feature& feature, const Cell& cell) {
  switch (feature.kind_case()) {
    case Feature::kInt64List:
      return feature.int64_list().value_size() == 0
                 ? cell.null
                 : !cell.null && cell.integer == feature.int64_list().value(0);
    case Feature::kFloatList: {
      if (feature.float_list().value_size() == 0) {
        return cell.null;
      }
      const auto value = static_cast<double>(feature.float_list().value(0));
      return !cell.null &&
             (std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(cell.real) ||
              (value != value && cell.real != cell.real));
    }
    case Feature::kBytesList:
      return feature.bytes_list().value_size() == 0
                 ? cell.null
                 : !cell.null && cell.bytes() == feature.bytes_list().value(0);
    default:
      return cell.null;
  }
}

/// How many values `feature` has.
int size_of(const Feature& feature) {
  return feature.int64_list().value_size() + feature.float_list().value_size() +
         feature.bytes_list().value_size();
}

constexpr const char* kScalars = "i long, f float, b varbinary";
constexpr std::array<Feature::KindCase, 3> kKinds = {
    Feature::kInt64List, Feature::kFloatList, Feature::kBytesList};

/// Rows of scalars are there exactly if the Example has one value or none for each, of its kind.
void check_scalars(std::string_view text, const proto::Example& reference) {
  example::Decoder decoder(table::parse_schema(kScalars).value());
  std::vector<Cell> row(kKinds.size());
  const auto result = decoder.decode(text, row.data());
  require(result.ok() || result.error().code() == ErrorCode::kWorker, "it is the worker's fault");
  bool good = true;
  const auto& features = reference.features().feature();
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    const auto found = features.find(decoder.schema()[i].name);
    if (found == features.end() || size_of(found->second) > 1 ||
        (size_of(found->second) == 1 && found->second.kind_case() != kKinds[i])) {
      good = false;
    } else if (result.ok()) {
      require(same(found->second, row[i]), "a cell is what protobuf reads");
    }
  }
  require(result.ok() == good, "a row is good exactly if its features fit");
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;  // NOLINT(google-build-using-namespace)
  const std::string_view text = fuzz::Input(data, size).rest();
  example::Decoder any{table::Schema{}};
  std::vector<table::Cell> row(8);
  const bool accepted = any.decode(text, row.data()).ok();
  proto::Example reference;
  fuzz::require(accepted == reference.ParseFromArray(text.data(), static_cast<int>(text.size())),
                "accepted exactly if protobuf accepts it");
  example::Decoder decoder(
      table::parse_schema("i int, s string, bo boolean, v vector, t tensor, bt byte_tensor")
          .value());
  const bool good = decoder.decode(text, row.data()).ok();
  fuzz::require(accepted || !good, "what is no Example has no columns");
  if (accepted) {
    fuzz::check_scalars(text, reference);
  }
  return 0;
}
