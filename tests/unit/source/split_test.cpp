#include "source/split.hpp"

#include "formats/chunk/chunk.hpp"
#include "formats/example/decoder.hpp"
#include "formats/example/encoder.hpp"
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

/// Hand all rows of `input` to `splitter`, four in a batch.
bool add_all(Splitter& splitter, table::RowReader& input, std::size_t at_once = 4) {
  table::RowBlock block(input.schema().size(), at_once);
  example::Encoder encoder(input.schema());
  RecordBatch batch;
  for (;;) {
    take(input.read(block));
    if (block.rows() == 0) {
      return true;
    }
    batch.clear();
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::size_t before = batch.chunk.size();
      take(encoder.append_framed(block.row(row), batch.chunk));
      batch.sizes.push_back(static_cast<std::uint32_t>(batch.chunk.size() - before));
    }
    if (!take(splitter.add(batch))) {
      return false;
    }
    CHECK(batch.empty());
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
  Splitter splitter(3, deal.even_split, recorder);
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
  Splitter splitter(1, spec::EvenSplit::kPad, recorder);
  CHECK(add_all(splitter, *input));
  CHECK(splitter.finish());
  CHECK(shares(recorder, 1) == std::vector<std::string>{"0 1 2"});
}

TEST_CASE("One worker gets a batch as the chunk that it is", "[source][split]") {
  Recorder recorder;
  const auto input = table_of("n long", numbered(5));
  Splitter splitter(1, spec::EvenSplit::kDrop, recorder);
  CHECK(add_all(splitter, *input));
  REQUIRE(recorder.chunks.size() == 2);  // without a flush
  CHECK(shares(recorder, 1) == std::vector<std::string>{"0 1 2 3 4"});
  CHECK(splitter.finish());
  CHECK(recorder.chunks.size() == 2);
  CHECK(splitter.counts().sent == Numbers{5});
}

TEST_CASE("Chunks are handed over when one is full and the round is complete", "[source][split]") {
  // Worker 1's rows alone are large: two of them fill its chunk in the second round.
  const std::vector<std::size_t> sizes{1, 150'000, 2, 3, 150'000, 4, 5, 6};
  for (std::size_t rows = 1; rows <= sizes.size(); ++rows) {
    Recorder recorder;
    const auto input = texts_of({sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(rows)});
    Splitter splitter(3, spec::EvenSplit::kPad, recorder);
    CHECK(add_all(splitter, *input));
    CHECK(recorder.chunks.size() == (rows < 6 ? 0 : 3));
    for (std::size_t worker = 0; worker < recorder.chunks.size(); ++worker) {
      CHECK(recorder.chunks[worker].worker == worker);
      CHECK(recorder.chunks[worker].records == 2);
    }
    CHECK(splitter.finish());
  }
}

