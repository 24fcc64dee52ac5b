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

enum class Component {
  kTensorFlowBatchOp,
  kTensorFlow2BatchOp,
  kTensorFlowStreamOp,
  kTensorFlow2StreamOp,
  kTFTableModelTrainBatchOp,
  kTF2TableModelTrainBatchOp,
  kTFTableModelPredictBatchOp,
  kTFTableModelPredictStreamOp,
  kTFSavedModelPredictBatchOp,
  kTFSavedModelPredictStreamOp,
};

/// What components of a kind have in common: their keys and the life of their tasks.
enum class Family {
  kBatch,    ///< a script with its whole share in a file
  kStream,   ///< a script that gets records while the input is being read
  kTrain,    ///< a script that leaves a model
  kPredict,  ///< no script: a model scores rows
};

enum class Format {
  kCsv,
  kTfrecord,
  kJsonl,
  kRandom,      ///< input alone: generated
  kAk,          ///< Alink's own
  kSavedModel,  ///< a model table as the directory that it holds
};

enum class EvenSplit { kPad, kDrop, kOff };

/// What a second pass over a stream's dataset gives.
enum class Rescan {
  kEmpty,  ///< nothing, and a warning
  kError,
};

/// Whether the chief of a stream learns of its data's end only when the workers are done.
enum class HoldChief {
  kAuto,  ///< with parameter servers
  kOn,
  kOff,
};

/// What both directions of CSV share.
struct CsvSpec {
  std::string field_delimiter = ",";
  std::string row_delimiter = "\n";
  std::optional<char> quote_char = '"';
  bool header = false;  ///< in: the first line names the columns and is checked; out: write one
};

/// How a file's bytes are packed. kAuto: in, by the first bytes of each file; out, by its ending.
enum class Compression { kAuto, kNone, kGzip, kZlib };

/// What happens to rows that do not parse.
struct BadRowSpec {
  enum class Action { kFail, kSkip, kReject };

  Action action = Action::kFail;
  std::string rejects;                ///< kReject: the file that gets them, absolute
  std::optional<std::uint64_t> most;  ///< kReject: one more fails the job
};

struct InputSpec {
  Format format = Format::kCsv;
  /// Absolute paths of files and directories, patterns with *, ? and [], or one "-" for stdin.
  std::vector<std::string> file_paths;
  std::string partitions;  ///< Alink's: "dt=20210101,dt=20210102/hour=*"; empty: all
  Compression compression = Compression::kAuto;
  int threads = 0;  ///< that parse CSV; 0: by the machine
  /// Of the files. Generated tables make their own, .ak files hold it; TFRecord files may go
  /// without.
  table::Schema schema;
  CsvSpec csv;
  bool skip_blank_line = true;
  bool ignore_first_line = false;
  BadRowSpec bad_rows;
  /// handleInvalidMethod SKIP: a vector or tensor whose text does not parse is null.
  bool null_for_invalid = false;
  // Generated tables (Alink's RandomTableSource).
  std::int64_t num_rows = 0;
  std::int64_t num_cols = 0;
  std::optional<std::string> id_col;
  std::vector<std::string> output_cols;
  std::string output_col_confs;  ///< "name:uniform(0,1);…", checked
};

struct OutputSpec {
  bool given = false;  ///< false: there is no "output", so rows are printed for a reader
  Format format = Format::kCsv;
  std::string file_path = "-";  ///< absolute, or "-" for stdout
  Compression compression = Compression::kAuto;
  CsvSpec csv;
  bool overwrite_sink = false;
  int num_files = 1;  ///< above 1: file_path is a directory of files 1, 2, …
  /// The output is a directory tree NAME=VALUE/… by these columns, which the files leave out.
  std::vector<std::string> partition_cols;
};

/// A file that the tasks find in their work directories.
struct UserFile {
  std::string path;      ///< absolute; or, of a remote file, its address
  std::string name;      ///< in the work directory
  std::string md5 = {};  ///< that a remote file must have; empty: not checked
  bool remote = false;   ///< to be downloaded
  bool archive = false;  ///< to be unpacked; it is there itself too
  std::string directory =
      {};                  ///< an archive's: that it is unpacked into; empty: the work directory
  std::string place = {};  ///< where it stands in the job file, for messages: "/userFiles/0"
};

/// What prediction components have beyond the others.
struct PredictSpec {
  /// modelPath or modelFilePath, absolute: the folder of a SavedModel, an archive of one, or a file
  /// of model rows.
  std::string model;
  std::vector<std::string> selected_cols;          ///< the columns the model gets; empty: all
  std::vector<std::string> input_signature_defs;   ///< empty: the names of the columns
  std::vector<std::string> output_signature_defs;  ///< empty: the names of the output columns
  std::string graph_def_tag = "serve";
  std::string signature_def_key = "serving_default";
  std::optional<std::vector<std::string>> reserved_cols;  ///< nothing: all
  int batch_size = 256;
  int threads = 1;                          ///< that score at once, in each engine
  std::string tensorflow_library;           ///< absolute; empty: that of the interpreter
  std::optional<int> intra_op_parallelism;  ///< nothing: TensorFlow decides
};

struct JobSpec {
  std::string name;
  Component component = Component::kTensorFlow2BatchOp;
  InputSpec input;
  std::vector<InputSpec> broadcast_inputs;
  std::string select;                      ///< SQL select list; empty: all columns
  std::string where;                       ///< SQL condition; empty: all rows
  std::vector<std::string> selected_cols;  ///< of the input, empty: all; see PredictSpec too
  std::vector<UserFile> user_files;        ///< the main script is one of them
  std::string main_script_file;            ///< the path of one of user_files
  /// JSON text of an object, typed as userParamTypes asks (batch: strings and null).
  std::string user_params_json = "{}";
  table::Schema output_schema;
  PredictSpec predict;
  OutputSpec output;
  int num_workers = 1;
  int num_pss = 0;
  int num_evaluators = 0;
  EvenSplit even_split = EvenSplit::kPad;
  bool data_to_chief = false;  ///< stream: all rows go to the chief
  Rescan rescan = Rescan::kEmpty;
  HoldChief hold_chief = HoldChief::kAuto;
  std::uint64_t spill_limit = std::uint64_t{8} << 30U;  ///< stream: bytes
  int intra_op_parallelism = 4;
  std::string python_env;  ///< as given, absolute if it is a path; empty: search
  std::map<std::string, std::string> env;
  std::uint64_t seed = 0;
  bool print_process_info = false;
  std::optional<std::chrono::milliseconds> timeout;
  std::chrono::milliseconds stall_timeout{std::chrono::minutes(10)};
  std::chrono::milliseconds grace_period{std::chrono::seconds(5)};
  std::chrono::milliseconds evaluator_timeout{std::chrono::minutes(1)};  ///< from the workers' end
  std::chrono::milliseconds download_timeout{std::chrono::minutes(1)};
  bool hold_ports = true;
  bool isolate_network = false;
  int max_restarts = 0;  ///< scripts: how often all tasks begin again after one has failed
  /// What is legal and yet may not be what was meant; one line each.
  std::vector<std::string> warnings;
};

}  // namespace alinktf::spec
