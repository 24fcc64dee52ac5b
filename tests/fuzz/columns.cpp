// Bytes are rows of columns, or an error; either way nothing is read that is not there.
#include "formats/columns/decoder.hpp"
#include "fuzz/fuzz.hpp"
#include "table/nested.hpp"
#include "table/schema.hpp"

#include <vector>

namespace alinktf::fuzz {
namespace {

/// Looks at all bytes that the cell stands for; their sum.
std::size_t touch(table::Storage storage, const table::Cell& cell) {
  if (cell.null || storage == table::Storage::kInteger || storage == table::Storage::kReal) {
    return 0;
  }
  std::size_t sum = 0;
  for (const char byte : cell.bytes()) {
    sum += static_cast<unsigned char>(byte);
  }
  if (storage == table::Storage::kNested) {
    const table::NestedView view(cell.bytes());
    require(view.kind() == table::NestedKind::kSparseVector || view.count() > 0,
            "no values are a null");
    if (view.element() == table::Element::kString) {
      view.for_each_text([&](std::string_view text, bool null) { sum += null ? 0 : text.size(); });
    }
  }
  return sum;
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;  // NOLINT(google-build-using-namespace)
  constexpr std::array kSchemas = {"i long",
                                   "i boolean, f float, b string",
                                   "d double, t tensor, v vector",
                                   "s sparse_vector, b byte_tensor, x string_tensor",
                                   "i int_tensor, b bool_tensor, f float_tensor, v varbinary"};
  fuzz::Input input(data, size);
  columns::Decoder decoder(table::parse_schema(input.pick(kSchemas)).value());
  const std::uint32_t records = input.byte();
  const std::string_view payload = input.rest();
  std::vector<table::Cell> row(decoder.schema().size());
  std::size_t rows = 0;
  std::size_t sum = 0;
  auto result = decoder.open(payload, records);
  while (result.ok() && rows < records) {
    result = decoder.read(row.data());
    for (std::size_t i = 0; result.ok() && i < row.size(); ++i) {
      sum += fuzz::touch(table::storage(decoder.schema()[i].type), row[i]);
    }
    ++rows;
  }
  fuzz::require(result.ok() || result.error().code() == ErrorCode::kWorker,
                "it is the worker's fault");
  fuzz::require(sum <= std::size_t{256} * 8 * 256 * size, "cells are of what there is");
  fuzz::require(rows <= payload.size(), "rows do not come out of nothing");
  return 0;
}
