// Signatures, jobs and rows for the tests of prediction.
#pragma once

#include "predict/binding.hpp"
#include "table/row_block.hpp"
#include "tensorflow/message.hpp"
#include "tensorflow/tensor.hpp"
#include "unit/result.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace alinktf::predict {

inline tensorflow::TensorInfo info(const std::string& key,
                                   tensorflow::DataType type,
                                   std::vector<std::int64_t> dims) {
  return {.key = key,
          .tensor = key + ":0",
          .type = type,
          .unknown_rank = false,
          .dims = std::move(dims)};
}

inline tensorflow::Signature signature_of(std::vector<tensorflow::TensorInfo> inputs) {
  using tensorflow::DataType;
  return {.key = "serving_default",
          .method = {},
          .inputs = std::move(inputs),
          .outputs = {info("y", DataType::kFloat, {-1}), info("z", DataType::kString, {-1, 2})}};
}

inline spec::JobSpec job_of(Style style, const std::string& outputs = "y double") {
  spec::JobSpec job;
  job.component = style == Style::kRow ? spec::Component::kTFTableModelPredictBatchOp
                                       : spec::Component::kTFSavedModelPredictBatchOp;
  job.output_schema = take(table::parse_schema(outputs));
  return job;
}

/// A block of one column with these cells.
inline table::RowBlock block_of(const std::vector<table::Cell>& cells) {
  table::RowBlock block(1, cells.size());
  for (const table::Cell& cell : cells) {
    *block.next_row() = cell;
    block.add_row();
  }
  return block;
}

inline table::Cell text(const char* value) {
  return table::Cell::of_bytes(value);
}

/// The only tensor of a batch's message: "float32 of shape [2]: 1 2".
inline std::string show(std::string_view message) {
  std::vector<tensorflow::TensorView> tensors;
  take(tensorflow::read_tensors(message.substr(tensorflow::MessageHead::kBytes), tensors));
  REQUIRE(tensors.size() == 1);
  const auto& tensor = tensors.front();
  std::string out = tensorflow::describe(tensor.type, tensor.dims) + ":";
  if (tensor.type == tensorflow::DataType::kString) {
    tensor.for_each_text([&](std::string_view each) { out += " " + std::string(each); });
  }
  for (std::size_t i = 0; i < tensor.count(); ++i) {
    if (tensor.type == tensorflow::DataType::kFloat) {
      out += fmt::format(" {}", load_le<float>(tensor.bytes.data() + i * sizeof(float)));
    } else if (tensor.type == tensorflow::DataType::kInt64) {
      out += fmt::format(" {}", load_le<std::int64_t>(tensor.bytes.data() + i * 8));
    }
  }
  return out;
}

}  // namespace alinktf::predict
