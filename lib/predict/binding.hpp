// Which columns feed which inputs of a model's signature, and which outputs fill which columns.
#pragma once

#include "base/result.hpp"
#include "spec/job_spec.hpp"
#include "table/schema.hpp"
#include "tensorflow/saved_model.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::predict {

/// What a cell holds. Alink: predictRows and predict.
enum class Style {
  kRow,    ///< one row of the input: the batch dimension is added
  kWhole,  ///< a whole tensor, batch dimension included
};

/// An input of the signature and the columns that feed it: one, or one for each of its values.
struct BoundInput {
  tensorflow::TensorInfo info;
  std::vector<std::size_t> columns;  ///< of the table
};

/// An output of the signature and the column that it fills.
struct BoundOutput {
  tensorflow::TensorInfo info;
  table::Column column;
};

/// A column of the result: a column of the table as it is, or an output.
struct ResultColumn {
  bool is_output = false;
  std::size_t index = 0;  ///< among the kept columns, or the outputs
};

struct Binding {
  Style style = Style::kRow;
  std::string signature;
  std::vector<BoundInput> inputs;
  std::vector<BoundOutput> outputs;
  std::vector<std::size_t> kept;      ///< columns of the table, in its order
  table::Schema table;                ///< the table's own
  table::Schema schema;               ///< the result's
  std::vector<ResultColumn> columns;  ///< the result's
  /// Rows can go through the model together: all its tensors are open along their first axis.
  bool batchable = false;
};

/// The meta graph of `graphs` with exactly the tags of `tags` (separated by commas). kSpec naming
/// those that are there.
Result<const tensorflow::MetaGraph*> find_graph(const std::vector<tensorflow::MetaGraph>& graphs,
                                                const std::string& tags);

/// The signature `key` of `graph`. kSpec naming those that are there.
Result<const tensorflow::Signature*> find_signature(const tensorflow::MetaGraph& graph,
                                                    const std::string& key);

/// Bind the columns of `table` as the job asks: selectedCols, inputSignatureDefs,
/// outputSignatureDefs, outputSchemaStr, reservedCols (Alink's rules). Beyond Alink, several
/// columns may feed one input that takes as many values. kSpec with the key that does not fit, what
/// was found and what the signature has.
Result<Binding> bind(const spec::JobSpec& job,
                     const tensorflow::Signature& signature,
                     const table::Schema& table);

/// "the signature 'serving_default' wants x: float32 of shape [-1, 10]", for messages.
std::string describe_inputs(const tensorflow::Signature& signature);

/// An output for each of the signature's, when no outputSchemaStr says which: numbers of one value
/// become columns of their type, texts STRING, everything else TENSOR.
table::Schema default_outputs(const tensorflow::Signature& signature);

}  // namespace alinktf::predict
