// Select lists and conditions: what has been prepared needs no more of it.
#include "source/sql_text.hpp"

#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;  // NOLINT(google-build-using-namespace)
  const std::string_view text = fuzz::Input(data, size).rest();
  const auto prepared = source::prepare_sql("select", text);
  if (!prepared.ok()) {
    fuzz::require(prepared.error().code() == ErrorCode::kSpec, "a bad text is a spec error");
    return 0;
  }
  fuzz::require(prepared.value().size() <= text.size(), "points are taken off, nothing is added");
  const auto again = source::prepare_sql("select", prepared.value());
  fuzz::require(again.ok() && again.value() == prepared.value(), "once is enough");
  return 0;
}
