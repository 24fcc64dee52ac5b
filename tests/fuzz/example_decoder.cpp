// Bytes are an Example exactly if protobuf's own classes say so.
#include "formats/example/decoder.hpp"
#include "fuzz/fuzz.hpp"
#include "table/schema.hpp"

#include <vector>

#include <formats/example/example.pb.h>

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
      table::parse_schema("i int, f float, s string, b varbinary, l long, bo boolean").value());
  const auto result = decoder.decode(text, row.data());
  fuzz::require(accepted || !result.ok(), "what is no Example has no columns");
  fuzz::require(result.ok() || result.error().code() == ErrorCode::kWorker,
                "a bad Example is the worker's");
  if (result.ok()) {
    const auto& features = reference.features().feature();
    const auto& value = features.at("s");
    const bool null = value.bytes_list().value_size() == 0;
    fuzz::require(row[2].null == null, "a feature without values is null");
    fuzz::require(features.at("b").bytes_list().value_size() == 0 ||
                      features.at("b").bytes_list().value(0) == row[3].bytes(),
                  "bytes are kept");
  }
  return 0;
}
