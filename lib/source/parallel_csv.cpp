#include "source/parallel_csv.hpp"

#include "source/input_reader.hpp"
#include "source/project.hpp"
#include "sys/thread.hpp"

namespace alinktf::source {

namespace {

/// A block whose records take more than this goes to read() in parts.
constexpr std::size_t kPartBytes = 4 * RecordBatch::kFullBytes;

/// The schema of what the job's workers get.
Result<table::Schema> selected_schema(const spec::JobSpec& job) {
  if (job.selected_cols.empty()) {
    return job.input.schema;
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto columns, find_columns(job.input.schema, job.selected_cols));
  table::Schema schema;
  for (const std::size_t column : columns) {
    schema.push_back(job.input.schema[column]);
  }
  return schema;
}

}  // namespace

Result<void> CsvBlocks::open_next() {
  ALINKTF_ASSIGN_OR_RETURN(auto bytes, open_bytes(input_, files_.at(next_++), -1));
  ALINKTF_ASSIGN_OR_RETURN(
      cutter_, csv::BlockCutter::open(std::move(bytes), input_.schema, options_, block_bytes_));
  return {};
}

Result<bool> CsvBlocks::next(Block& block) {
  for (;;) {
    ALINKTF_ASSIGN_OR_RETURN(const bool there, cutter_->next(block.csv));
    if (there || next_ == files_.size()) {
      block.name = cutter_->name();
      return there;
    }
    ALINKTF_TRY(open_next());
  }
}

/// Notes the bad rows of a block, in the slot that the block goes through.
struct ParallelCsv::Parser final : table::BadRowTaker {
  explicit Parser(const table::Schema& schema) : encoder(schema) {}

  Result<void> take(const table::BadRow& row) override {
    slot->bad_rows.push_back({.records_before = slot->batch.sizes.size() + encoder.block().rows(),
                              .source = std::string(row.source),
                              .number = row.number,
                              .reason = std::string(row.reason),
                              .text = std::string(row.text)});
    return {};
  }