TEST_CASE("A chunk is full at its bytes and not before", "[source][split]") {
  const auto handed_over = [](std::size_t text_bytes) {
    Recorder recorder;
    const auto input = texts_of({text_bytes, 1});
    Splitter splitter(2, spec::EvenSplit::kPad, recorder);
    CHECK(add_all(splitter, *input));
    const bool at_once = !recorder.chunks.empty();
    CHECK(splitter.finish());
    REQUIRE(recorder.chunks.size() == 2);
    return std::pair(at_once, recorder.chunks.front().bytes.size());
  };
  const std::size_t around = handed_over(200'000).second - 200'000;  // header, frame, Example
  CHECK(handed_over(Splitter::kChunkBytes - around) ==
        std::pair(true, std::size_t{Splitter::kChunkBytes}));
  CHECK_FALSE(handed_over(Splitter::kChunkBytes - around - 1).first);
}

TEST_CASE("A record above 1 GiB is an error that names its row", "[source][split]") {
  Recorder recorder;
  Splitter splitter(GENERATE(1U, 2U), spec::EvenSplit::kPad, recorder);
  RecordBatch batch;
  batch.clear();
  batch.chunk.append("frame");
  batch.sizes = {5};
  CHECK(take(splitter.add(batch)));
  batch.sizes = {5, (1U << 30U) + 17U};  // of the size alone: nobody looks at the bytes
  CHECK_THAT(failure(splitter.add(batch), ErrorCode::kInput),
             Catch::Contains("row 3: its tf.train.Example has 1073741841 bytes"));
  CHECK(recorder.chunks.size() <= 1);
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
  Splitter splitter(3, spec::EvenSplit::kPad, recorder);
  CHECK(add_all(splitter, *input));
  CHECK(splitter.finish());
  CHECK(recorder.chunks.size() > 3);
  CHECK(shares(recorder, 3, "t string") == expected);
}

TEST_CASE("A flush waits for the round to be complete", "[source][split]") {
  Recorder recorder;
  const auto input = table_of("n long", numbered(5));
  Splitter splitter(3, spec::EvenSplit::kDrop, recorder);
  CHECK(add_all(splitter, *input));
  CHECK(splitter.flush());
  CHECK(recorder.chunks.empty());  // two rows of the round may still have to go
  CHECK(splitter.finish());
  CHECK(shares(recorder, 3) == std::vector<std::string>{"0", "1", "2"});
}

TEST_CASE("A flush between rounds hands over what there is", "[source][split]") {
  Recorder recorder;
  const auto input = table_of("n long", numbered(4));
  Splitter splitter(2, spec::EvenSplit::kPad, recorder);
  CHECK(add_all(splitter, *input));
  CHECK(splitter.flush());
  CHECK(shares(recorder, 2) == std::vector<std::string>{"0 2", "1 3"});
  CHECK(splitter.flush());
  CHECK(splitter.finish());
  CHECK(recorder.chunks.size() == 2);  // nothing was left to send
}

TEST_CASE("Without even shares a flush hands over an incomplete round", "[source][split]") {
  Recorder recorder;
  Splitter splitter(3, spec::EvenSplit::kOff, recorder);
  FakeTable table("n long", {{"0"}, {"1"}});
  add_all(splitter, table);
  REQUIRE(splitter.flush());
  CHECK(shares(recorder, 3) == std::vector<std::string>{"0", "1", ""});
  FakeTable more("n long", {{"2"}, {"3"}});
  add_all(splitter, more);
  REQUIRE(splitter.finish());
  CHECK(shares(recorder, 3) == std::vector<std::string>{"0 3", "1", "2"});
}

TEST_CASE("Records become the values of a serialized string tensor, and it is told where they end",
          "[source][split]") {
  for (const std::size_t workers : {1U, 2U}) {
    Recorder recorder;
    Splitter splitter(workers, spec::EvenSplit::kOff, recorder, RecordForm::kTensorproto);
    RecordBatch batch(RecordForm::kTensorproto);
    batch.clear();
    for (std::size_t i = 0; i < 300 * workers; ++i) {
      batch.chunk.append({"\x42\x01x", 3});
      batch.sizes.push_back(3);
    }
    REQUIRE(take(splitter.add(batch)));
    REQUIRE(splitter.finish());
    REQUIRE(recorder.chunks.size() == workers);
    const std::string& bytes = recorder.chunks[0].bytes;
    CHECK(load_le<std::uint32_t>(bytes.data()) ==
          static_cast<std::uint32_t>(chunk::Kind::kTensorproto));
    CHECK(load_le<std::uint32_t>(bytes.data() + 8) == 300);
    // DT_STRING, shape {300} with its number in five bytes, then the values.
    const std::string head("\x08\x07\x12\x08\x12\x06\x08\xAC\x82\x80\x80\x00\x42\x01x\x42", 16);
    CHECK(bytes.substr(chunk::kHeaderBytes, head.size()) == head);
    const std::size_t ends = chunk::kHeaderBytes + chunk::kTensorHeadBytes + std::size_t{300} * 3;
    REQUIRE(bytes.size() == ends + 300 * sizeof(std::uint32_t));
    CHECK(load_le<std::uint32_t>(bytes.data() + ends) == 3);
    CHECK(load_le<std::uint32_t>(bytes.data() + bytes.size() - 4) == 900);
  }
}

TEST_CASE("A taker that wants no more ends the feed", "[source][split]") {
  Recorder recorder;
  recorder.wanted = 1;
  const auto input = texts_of({300'000, 300'000, 300'000, 300'000});
  Splitter splitter(2, spec::EvenSplit::kPad, recorder);
  CHECK_FALSE(add_all(splitter, *input));
  CHECK(splitter.counts().sent == Numbers{1, 0});
}

}  // namespace
}  // namespace alinktf::source
