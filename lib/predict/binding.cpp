#include "predict/binding.hpp"

#include "base/text.hpp"
#include "spec/component.hpp"
#include "tensorflow/tensor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::predict {

namespace {

using table::ColumnType;
using tensorflow::DataType;
using tensorflow::TensorInfo;

template <typename Values>
std::vector<std::string_view> keys_of(const Values& values) {
  std::vector<std::string_view> keys;
  keys.reserve(values.size());
  for (const auto& value : values) {
    keys.emplace_back(value.key);
  }
  return keys;
}

std::vector<std::string_view> names_of(const table::Schema& schema) {
  std::vector<std::string_view> names;
  names.reserve(schema.size());
  for (const table::Column& column : schema) {
    names.emplace_back(column.name);
  }
  return names;
}

const TensorInfo* find_info(const std::vector<TensorInfo>& infos, std::string_view key) {
  const auto found = std::find_if(
      infos.begin(), infos.end(), [&](const TensorInfo& info) { return info.key == key; });
  return found == infos.end() ? nullptr : &*found;
}

/// How many values one row has for `info` if several columns may feed them: its only dimension
/// beside the batch.
std::size_t values_of_row(const TensorInfo& info) {
  const bool one_axis = !info.unknown_rank && info.dims.size() == 2 && info.dims[1] > 0;
  return one_axis ? static_cast<std::size_t>(info.dims[1]) : 0;
}

bool is_number(ColumnType type) {
  const auto storage = table::storage(type);
  return storage == table::Storage::kInteger || storage == table::Storage::kReal;
}

class Binder {
 public:
  Binder(const spec::JobSpec& job,
         const tensorflow::Signature& signature,
         const table::Schema& table)
      : job_(job), signature_(signature), table_(table) {
    binding_.style = spec::is_table_model(job.component) ? Style::kRow : Style::kWhole;
    binding_.signature = signature.key;
    binding_.table = table;
  }

  Result<Binding> bind() {
    ALINKTF_TRY(bind_inputs());
    ALINKTF_TRY(bind_outputs());
    ALINKTF_TRY(lay_out());
    const auto open = [](const auto& bound) {
      return !bound.info.unknown_rank && !bound.info.dims.empty() && bound.info.dims[0] < 0;
    };
    binding_.batchable = std::all_of(binding_.inputs.begin(), binding_.inputs.end(), open) &&
                         (binding_.style == Style::kRow ||
                          std::all_of(binding_.outputs.begin(), binding_.outputs.end(), open));
    return std::move(binding_);
  }

 private:
  Result<std::vector<std::size_t>> find_columns(const std::vector<std::string>& names,
                                                std::string_view key) const {
    std::vector<std::size_t> columns;
    for (const std::string& name : names) {
      const auto column = table::find_column(table_, name);
      if (!column) {
        const auto known = names_of(table_);
        return Error(ErrorCode::kSpec,
                     fmt::format("/{}: found {}, expected a column of the input{}; it has {}",
                                 key,
                                 quote(name),
                                 did_you_mean(name, known),
                                 fmt::join(known, ", ")));
      }
      columns.push_back(*column);
    }
    return columns;
  }

  Result<void> bind_inputs() {
    std::vector<std::size_t> columns(table_.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      columns[i] = i;
    }
    if (!job_.predict.selected_cols.empty()) {
      ALINKTF_ASSIGN_OR_RETURN(columns, find_columns(job_.predict.selected_cols, "selectedCols"));
    }
    std::vector<std::string> keys = job_.predict.input_signature_defs;
    if (keys.empty() && feeds_one_input(columns)) {
      keys = {signature_.inputs.front().key};
    }
    if (keys.empty()) {
      for (const std::size_t column : columns) {
        keys.push_back(table_[column].name);
      }
    }
    if (keys.size() == 1 && columns.size() > 1) {
      return bind_group(keys.front(), columns);
    }
    if (keys.size() != columns.size() || keys.size() != signature_.inputs.size()) {
      return wrong_number(keys.size(), columns.size());
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
      ALINKTF_ASSIGN_OR_RETURN(const TensorInfo* const info, input_called(keys[i]));
      binding_.inputs.push_back({*info, {columns[i]}});
    }
    return check_inputs();
  }

