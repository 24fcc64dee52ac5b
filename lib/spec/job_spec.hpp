// The job file as plain data. PRODUCT: docs/job_file.md describes every key.
#pragma once

#include "table/schema.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::spec {

enum class Component { kTensorFlowBatchOp, kTensorFlow2BatchOp };

enum class Format { kCsv, kRandom };

enum class EvenSplit { kPad, kDrop, kOff };

/// What both directions of CSV share.
struct CsvSpec {
  std::string field_delimiter = ",";
  std::string row_delimiter = "\n";
  std::optional<char> quote_char = '"';
  bool header = false;  ///< in: the first line names the columns and is checked; out: write one
};

struct InputSpec {
  Format format = Format::kCsv;
  std::string file_path;  ///< absolute, or "-" for stdin
  table::Schema schema;   ///< of the file; generated tables make their own
  CsvSpec csv;
  bool skip_blank_line = true;
  bool ignore_first_line = false;
  bool lenient = false;  ///< skip rows that do not parse (counted)
  // Generated tables (Alink's RandomTableSource).
  std::int64_t num_rows = 0;
  std::int64_t num_cols = 0;
  std::optional<std::string> id_col;
  std::vector<std::string> output_cols;
};

struct OutputSpec {
  bool given = false;           ///< false: there is no "output", so rows are printed for a reader
  std::string file_path = "-";  ///< absolute, or "-" for stdout
  CsvSpec csv;
  bool overwrite_sink = false;
};

struct JobSpec {
  std::string name;
  Component component = Component::kTensorFlow2BatchOp;
  InputSpec input;
  std::string select;  ///< SQL select list; empty: all columns
  std::string where;   ///< SQL condition; empty: all rows
  std::vector<std::string> selected_cols;
  std::vector<std::string> user_files;  ///< absolute paths
  std::string main_script_file;         ///< absolute path
  /// JSON text of an object, typed as userParamTypes asks (batch: strings and null).
  std::string user_params_json = "{}";
  table::Schema output_schema;
  OutputSpec output;
  int num_workers = 1;
  int num_pss = 0;
  EvenSplit even_split = EvenSplit::kPad;
  int intra_op_parallelism = 4;
  std::string python_env;  ///< as given, absolute if it is a path; empty: search
  std::map<std::string, std::string> env;
  std::uint64_t seed = 0;
  bool print_process_info = false;
  std::optional<std::chrono::milliseconds> timeout;
  std::chrono::milliseconds stall_timeout{std::chrono::minutes(10)};
  std::chrono::milliseconds grace_period{std::chrono::seconds(5)};
  bool hold_ports = true;
};

}  // namespace alinktf::spec
