// The beginning of CSV and of JSON lines to columns: always a schema that can be written and
// parsed.
#include "convert/infer.hpp"

#include "fuzz/fuzz.hpp"
#include "table/schema.hpp"

namespace alinktf::fuzz {
namespace {

void check_schema(const Result<convert::Inferred>& inferred, bool may_be_empty) {
  if (!inferred.ok()) {
    return;
  }
  const table::Schema& schema = inferred.value().schema;
  require(may_be_empty || !schema.empty(), "rows have columns");
  const auto parsed = table::parse_schema(table::to_string(schema));
  require(parsed.ok() && parsed.value() == schema, "a schema's text stands for it");
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;        // NOLINT(google-build-using-namespace)
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  Input input(data, size);
  spec::InputSpec spec;
  spec.csv.field_delimiter = input.pick(std::array<const char*, 4>{",", ";", "\t", "||"});
  spec.csv.row_delimiter = input.pick(std::array<const char*, 3>{"\n", "\r\n", "|"});
  spec.csv.quote_char = input.pick(std::array<std::optional<char>, 3>{'"', '\'', std::nullopt});
  const std::uint8_t flags = input.byte();
  spec.csv.header = (flags & 1U) != 0;
  spec.ignore_first_line = (flags & 2U) != 0;
  const bool is_whole = (flags & 4U) != 0;
  check_schema(convert::infer_csv(spec, input.rest(), is_whole), false);
  check_schema(convert::infer_jsonl(input.rest(), is_whole), true);
  return 0;
}