  /// True if all of `columns` are numbers and the signature has one input, of as many values.
  [[nodiscard]] bool feeds_one_input(const std::vector<std::size_t>& columns) const {
    return columns.size() > 1 && signature_.inputs.size() == 1 &&
           values_of_row(signature_.inputs.front()) == columns.size();
  }

  [[nodiscard]] Error wrong_number(std::size_t keys, std::size_t columns) const {
    return {ErrorCode::kSpec,
            fmt::format("/selectedCols: {} columns for {} keys, expected one column for each of "
                        "the signature's {} inputs; {}",
                        columns,
                        keys,
                        signature_.inputs.size(),
                        describe_inputs(signature_))};
  }

  Result<const TensorInfo*> input_called(const std::string& key) const {
    const TensorInfo* const info = find_info(signature_.inputs, key);
    if (info == nullptr) {
      const auto known = keys_of(signature_.inputs);
      return Error(ErrorCode::kSpec,
                   fmt::format("/{}: found {}, expected an input of the signature {}{}; it has {}",
                               job_.predict.input_signature_defs.empty() ? "selectedCols"
                                                                         : "inputSignatureDefs",
                               quote(key),
                               quote(signature_.key),
                               did_you_mean(key, known),
                               fmt::join(known, ", ")));
    }
    return info;
  }

  Result<void> bind_group(const std::string& key, const std::vector<std::size_t>& columns) {
    ALINKTF_ASSIGN_OR_RETURN(const TensorInfo* const info, input_called(key));
    if (signature_.inputs.size() != 1 || values_of_row(*info) != columns.size()) {
      return wrong_number(1, columns.size());
    }
    for (const std::size_t column : columns) {
      if (!is_number(table_[column].type)) {
        return Error(ErrorCode::kSpec,
                     fmt::format("/selectedCols: column {} is {}, expected a number, since the "
                                 "columns together are the input {}",
                                 quote(table_[column].name),
                                 table::type_name(table_[column].type),
                                 quote(key)));
      }
    }
    binding_.inputs.push_back({*info, columns});
    return check_inputs();
  }

  Result<void> check_inputs() const {
    for (const BoundInput& input : binding_.inputs) {
      ALINKTF_TRY(check_input(input));
    }
    return {};
  }

  /// Refuse what cannot fit, whatever the rows hold.
  Result<void> check_input(const BoundInput& input) const {
    const TensorInfo& info = input.info;
    if (info.tensor.empty() ||
        (tensorflow::value_bytes(info.type) == 0 && info.type != DataType::kString)) {
      return Error(
          ErrorCode::kSpec,
          fmt::format("the signature's input {} is {}, which no column can feed",
                      quote(info.key),
                      info.tensor.empty() ? "no plain tensor" : tensorflow::type_name(info.type)));
    }
    for (const std::size_t column : input.columns) {
      const bool boolean = table_[column].type == ColumnType::kBoolean;
      const bool wants_boolean = info.type == DataType::kBool;
      if (info.type != DataType::kString && is_number(table_[column].type) &&
          boolean != wants_boolean) {
        return Error(ErrorCode::kSpec,
                     fmt::format("column {} is {}, but the signature's input {} wants {}; convert "
                                 "it in select",
                                 quote(table_[column].name),
                                 table::type_name(table_[column].type),
                                 quote(info.key),
                                 tensorflow::type_name(info.type)));
      }
    }
    return {};
  }

  Result<void> bind_outputs() {
    const auto& keys = job_.predict.output_signature_defs;
    for (std::size_t i = 0; i < job_.output_schema.size(); ++i) {
      const table::Column& column = job_.output_schema[i];
      const std::string& key = keys.empty() ? column.name : keys[i];
      const TensorInfo* const info = find_info(signature_.outputs, key);
      if (info == nullptr) {
        const auto known = keys_of(signature_.outputs);
        return Error(
            ErrorCode::kSpec,
            fmt::format("/{}: found {}, expected an output of the signature {}{}; it has {}",
                        keys.empty() ? "outputSchemaStr" : "outputSignatureDefs",
                        quote(key),
                        quote(signature_.key),
                        did_you_mean(key, known),
                        fmt::join(known, ", ")));
      }
      binding_.outputs.push_back({*info, column});
    }
    return {};
  }

