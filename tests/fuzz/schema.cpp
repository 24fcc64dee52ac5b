// Schema strings: the canonical form of a schema is the same schema.
#include "table/schema.hpp"

#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;  // NOLINT(google-build-using-namespace)
  const auto schema = table::parse_schema(fuzz::Input(data, size).rest());
  if (!schema.ok()) {
    fuzz::require(schema.error().code() == ErrorCode::kSpec, "a bad schema is a spec error");
    return 0;
  }
  const auto again = table::parse_schema(table::to_string(schema.value()));
  fuzz::require(again.ok() && again.value() == schema.value(), "what is written is read");
  for (std::size_t i = 0; i < schema.value().size(); ++i) {
    fuzz::require(table::find_column(schema.value(), schema.value()[i].name) == i,
                  "columns are found by their names");
  }
  return 0;
}
