#include "source/split.hpp"

#include "formats/chunk/chunk.hpp"
#include "formats/example/decoder.hpp"
#include "formats/tfrecord/reader.hpp"
#include "unit/source/rows.hpp"

#include <catch2/catch.hpp>

namespace alinktf::source {
namespace {

using Numbers = std::vector<std::uint64_t>;

/// Keeps what it is given; wants no more after `wanted` chunks.
class Recorder final : public ChunkTaker {
 public:
  struct Taken {
    std::size_t worker;
    std::string bytes;
    std::uint32_t records;
  };

  bool take(std::size_t worker, Buffer chunk, std::uint32_t records) override {
    if (chunks.size() >= wanted) {
      return false;
    }
    chunks.push_back({worker, std::string(chunk.view()), records});
    return true;
  }
  Buffer spare() override {
    Buffer used;
    used.append("what the last chunk held");
    return used;
  }

  std::vector<Taken> chunks;
  std::size_t wanted = 1'000'000;
};

/// What a chunk of the column `schema` holds; its header must be right.
std::vector<std::string> texts_in(const Recorder::Taken& chunk, const std::string& schema) {
  REQUIRE(chunk.bytes.size() >= chunk::kHeaderBytes);
  CHECK(load_le<std::uint32_t>(chunk.bytes.data()) ==
        static_cast<std::uint32_t>(chunk::Kind::kTfrecord));
  CHECK(load_le<std::uint32_t>(chunk.bytes.data() + 4) == chunk.bytes.size() - chunk::kHeaderBytes);
  CHECK(load_le<std::uint32_t>(chunk.bytes.data() + 8) == chunk.records);
  tfrecord::Reader reader(std::make_unique<StringSource>(chunk.bytes.substr(chunk::kHeaderBytes)));
  example::Decoder decoder(schema_of(schema));
  std::vector<std::string> texts;
  std::string_view record;
  while (take(reader.next(record))) {
    table::Cell cell = table::Cell::of_null();
    take(decoder.decode(record, &cell));
    texts.push_back(show(decoder.schema(), {&cell, 1}).front());
  }
  CHECK(texts.size() == chunk.records);
  return texts;
}

/// What each worker was given, joined with blanks.
std::vector<std::string> shares(const Recorder& recorder,
                                std::size_t workers,
                                const std::string& schema = "n long") {
  std::vector<std::string> out(workers);
  for (const auto& chunk : recorder.chunks) {
    for (const std::string& text : texts_in(chunk, schema)) {
      out[chunk.worker] += (out[chunk.worker].empty() ? "" : " ") + text;
    }
  }
  return out;
}

/// Hand all rows of `input` to `splitter`.
bool add_all(Splitter& splitter, table::RowReader& input) {
  table::RowBlock block(input.schema().size(), 4);
  for (;;) {
    take(input.read(block));
    if (block.rows() == 0) {
      return true;
    }
    if (!take(splitter.add(block))) {
      return false;
    }
  }
}

/// One row of one text of `size` bytes.
std::unique_ptr<FakeTable> texts_of(const std::vector<std::size_t>& sizes) {
  Rows rows;
  for (const std::size_t size : sizes) {
    rows.push_back({std::string(size, 'x')});
  }
  return table_of("t string", rows);
}

struct Deal {
  spec::EvenSplit even_split;
  std::size_t rows;
  std::vector<std::string> shares;
  std::uint64_t repeated;
  std::uint64_t dropped;
  Numbers sent;
};

TEST_CASE("Row k goes to worker k mod W and the last round is evened out as asked",
          "[source][split]") {
  using spec::EvenSplit;
  const auto deal = GENERATE(values<Deal>({
      {EvenSplit::kPad, 7, {"0 3 6", "1 4 6", "2 5 6"}, 2, 0, {3, 3, 3}},
      {EvenSplit::kPad, 8, {"0 3 6", "1 4 7", "2 5 7"}, 1, 0, {3, 3, 3}},
      {EvenSplit::kPad, 6, {"0 3", "1 4", "2 5"}, 0, 0, {2, 2, 2}},
      {EvenSplit::kPad, 1, {"0", "0", "0"}, 2, 0, {1, 1, 1}},
      {EvenSplit::kPad, 0, {"", "", ""}, 0, 0, {0, 0, 0}},
      {EvenSplit::kDrop, 8, {"0 3", "1 4", "2 5"}, 0, 2, {2, 2, 2}},
      {EvenSplit::kDrop, 6, {"0 3", "1 4", "2 5"}, 0, 0, {2, 2, 2}},
      {EvenSplit::kDrop, 2, {"", "", ""}, 0, 2, {0, 0, 0}},
      {EvenSplit::kDrop, 0, {"", "", ""}, 0, 0, {0, 0, 0}},
      {EvenSplit::kOff, 7, {"0 3 6", "1 4", "2 5"}, 0, 0, {3, 2, 2}},
      {EvenSplit::kOff, 0, {"", "", ""}, 0, 0, {0, 0, 0}},
  }));
  CAPTURE(deal.rows, static_cast<int>(deal.even_split));
  Recorder recorder;
  const auto input = table_of("n long", numbered(deal.rows));
  Splitter splitter(input->schema(), 3, deal.even_split, recorder);
  CHECK(add_all(splitter, *input));
  CHECK(splitter.finish());
  CHECK(shares(recorder, 3) == deal.shares);
  CHECK(splitter.counts().rows == deal.rows);
  CHECK(splitter.counts().repeated == deal.repeated);
  CHECK(splitter.counts().dropped == deal.dropped);
  CHECK(splitter.counts().sent == deal.sent);
}

TEST_CASE("One worker gets every row", "[source][split]") {
  Recorder recorder;
  const auto input = table_of("n long", numbered(3));
  Splitter splitter(input->schema(), 1, spec::EvenSplit::kPad, recorder);
  CHECK(add_all(splitter, *input));
  CHECK(splitter.finish());
  CHECK(shares(recorder, 1) == std::vector<std::string>{"0 1 2"});
}

TEST_CASE("Chunks are handed over when one is full and the round is complete", "[source][split]") {
  Recorder recorder;
  // Worker 1's rows alone are large: two of them fill its chunk in the second round.
  const auto input = texts_of({1, 150'000, 2, 3, 150'000, 4, 5, 6});
  Splitter splitter(input->schema(), 3, spec::EvenSplit::kOff, recorder);
  table::RowBlock block(1, 1);
  std::vector<std::size_t> chunks_after_row;
  for (int i = 0; i < 8; ++i) {
    take(input->read(block));
    CHECK(take(splitter.add(block)));
    chunks_after_row.push_back(recorder.chunks.size());
  }
  CHECK(chunks_after_row == std::vector<std::size_t>{0, 0, 0, 0, 0, 3, 3, 3});
  for (std::size_t worker = 0; worker < 3; ++worker) {
    CHECK(recorder.chunks[worker].worker == worker);
    CHECK(recorder.chunks[worker].records == 2);
  }
  CHECK(splitter.finish());
  REQUIRE(recorder.chunks.size() == 5);
  CHECK(splitter.counts().sent == Numbers{3, 3, 2});
}

TEST_CASE("A chunk is full at its bytes and not before", "[source][split]") {
  const auto handed_over = [](std::size_t text_bytes) {
    Recorder recorder;
    const auto input = texts_of({text_bytes});
    Splitter splitter(input->schema(), 1, spec::EvenSplit::kPad, recorder);
    CHECK(add_all(splitter, *input));
    const bool at_once = !recorder.chunks.empty();
    CHECK(splitter.finish());
    REQUIRE(recorder.chunks.size() == 1);
    return std::pair(at_once, recorder.chunks.front().bytes.size());
  };
  const std::size_t around = handed_over(200'000).second - 200'000;  // header, frame, Example
  CHECK(handed_over(Splitter::kChunkBytes - around) ==
        std::pair(true, std::size_t{Splitter::kChunkBytes}));
  CHECK_FALSE(handed_over(Splitter::kChunkBytes - around - 1).first);
}

TEST_CASE("Rows dealt over many chunks stay whole and in order", "[source][split]") {
  Recorder recorder;
  Rows rows;
  std::vector<std::string> expected(3);
  for (std::size_t i = 0; i < 2000; ++i) {
    rows.push_back({std::to_string(i) + "_" + std::string(i % 977, 'x')});
    expected[i % 3] += (expected[i % 3].empty() ? "" : " ") + rows.back()[0];
  }
  expected[2] += " " + rows.back()[0];  // 2,000 rows: the last round lacks one
  const auto input = table_of("t string", rows);
  Splitter splitter(input->schema(), 3, spec::EvenSplit::kPad, recorder);
  CHECK(add_all(splitter, *input));
  CHECK(splitter.finish());
  CHECK(recorder.chunks.size() > 3);
  CHECK(shares(recorder, 3, "t string") == expected);
}

TEST_CASE("A flush waits for the round to be complete", "[source][split]") {
  Recorder recorder;
  const auto input = table_of("n long", numbered(5));
  Splitter splitter(input->schema(), 3, spec::EvenSplit::kDrop, recorder);
  CHECK(add_all(splitter, *input));
  CHECK(splitter.flush());
  CHECK(recorder.chunks.empty());  // two rows of the round may still have to go
  CHECK(splitter.finish());
  CHECK(shares(recorder, 3) == std::vector<std::string>{"0", "1", "2"});
}

TEST_CASE("A flush between rounds hands over what there is", "[source][split]") {
  Recorder recorder;
  const auto input = table_of("n long", numbered(4));
  Splitter splitter(input->schema(), 2, spec::EvenSplit::kPad, recorder);
  CHECK(add_all(splitter, *input));
  CHECK(splitter.flush());
  CHECK(shares(recorder, 2) == std::vector<std::string>{"0 2", "1 3"});
  CHECK(splitter.flush());
  CHECK(splitter.finish());
  CHECK(recorder.chunks.size() == 2);  // nothing was left to send
}

TEST_CASE("A taker that wants no more ends the feed", "[source][split]") {
  Recorder recorder;
  recorder.wanted = 1;
  const auto input = texts_of({300'000, 300'000, 300'000, 300'000});
  Splitter splitter(input->schema(), 2, spec::EvenSplit::kPad, recorder);
  CHECK_FALSE(add_all(splitter, *input));
  CHECK(splitter.counts().sent == Numbers{1, 0});
}

}  // namespace
}  // namespace alinktf::source
