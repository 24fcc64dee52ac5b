// CSV text to rows, by any options: the same rows however the bytes come, and the same rows again
// when they are written and read once more.
#include "formats/csv/block_cutter.hpp"
#include "formats/csv/reader.hpp"
#include "formats/csv/writer.hpp"
#include "fuzz/rows.hpp"
#include "table/schema.hpp"

#include <algorithm>

namespace alinktf::fuzz {
namespace {

constexpr std::array<const char*, 5> kSchemas = {
    "i int, d double, s string, t timestamp",
    "s string, b boolean, f float",
    "by byte, sh short, l long, de decimal, da date, ti time, s string",
    "s string",
    "v vector, t tensor, ft float_tensor, bin varbinary, st string_tensor"};

csv::Options options_of(Input& input) {
  csv::Options options;
  options.field_delimiter = input.pick(std::array<const char*, 5>{",", ";", "\t", "||", "ab"});
  options.row_delimiter = input.pick(std::array<const char*, 3>{"\n", "\r\n", "|"});
  options.quote_char = input.pick(std::array<std::optional<char>, 4>{'"', '"', '\'', std::nullopt});
  const std::uint8_t flags = input.byte();
  options.header = (flags & 1U) != 0;
  options.skip_blank_line = (flags & 2U) != 0;
  options.ignore_first_line = (flags & 4U) != 0;
  static Rejects some;  // stands for those of each reading
  options.bad_rows = (flags & 8U) != 0 ? &some : nullptr;
  options.max_quoted_bytes = (flags & 16U) != 0 ? 64 : options.max_quoted_bytes;
  options.null_for_invalid = (flags & 32U) != 0;
  return options;
}

/// What the writer is asked to keep: more than Alink's form can say is not in it. (What becomes of
/// vectors and tensors is for nested_text to see.)
bool survives(const csv::Options& options, const table::Schema& schema, const Rows& rows) {
  const bool nested = std::any_of(schema.begin(), schema.end(), [](const table::Column& column) {
    return table::storage(column.type) == table::Storage::kNested;
  });
  return options.quote_char && options.field_delimiter.size() == 1 &&
         options.row_delimiter == "\n" && schema.size() > 1 && !nested && !rows.error &&
         std::none_of(rows.cells.begin(), rows.cells.end(), [](const std::string& cell) {
           return cell.find('\r') != std::string::npos;
         });
}

struct Outcome {
  Rows rows;
  std::vector<std::string> rejects;
  std::vector<std::string> reasons;
  std::string written;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Without what is found behind a stray quote: so much of it as has been read by then.
std::string fixed_part(const std::string& reason) {
  return reason.substr(0, reason.find("; found "));
}

Outcome read(std::string_view text,
             const table::Schema& schema,
             csv::Options options,
             std::size_t step) {
  Outcome outcome;
  Rejects rejects;
  options.bad_rows = options.bad_rows == nullptr ? nullptr : &rejects;
  auto reader = csv::Reader::open(source_of(text, step), schema, options);
  if (!reader.ok()) {
    outcome.rows.error = reader.error().str();
    return outcome;
  }
  const csv::Writer writer(schema, options);
  Buffer out;
  writer.append_header(out);
  outcome.rows = read_all(*reader.value(),
                          [&](std::span<const table::Cell> row) { writer.append_row(row, out); });
  outcome.rows.error =
      outcome.rows.error ? std::optional(fixed_part(*outcome.rows.error)) : std::nullopt;
  outcome.rejects = std::move(rejects.rows);
  std::transform(rejects.reasons.begin(),
                 rejects.reasons.end(),
                 std::back_inserter(outcome.reasons),
                 fixed_part);
  outcome.written = out.view();
  require(reader.value()->skipped() == outcome.rejects.size(), "every bad row has been taken");
  require(reader.value()->rows_read() * schema.size() == outcome.rows.cells.size(),
          "every row has been counted");
  return outcome;
}

/// The same from blocks of whole rows, but for the reasons: where a block ends, less is known of
/// what follows a stray quote.
Outcome read_blocks(std::string_view text,
                    const table::Schema& schema,
                    csv::Options options,
                    std::size_t step) {
  Outcome all;
  Rejects rejects;
  options.bad_rows = options.bad_rows == nullptr ? nullptr : &rejects;
  auto cutter = csv::BlockCutter::open(source_of(text, step), schema, options, step);
  if (!cutter.ok()) {
    all.rows.error = cutter.error().str();
    return all;
  }
  const auto reader = csv::Reader::over_blocks(cutter.value()->name(), schema, options);
  require(reader.ok(), "what a cutter takes a reader takes");
  csv::Block block;
  while (!all.rows.error) {
    const auto more = cutter.value()->next(block);
    if (!more.ok()) {
      all.rows.error = more.error().str();
    }
    if (!more.ok() || !more.value()) {
      break;
    }
    block.bytes = reader.value()->next_block(std::move(block.bytes), block.first_line);
    Rows rows = read_all(*reader.value());
    all.rows.cells.insert(all.rows.cells.end(), rows.cells.begin(), rows.cells.end());
    all.rows.error = rows.error ? std::optional(fixed_part(*rows.error)) : std::nullopt;
  }
  all.rejects = std::move(rejects.rows);
  return all;
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;        // NOLINT(google-build-using-namespace)
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  Input input(data, size);
  const table::Schema schema = table::parse_schema(input.pick(kSchemas)).value();
  csv::Options options = options_of(input);
  const std::size_t step = input.byte() % 8U + 1U;
  const Outcome whole = read(input.rest(), schema, options, std::string::npos);
  require(read(input.rest(), schema, options, step) == whole, "the pieces do not matter");
  const Outcome blocks = read_blocks(input.rest(), schema, options, step);
  require(blocks.rows == whole.rows && blocks.rejects == whole.rejects,
          "cutting into blocks does not matter");
  if (survives(options, schema, whole.rows)) {
    options.ignore_first_line = false;
    options.bad_rows = nullptr;
    const Outcome again = read(whole.written, schema, options, std::string::npos);
    require(again.rows == whole.rows, "rows that are written are read again");
  }
  return 0;
}