  /// Kept columns in the table's order, then the outputs; an output with the name of a column takes
  /// its place. Source: Alink's OutputColsHelper.
  Result<void> lay_out() {
    const auto& reserved = job_.predict.reserved_cols;
    std::vector<std::size_t> keep;
    if (reserved) {
      ALINKTF_ASSIGN_OR_RETURN(keep, find_columns(*reserved, "reservedCols"));
    }
    std::vector<bool> placed(binding_.outputs.size());
    for (std::size_t i = 0; i < table_.size(); ++i) {
      const auto output = table::find_column(job_.output_schema, table_[i].name);
      if (output) {
        add_output(*output);
        placed[*output] = true;
      } else if (!reserved || std::find(keep.begin(), keep.end(), i) != keep.end()) {
        binding_.columns.push_back({.is_output = false, .index = binding_.kept.size()});
        binding_.kept.push_back(i);
        binding_.schema.push_back(table_[i]);
      }
    }
    for (std::size_t i = 0; i < placed.size(); ++i) {
      if (!placed[i]) {
        add_output(i);
      }
    }
    return {};
  }

  void add_output(std::size_t index) {
    binding_.columns.push_back({.is_output = true, .index = index});
    binding_.schema.push_back(binding_.outputs[index].column);
  }

  const spec::JobSpec& job_;
  const tensorflow::Signature& signature_;
  const table::Schema& table_;
  Binding binding_;
};

std::string joined_tags(const tensorflow::MetaGraph& graph) {
  return fmt::format("{}", fmt::join(graph.tags, ","));
}

std::vector<std::string> split_tags(std::string_view text) {
  std::vector<std::string> tags;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    tags.emplace_back(trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::sort(tags.begin(), tags.end());
  return tags;
}

}  // namespace

Result<const tensorflow::MetaGraph*> find_graph(const std::vector<tensorflow::MetaGraph>& graphs,
                                                const std::string& tags) {
  const auto wanted = split_tags(tags);
  std::vector<std::string> known;
  for (const tensorflow::MetaGraph& graph : graphs) {
    known.push_back(joined_tags(graph));
    if (split_tags(known.back()) == wanted) {
      return &graph;
    }
  }
  return Error(ErrorCode::kSpec,
               fmt::format("/graphDefTag: found {}, expected the tags of a graph in the model: {}",
                           quote(tags),
                           fmt::join(known, " or ")));
}

Result<const tensorflow::Signature*> find_signature(const tensorflow::MetaGraph& graph,
                                                    const std::string& key) {
  for (const tensorflow::Signature& signature : graph.signatures) {
    if (signature.key == key) {
      return &signature;
    }
  }
  const auto known = keys_of(graph.signatures);
  return Error(ErrorCode::kSpec,
               fmt::format("/signatureDefKey: found {}, expected a signature of the model{}; it "
                           "has {}",
                           quote(key),
                           did_you_mean(key, known),
                           known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "))));
}

Result<Binding> bind(const spec::JobSpec& job,
                     const tensorflow::Signature& signature,
                     const table::Schema& table) {
  return Binder(job, signature, table).bind();
}

std::string describe_inputs(const tensorflow::Signature& signature) {
  std::vector<std::string> inputs;
  for (const TensorInfo& info : signature.inputs) {
    inputs.push_back(fmt::format("{}: {}", info.key, tensorflow::describe(info.type, info.dims)));
  }
  return fmt::format("the signature {} wants {}", quote(signature.key), fmt::join(inputs, "; "));
}

table::Schema default_outputs(const tensorflow::Signature& signature) {
  table::Schema schema;
  for (const TensorInfo& info : signature.outputs) {
    const bool one = !info.unknown_rank &&
                     (info.dims.size() < 2 || (info.dims.size() == 2 && info.dims[1] == 1));
    ColumnType type = ColumnType::kTensor;
    if (one && info.type == DataType::kFloat) {
      type = ColumnType::kFloat;
    } else if (one && info.type == DataType::kDouble) {
      type = ColumnType::kDouble;
    } else if (one && info.type == DataType::kString) {
      type = ColumnType::kString;
    } else if (one && info.type == DataType::kBool) {
      type = ColumnType::kBoolean;
    } else if (one && info.type == DataType::kInt64) {
      type = ColumnType::kLong;
    } else if (one && info.type == DataType::kInt32) {
      type = ColumnType::kInt;
    }
    schema.push_back({.name = info.key, .type = type});
  }
  return schema;
}

}  // namespace alinktf::predict
