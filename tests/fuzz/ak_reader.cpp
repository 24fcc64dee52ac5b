// .ak files: any archive, the same rows however its bytes come; records as they are, behind columns
// of every type; and what was read is written and read again.
#include "formats/ak/meta.hpp"
#include "formats/ak/reader.hpp"
#include "formats/ak/writer.hpp"
#include "fuzz/rows.hpp"
#include "table/schema.hpp"

namespace alinktf::fuzz {
namespace {

constexpr std::array<const char*, 6> kSchemas = {
    "s string",
    "model_id bigint, model_info string",
    "i int, l long, sh smallint, by tinyint, f float, d double, b boolean, s string, dt date, tm "
    "time",
    "ts timestamp, de decimal, bin varbinary, s string, d date",
    "dv dense_vector, sv sparse_vector, v vector, t tensor",
    "ft float_tensor, dt double_tensor, it int_tensor, lt long_tensor, bt bool_tensor, yt "
    "byte_tensor, st string_tensor"};

/// An archive of columns and of `data`.
std::string archive_of(const std::string& meta, std::string_view data) {
  zip::Writer zip;
  Buffer out;
  for (const auto& [name, bytes] :
       {std::pair<std::string_view, std::string_view>(ak::kMetaName, meta),
        {ak::kDataName, data}}) {
    zip.begin(name, out);
    require(zip.add(bytes, out).ok() && zip.end(out).ok(), "there is memory");
  }
  zip.finish(out);
  return std::string(out.view());
}

struct Outcome {
  Rows rows;
  std::string records;  ///< the rows, written again

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(std::string_view archive, std::size_t step) {
  Outcome outcome;
  auto reader = ak::Reader::open(source_of(archive, step));
  if (!reader.ok()) {
    require(reader.error().code() == ErrorCode::kInput, "bad input is an input error");
    outcome.rows.error = reader.error().str();
    return outcome;
  }
  const ak::Writer writer(reader.value()->schema());
  Buffer out;
  outcome.rows = read_all(*reader.value(), [&](std::span<const table::Cell> row) {
    require(writer.append_row(row, out).ok(), "what was read can be written");
  });
  outcome.records = out.view();
  return outcome;
}

void check(std::string_view archive, std::size_t step) {
  const Outcome whole = read(archive, std::string::npos);
  const Outcome pieces = read(archive, step);
  // How far a damaged archive is unpacked depends on the pieces that it comes in.
  require(whole.rows.error.has_value() == pieces.rows.error.has_value() &&
              (whole.rows.error || whole == pieces),
          "the pieces do not matter");
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;        // NOLINT(google-build-using-namespace)
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  Input input(data, size);
  const std::uint8_t choice = input.byte();
  const std::size_t step = input.byte() % 16U + 1U;
  if (choice >= kSchemas.size()) {
    check(input.rest(), step);
    return 0;
  }
  const auto schema = table::parse_schema(kSchemas[choice]);
  require(schema.ok(), "the schema is good");
  const std::string meta = ak::meta_of(schema.value());
  const std::string archive = archive_of(meta, input.rest());
  check(archive, step);
  const Outcome first = read(archive, std::string::npos);
  const Outcome second =
      read(archive_of(meta, std::string(ak::kMagic) + first.records), std::string::npos);
  require(second.rows.cells == first.rows.cells && !second.rows.error,
          "what is written is read as it was");
  require(second.records == first.records, "and written as it was");
  return 0;
}
