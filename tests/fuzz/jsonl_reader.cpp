// JSON lines to rows: the same rows however the bytes come, the same text again when they have been
// written and read, and lines accepted exactly if another parser accepts them.
#include "formats/jsonl/reader.hpp"
#include "formats/jsonl/writer.hpp"
#include "fuzz/rows.hpp"
#include "table/schema.hpp"

#include <nlohmann/json.hpp>

namespace alinktf::fuzz {
namespace {

constexpr std::array<const char*, 4> kSchemas = {
    "i int, d double, s string, t tensor",
    "b boolean, f float, v vector, bin varbinary, ts timestamp",
    "by byte, sh short, l long, de decimal, da date, ti time, dv dense_vector, sv sparse_vector",
    "ft float_tensor, dt double_tensor, it int_tensor, lt long_tensor, bt bool_tensor, "
    "yt byte_tensor, ut ubyte_tensor, st string_tensor"};

struct Outcome {
  Rows rows;
  std::vector<std::string> rejects;
  std::vector<std::string> reasons;
  std::string written;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(std::string_view text,
             const table::Schema& schema,
             bool with_taker,
             std::size_t step = std::string::npos) {
  Outcome outcome;
  Rejects rejects;
  jsonl::Reader reader(source_of(text, step), schema, with_taker ? &rejects : nullptr);
  const jsonl::Writer writer(schema);
  Buffer out;
  outcome.rows =
      read_all(reader, [&](std::span<const table::Cell> row) { writer.append_row(row, out); });
  outcome.rejects = std::move(rejects.rows);
  outcome.reasons = std::move(rejects.reasons);
  outcome.written = out.view();
  require(reader.skipped() == outcome.rejects.size(), "every bad row has been taken");
  return outcome;
}

/// True if the library and the reader differ about `line` on purpose: NaN and Infinity, numbers
/// beyond double, halves of surrogate pairs, a NUL, which ends the text for the library, and depth.
bool is_special(std::string_view line) {
  const auto has = [&](std::string_view text) { return line.find(text) != std::string_view::npos; };
  bool large = line.size() > 300;
  for (std::size_t e = line.find_first_of("eE"); e != std::string_view::npos;
       e = line.find_first_of("eE", e + 1)) {
    const std::size_t digits = line.find_first_not_of("+0123456789", e + 1);
    large = large || std::min(digits, line.size()) - e > 3;
  }
  return large || has("NaN") || has("Infinity") || has("\\ud") || has("\\uD") ||
         has(std::string_view("\0", 1)) || has("\xEF\xBB\xBF");
}

void compare_with_library(std::string_view line) {
  if (is_special(line) || line.find_first_not_of(" \t\r") == std::string_view::npos) {
    return;
  }
  const table::Schema schema = {{.name = "no such key, I hope", .type = table::ColumnType::kInt}};
  const auto json = nlohmann::json::parse(line, nullptr, false);
  require(json.is_object() == !read(line, schema, false).rows.error,
          "a line is accepted exactly if the library accepts it");
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;        // NOLINT(google-build-using-namespace)
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  Input input(data, size);
  const table::Schema schema = table::parse_schema(input.pick(kSchemas)).value();
  const bool with_taker = input.byte() % 2 == 0;
  const std::size_t step = input.byte() % 8U + 1U;
  const Outcome whole = read(input.rest(), schema, with_taker);
  require(read(input.rest(), schema, with_taker, step) == whole, "the pieces do not matter");
  const Outcome again = read(whole.written, schema, false);
  require(!again.rows.error && again.written == whole.written,
          "rows that are written are read again");
  compare_with_library(input.until('\n'));
  return 0;
}
