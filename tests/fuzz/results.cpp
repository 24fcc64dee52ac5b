// Whatever a task writes as its results, in whatever pieces it arrives, is rows of the output
// schema or the task's fault; a row is handed over whole or not at all.
#include "formats/chunk/chunk.hpp"
#include "fuzz/fuzz.hpp"
#include "sink/collector.hpp"
#include "table/schema.hpp"

#include <algorithm>
#include <vector>

namespace alinktf::fuzz {
namespace {

/// Keeps what it looks at: how many rows and the bytes of their cells.
class Rows final : public sink::Output {
 public:
  explicit Rows(table::Schema schema) : schema_(std::move(schema)) {}

  Result<void> append(std::span<const table::Cell> row) override {
    require(row.size() == schema_.size(), "a row has all columns");
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto storage = table::storage(schema_[i].type);
      const bool bytes = storage == table::Storage::kBytes || storage == table::Storage::kNested;
      if (row[i].null) {
        seen_ += "null";
      } else if (bytes) {
        seen_.append(row[i].bytes());
      } else if (storage == table::Storage::kInteger) {
        seen_ += std::to_string(row[i].integer);
      }
      seen_.push_back(',');
    }
    ++rows_;
    return {};
  }
  Result<void> finish() override { return {}; }

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] const std::string& seen() const { return seen_; }

 private:
  table::Schema schema_;
  std::uint64_t rows_ = 0;
  std::string seen_;
};

struct Collected {
  std::string seen;
  std::uint64_t promised = 0;  ///< records, by the headers of the chunks that were taken
  std::string error;

  friend bool operator==(const Collected&, const Collected&) = default;
};

/// One chunk, as the runner takes it. False: nothing more is taken.
bool take(chunk::Decoder& decoder, sink::Collector& collector, Collected& all, bool& more) {
  chunk::Header header;
  std::string_view payload;
  auto next = decoder.next(header, payload);
  more = next.ok() && next.value() != chunk::Decoder::Step::kNeedMore;
  Result<void> taken = next.ok() ? Result<void>() : Result<void>(std::move(next).error());
  if (more && (header.kind == chunk::Kind::kRecords || header.kind == chunk::Kind::kColumns)) {
    taken = collector.add("worker:0", all.promised + 1, header, payload);
    all.promised += taken.ok() ? header.records : 0;
  }
  if (!taken.ok()) {
    require(taken.error().code() == ErrorCode::kWorker, "it is the worker's fault");
    all.error = taken.error().str();
  }
  return taken.ok();
}

Collected collect(const table::Schema& schema, std::string_view bytes, std::size_t step) {
  Rows rows(schema);
  sink::Collector collector(schema, rows);
  chunk::Decoder decoder;
  Collected all;
  bool going = true;
  while (going && !bytes.empty()) {
    const std::size_t size = std::min(step, bytes.size());
    bytes.copy(decoder.reserve(size), size);
    decoder.received(size);
    bytes.remove_prefix(size);
    bool more = true;
    while (going && more) {
      going = take(decoder, collector, all, more);
    }
  }
  require(collector.rows() == rows.rows(), "rows are counted");
  require(going ? rows.rows() == all.promised : rows.rows() >= all.promised,
          "each record is a row");
  all.seen = rows.seen();
  return all;
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;  // NOLINT(google-build-using-namespace)
  constexpr std::array kSchemas = {
      "i long", "i int, f float, b string, v varbinary", "d double, t tensor, s sparse_vector"};
  fuzz::Input input(data, size);
  const table::Schema schema = table::parse_schema(input.pick(kSchemas)).value();
  const std::size_t step = input.byte() % 16U + 1U;
  fuzz::require(fuzz::collect(schema, input.rest(), std::string::npos) ==
                    fuzz::collect(schema, input.rest(), step),
                "the pieces do not matter");
  return 0;
}