  BatchEncoder encoder;
  csv::Reader* blocks = nullptr;
  std::unique_ptr<table::RowReader> rows;  ///< of blocks, without the columns that nobody wants
  Slot* slot = nullptr;
};

ParallelCsv::ParallelCsv(const spec::InputSpec& input,
                         std::vector<std::string> files,
                         table::Schema schema,
                         const Options& options)
    : rejects_(input.bad_rows),
      blocks_(input, std::move(files), csv_options(input, &rejects_), options.block_bytes),
      slots_(options.threads + 2),
      schema_(std::move(schema)),
      shapes_(schema_) {
  for (Slot& slot : slots_) {
    slot.batch.form = options.form;
  }
}

Result<std::unique_ptr<ParallelCsv>> ParallelCsv::open(const spec::JobSpec& job,
                                                       std::vector<std::string> files,
                                                       const Options& options) {
  ALINKTF_ASSIGN_OR_RETURN(auto schema, selected_schema(job));
  // The constructor is private, so std::make_unique cannot call it.
  std::unique_ptr<ParallelCsv> stream(
      new ParallelCsv(job.input, std::move(files), std::move(schema), options));
  ALINKTF_TRY(stream->blocks_.open_next());
  for (std::size_t i = 0; i < options.threads; ++i) {
    ALINKTF_ASSIGN_OR_RETURN(auto parser, stream->make_parser(job));
    stream->parsers_.push_back(std::move(parser));
  }
  for (const auto& parser : stream->parsers_) {
    ALINKTF_ASSIGN_OR_RETURN(auto thread, sys::start_thread([&stream = *stream, &parser = *parser] {
                               stream.work(parser);
                             }));
    stream->threads_.push_back(std::move(thread));
  }
  return stream;
}

Result<std::unique_ptr<ParallelCsv::Parser>> ParallelCsv::make_parser(const spec::JobSpec& job) {
  auto parser = std::make_unique<Parser>(schema_);
  ALINKTF_ASSIGN_OR_RETURN(
      auto reader,
      csv::Reader::over_blocks("", job.input.schema, csv_options(job.input, parser.get())));
  parser->blocks = reader.get();
  parser->rows = std::move(reader);
  if (!job.selected_cols.empty()) {
    ALINKTF_ASSIGN_OR_RETURN(parser->rows, project(std::move(parser->rows), job.selected_cols));
  }
  return parser;
}

ParallelCsv::~ParallelCsv() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  free_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void ParallelCsv::work(Parser& parser) {
  CsvBlocks::Block block;
  for (;;) {
    const auto number = cut(block);
    if (!number || !parse(*number, block, parser)) {
      return;
    }
  }
}

/// Cut off the next block once there is a slot for it. Nothing if there is none or it is not
/// wanted.
std::optional<std::uint64_t> ParallelCsv::cut(CsvBlocks::Block& block) {
  const std::lock_guard cutting(cut_mutex_);
  if (cut_all_) {
    return std::nullopt;
  }
  {
    std::unique_lock lock(mutex_);
    free_.wait(lock, [&] { return stopped_ || next_block_ - taken_ < slots_.size(); });
    if (stopped_) {
      return std::nullopt;
    }
  }
  auto there = blocks_.next(block);
  const std::uint64_t number = next_block_++;
  if (there.ok() && there.value()) {
    return number;
  }
  cut_all_ = true;
  Slot& slot = slot_of(number);
  slot.batch.clear();
  slot.bad_rows.clear();
  slot.invalid_values = 0;
  slot.end = there.ok();
  slot.error = there.ok() ? std::nullopt : std::optional(std::move(there).error());
  slot.last = true;
  publish(slot);
  return std::nullopt;
}

/// Turn a block into records. False if they are not wanted.
bool ParallelCsv::parse(std::uint64_t number, CsvBlocks::Block& block, Parser& parser) {
  parser.blocks->set_name(std::move(block.name));
  parser.blocks->next_block(std::move(block.csv.bytes), block.csv.first_line);
  Slot& slot = slot_of(number);
  parser.slot = &slot;
  for (bool more = true; more;) {
    {
      std::unique_lock lock(mutex_);
      free_.wait(lock, [&] { return stopped_ || !slot.ready; });
      if (stopped_) {
        return false;
      }
    }
    slot.batch.clear();
    slot.bad_rows.clear();
    const std::uint64_t invalid_before = parser.blocks->invalid_values();
    auto filled = parser.encoder.fill(*parser.rows, slot.batch, kPartBytes);
    more = filled.ok() && filled.value();
    slot.invalid_values = parser.blocks->invalid_values() - invalid_before;
    slot.shapes = parser.encoder.take_shapes();
    slot.error = filled.ok() ? std::nullopt : std::optional(std::move(filled).error());
    slot.bad_record = parser.encoder.bad_record();
    slot.last = !more;
    publish(slot);
  }
  block.csv.bytes = parser.blocks->next_block({}, 1);  // still in the cache for the next block
  return true;
}

void ParallelCsv::publish(Slot& slot) {
  bool next = false;
  {
    const std::lock_guard lock(mutex_);
    slot.ready = true;
    next = &slot == &slot_of(taken_);
  }
  if (next) {
    ready_.notify_one();
  }
}

Result<void> ParallelCsv::read(RecordBatch& batch) {
  batch.clear();
  while (batch.empty() && !ended_ && !failed_) {
    Slot& slot = slot_of(taken_);  // written by this thread alone
    {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [&] { return slot.ready; });
    }
    take(slot, batch);
    {
      const std::lock_guard lock(mutex_);
      slot.ready = false;
      taken_ += slot.last ? 1 : 0;
    }
    free_.notify_all();
  }
  return batch.empty() && failed_ ? Result<void>(*failed_) : Result<void>();
}

void ParallelCsv::take(Slot& slot, RecordBatch& batch) {
  std::swap(batch, slot.batch);
  failed_ = std::exchange(slot.error, std::nullopt);
  if (failed_ && slot.bad_record) {
    failed_ = at_row(*std::move(failed_), rows_ + batch.sizes.size() + 1);
  }
  ended_ = slot.end;
  for (const KeptBadRow& row : slot.bad_rows) {
    auto taken = rejects_.take(
        {.source = row.source, .number = row.number, .reason = row.reason, .text = row.text});
    if (!taken.ok()) {
      batch.truncate(row.records_before);
      failed_ = std::move(taken).error();
      break;
    }
  }
  rows_ += batch.sizes.size();
  invalid_values_ += slot.invalid_values;
  if (slot.shapes) {
    shapes_.add(*slot.shapes);
  }
}

}  // namespace alinktf::source
