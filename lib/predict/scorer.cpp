#include "predict/scorer.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace alinktf::predict {

namespace {

using tensorflow::MessageHead;
using tensorflow::MessageKind;
using tensorflow::TensorView;

constexpr std::size_t kLongestReason = 1000;

/// The entries `first` to `first + entries` of `tensor` along its first axis.
void append_slice(const TensorView& tensor, std::size_t first, std::size_t entries, Buffer& out) {
  if (tensor.dims.empty()) {
    tensorflow::append_tensor(out, tensor);
    return;
  }
  const std::size_t per_entry = tensorflow::count_values(std::span(tensor.dims).subspan(1));
  const std::size_t begin = first * per_entry;
  const std::size_t count = entries * per_entry;
  TensorView slice{.type = tensor.type, .dims = tensor.dims, .bytes = {}};
  slice.dims.front() = static_cast<std::int64_t>(entries);
  if (tensor.type != tensorflow::DataType::kString) {
    const std::size_t size = tensorflow::value_bytes(tensor.type);
    slice.bytes = tensor.bytes.substr(begin * size, count * size);
    tensorflow::append_tensor(out, slice);
    return;
  }
  Buffer texts;
  texts.append(tensor.bytes.substr(begin * sizeof(std::uint32_t), count * sizeof(std::uint32_t)));
  std::size_t index = 0;
  tensor.for_each_text([&](std::string_view text) {
    if (index >= begin && index < begin + count) {
      texts.append(text);
    }
    ++index;
  });
  slice.bytes = texts.view();
  tensorflow::append_tensor(out, slice);
}

/// TensorFlow's words in one line.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
  if (text.size() > kLongestReason) {
    text.resize(kLongestReason);
    text += "…";
  }
  return text;
}

/// The engine has gone: which rows it had may tell why.
Error while_scoring(const Batch& batch, const Error& error) {
  const std::uint64_t first = batch.numbers.front();
  const std::uint64_t last = batch.numbers.back();
  return {error.code(),
          fmt::format("{}: {}",
                      first == last ? fmt::format("row {}", first)
                                    : fmt::format("rows {} to {}", first, last),
                      error.str())};
}

std::string_view body_of(const Buffer& message) {
  return message.view().substr(MessageHead::kBytes);
}

}  // namespace

Scorer::Scorer(const Binding& binding, EngineChannel& channel, std::uint32_t call)
    : binding_(binding), channel_(channel), call_(call) {
  for (const BoundOutput& output : binding.outputs) {
    unpackers_.emplace_back(output, binding.style);
  }
}

Result<void> Scorer::score(Batch& batch) {
  channel_.begin_batch(batch.numbers.front(), batch.numbers.back());
  ALINKTF_TRY(score_whole(batch));
  channel_.end_batch(batch.rows);
  return {};
}

Result<void> Scorer::score_whole(Batch& batch) {
  batch.outputs.resize(batch.rows * binding_.outputs.size());
  const auto ran = channel_.ask(MessageKind::kRun, call_, batch.request, answer_);
  if (!ran.ok()) {
    return channel_.gone() ? while_scoring(batch, ran.error()) : score_each(batch);
  }
  ALINKTF_TRY(tensorflow::read_tensors(answer_.view(), results_));
  if (!splits(batch)) {
    return score_each(batch);
  }
  const auto unpacked = unpack(batch, 0, batch.rows, batch.whole);
  return unpacked.ok() ? unpacked : score_each(batch);
}

/// True if the results have an entry for each row's part along their first axes.
bool Scorer::splits(const Batch& batch) const {
  if (batch.whole) {
    return true;
  }
  const std::size_t entries =
      batch.parts.empty() ? batch.rows
                          : std::accumulate(batch.parts.begin(), batch.parts.end(), std::size_t{0});
  return std::all_of(results_.begin(), results_.end(), [&](const TensorView& result) {
    return !result.dims.empty() && static_cast<std::size_t>(result.dims.front()) == entries;
  });
}

Result<void> Scorer::unpack(Batch& batch, std::size_t row, std::size_t rows, bool whole) {
  const std::size_t width = binding_.outputs.size();
  for (std::size_t i = 0; i < width; ++i) {
    ALINKTF_TRY(unpackers_[i].unpack(results_[i],
                                     {.count = rows, .parts = batch.parts, .whole = whole},
                                     {.cells = batch.outputs.data() + row * width + i,
                                      .stride = width,
                                      .arena = batch.output_texts}));
  }
  return {};
}

/// Each row of the batch alone.
Result<void> Scorer::score_each(Batch& batch) {
  std::vector<TensorView> inputs;
  ALINKTF_TRY(tensorflow::read_tensors(body_of(batch.request), inputs));
  std::size_t first = 0;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    const std::size_t entries = batch.parts.empty() ? 1 : batch.parts[row];
    auto scored = score_one(inputs, first, entries, batch, row);
    if (!scored.ok()) {
      if (channel_.gone()) {
        return scored;
      }
      batch.failed.push_back({.row = row, .reason = one_line(scored.error().str())});
    }
    first += entries;
  }
  return {};
}

Result<void> Scorer::score_one(const std::vector<TensorView>& inputs,
                               std::size_t first,
                               std::size_t entries,
                               Batch& batch,
                               std::size_t row) {
  tensorflow::start_message(question_);
  if (batch.whole) {
    question_.append(body_of(batch.request));
  } else {
    for (const TensorView& input : inputs) {
      append_slice(input, first, entries, question_);
    }
  }
  ALINKTF_TRY(channel_.ask(MessageKind::kRun, call_, question_, answer_));
  ALINKTF_TRY(tensorflow::read_tensors(answer_.view(), results_));
  return unpack(batch, row, 1, true);
}

std::vector<const table::Column*> Scorer::cut_columns() const {
  std::vector<const table::Column*> columns;
  for (const OutputUnpacker& unpacker : unpackers_) {
    if (unpacker.left_values_out()) {
      columns.push_back(&unpacker.column());
    }
  }
  return columns;
}

}  // namespace alinktf::predict
