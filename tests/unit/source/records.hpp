// What a stream of records delivers, decoded again.
#pragma once

#include "formats/example/decoder.hpp"
#include "formats/tfrecord/reader.hpp"
#include "source/record_stream.hpp"
#include "unit/source/rows.hpp"

#include <numeric>

namespace alinktf::source {

/// The rows of `batch`, whose records are Examples of `schema`.
inline Rows rows_in(const RecordBatch& batch, std::string_view schema) {
  const std::string_view frames = batch.chunk.view().substr(chunk::kHeaderBytes);
  CHECK(std::accumulate(batch.sizes.begin(), batch.sizes.end(), std::size_t{0}) == frames.size());
  tfrecord::Reader reader(std::make_unique<StringSource>(std::string(frames)));
  example::Decoder decoder(schema_of(schema));
  std::vector<table::Cell> cells(decoder.schema().size());
  std::string_view record;
  Rows rows;
  while (take(reader.next(record))) {
    take(decoder.decode(record, cells.data()));
    rows.push_back(show(decoder.schema(), cells));
  }
  CHECK(rows.size() == batch.sizes.size());
  return rows;
}

/// Read to the end, or to an error; `rows` gets what came before it.
inline Result<void> read_all(RecordStream& stream, std::string_view schema, Rows& rows) {
  RecordBatch batch;
  for (;;) {
    ALINKTF_TRY(stream.read(batch));
    if (batch.empty()) {
      return {};
    }
    for (auto& row : rows_in(batch, schema)) {
      rows.push_back(std::move(row));
    }
  }
}

/// "read/skipped/filtered".
inline std::string show(const ReadCounts& counts) {
  return fmt::format("{}/{}/{}", counts.read, counts.skipped, counts.filtered);
}

}  // namespace alinktf::source
