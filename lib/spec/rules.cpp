// The rules between keys.
#include "base/text.hpp"
#include "spec/component.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace alinktf::spec {

namespace {

constexpr std::size_t kLongestName = 100;

void check_name(Session& session) {
  std::string& name = session.draft.spec.name;
  const Node* at = session.find("name");
  if (at == nullptr) {
    name = std::filesystem::path(session.context.file).stem().string();
    name = name.empty() || name == "-" ? "job" : name;
    return;
  }
  const bool plain = std::none_of(name.begin(), name.end(), [](char c) {
    return c == '/' || (static_cast<unsigned char>(c) < 0x20) || c == 0x7F;
  });
  if (!name.empty() && (!plain || name == "." || name == ".." || name.size() > kLongestName)) {
    session.problems.add(*at,
                         fmt::format("expected a name that a directory may have (no /, no control "
                                     "characters, at most {} bytes), found {}",
                                     kLongestName,
                                     quote(name)));
  }
}

/// The columns that `input` has before any select.
std::vector<std::string> input_columns(const InputSpec& in) {
  std::vector<std::string> names;
  for (const table::Column& column : in.schema) {
    names.push_back(column.name);
  }
  if (in.id_col) {
    names.push_back(*in.id_col);
  }
  names.insert(names.end(), in.output_cols.begin(), in.output_cols.end());
  for (std::int64_t i = 0; in.output_cols.empty() && i < in.num_cols; ++i) {
    names.push_back(fmt::format("col{}", i));
  }
  return names;
}

/// With a select, its result decides; the source checks then.
void check_selected_cols(Session& session) {
  const Node* at = session.find("selectedCols");
  const std::vector<std::string> columns = input_columns(session.draft.input.spec);
  if (at == nullptr || columns.empty() || !session.draft.spec.select.empty()) {
    return;
  }
  const std::vector<std::string_view> known(columns.begin(), columns.end());
  for (const Node& child : at->children) {
    const std::string_view name = trim(child.text);
    const bool found = std::any_of(known.begin(), known.end(), [&](std::string_view column) {
      return equal_ignoring_case(column, name);
    });
    if (!found && !name.empty()) {
      session.problems.add(child,
                           fmt::format("expected a column of the input, found {}{}",
                                       quote(name),
                                       did_you_mean(name, known)));
    }
  }
}

bool is_object(const Node* node) {
  return node != nullptr && node->kind == Kind::kObject;
}

void check_broadcast_inputs(Session& session) {
  const Node* list = session.find("broadcastInputs");
  for (std::size_t i = 0; i < session.draft.broadcast_inputs.size(); ++i) {
    const Node& node = list->children[i];
    InputDraft& draft = session.draft.broadcast_inputs[i];
    if (is_object(&node)) {
      check_input(node, fmt::format("broadcastInputs.{}.", i), draft, session);
    }
    session.draft.spec.broadcast_inputs.push_back(draft.spec);
  }
}

/// Where rejected rows of an input go must be a file of its own; `taken` are the others.
void check_rejects(const InputSpec& in,
                   const std::string& prefix,
                   std::vector<std::string>& taken,
                   Session& session) {
  const std::string& rejects = in.bad_rows.rejects;
  const Node* at = session.find(prefix + "onBadRow.rejects");
  if (at == nullptr || rejects.empty()) {
    return;
  }
  taken.insert(taken.end(), in.file_paths.begin(), in.file_paths.end());
  if (std::find(taken.begin(), taken.end(), rejects) != taken.end()) {
    session.problems.add(
        *at,
        fmt::format("expected a file that the job does not use otherwise, found {}",
                    quote(rejects)));
  }
  taken.push_back(rejects);
}

void check_all_rejects(Session& session) {
  const JobSpec& spec = session.draft.spec;
  std::vector<std::string> taken = {spec.output.file_path};
  check_rejects(spec.input, "input.", taken, session);
  for (std::size_t i = 0; i < spec.broadcast_inputs.size(); ++i) {
    check_rejects(spec.broadcast_inputs[i], fmt::format("broadcastInputs.{}.", i), taken, session);
  }
}

/// Keys of other components are refused, since they would do nothing; those it needs must be there.
/// Without a component, a batch script is what most want.
void check_component_keys(const Node& root, Session& session) {
  const bool known = session.find("component") != nullptr;
  const Component component = session.draft.spec.component;
  const Family family = family_of(component);
  for (const Field& field : session.fields) {
    const Node* at = session.find(field.name);
    if (at != nullptr && known && !field.is_of(family)) {
      session.problems.add(*at,
                           fmt::format("not a key of {}, remove it", component_name(component)));
    } else if (at == nullptr && field.is_needed_by(family)) {
      session.problems.add_missing(root, field.name, "missing, expected " + expectation(field));
    }
  }
}

/// What a stream component does by itself, and what it cannot do.
void check_stream(Session& session) {
  JobSpec& spec = session.draft.spec;
  if (family_of(spec.component) != Family::kStream) {
    return;
  }
  if (session.find("evenSplit") == nullptr) {
    spec.even_split = EvenSplit::kOff;
  }
  for (const auto* key : {"output.numFiles", "output.partitionCols"}) {
    const Node* at = session.find(key);
    if (at != nullptr && (spec.output.num_files > 1 || !spec.output.partition_cols.empty())) {
      session.problems.add(
          *at,
          fmt::format("{} writes one file that grows, remove it", component_name(spec.component)));
    }
  }
}

/// What a train component gives is a model table, whatever the script.
void set_output_schema(JobSpec& spec) {
  if (family_of(spec.component) == Family::kTrain) {
    spec.output_schema = table::model_table_schema();
  }
}

/// Alink's table (DLLauncherUtils.adjustNumWorkersPSs): what is not given comes from `parallelism`.
void apply_parallelism(Session& session) {
  const Node* at = session.find("parallelism");
  if (at == nullptr || !session.draft.parallelism) {
    return;
  }
  JobSpec& spec = session.draft.spec;
  const int all = *session.draft.parallelism;
  const bool workers_given = session.find("numWorkers") != nullptr;
  const bool pss_given = session.find("numPSs") != nullptr;
  const int workers = spec.num_workers;
  const int pss = spec.num_pss;
  if (workers_given && pss_given) {
    spec.warnings.push_back(fmt::format(
        "parallelism {} changes nothing, because numWorkers and numPSs are both given", all));
    return;
  }
  if (all == 1) {
    spec.num_workers = 1;
    spec.num_pss = 0;
  } else if (workers_given) {
    spec.num_pss = all - workers;
  } else {
    spec.num_pss = pss_given ? pss : std::max(all / 4, 1);
    spec.num_workers = all - spec.num_pss;
  }
  if (spec.num_workers < 1 || spec.num_pss < 0) {
    session.problems.add(
        *at,
        fmt::format("expected at least {} with {} {}, found {}; or give both numWorkers and numPSs",
                    workers_given ? workers : pss + 1,
                    workers_given ? "numWorkers" : "numPSs",
                    workers_given ? workers : pss,
                    all));
    return;
  }
  if (!pss_given || spec.num_pss != pss) {
    spec.warnings.push_back(fmt::format(
        "parallelism {} makes {} workers and {} parameter servers, as in Alink; give numWorkers "
        "and numPSs instead to say what you want (\"numPSs\": 0 trains without parameter servers)",
        all,
        spec.num_workers,
        spec.num_pss));
  }
}

/// Where a prediction's model is: each kind of component has its own key.
void check_predict(const Node& root, Session& session) {
  JobSpec& spec = session.draft.spec;
  if (family_of(spec.component) != Family::kPredict) {
    return;
  }
  const bool table = is_table_model(spec.component);
  const std::string_view key = model_key(spec.component);
  const std::string_view other = table ? "modelPath" : "modelFilePath";
  if (const Node* at = session.find(other)) {
    session.problems.add(
        *at, fmt::format("not a key of {}, expected {}", component_name(spec.component), key));
  } else if (session.find(key) == nullptr) {
    session.problems.add_missing(root, key, "missing, expected the path of the model");
  }
  if (const Node* at = session.find("maxRestarts"); at != nullptr && spec.max_restarts > 0) {
    session.problems.add(*at,
                         fmt::format("expected 0, because {} runs no tasks that could begin again "
                                     "from their checkpoints, found {}; run the job again instead",
                                     component_name(spec.component),
                                     spec.max_restarts));
  }
  spec.predict.model = table ? session.draft.model_file_path : session.draft.model_path;
  // They choose what the model gets, while all columns of the input can be kept.
  spec.predict.selected_cols = std::exchange(spec.selected_cols, {});
  if (session.find("reservedCols") != nullptr) {
    spec.predict.reserved_cols = session.draft.reserved_cols;
  }
  if (session.find("intraOpParallelism") != nullptr) {
    spec.predict.intra_op_parallelism = spec.intra_op_parallelism;
  }
  const std::size_t outputs = spec.predict.output_signature_defs.size();
  if (outputs != 0 && outputs != spec.output_schema.size()) {
    session.problems.add(*session.find("outputSignatureDefs"),
                         fmt::format("expected one key for each of the {} columns of "
                                     "outputSchemaStr, found {}",
                                     spec.output_schema.size(),
                                     outputs));
  }
}

}  // namespace

void check_rules(const Node& root, Session& session) {
  JobSpec& spec = session.draft.spec;
  spec.select = trim(spec.select);
  spec.where = trim(spec.where);
  if (session.profile == Profile::kJob) {
    check_name(session);
    check_component_keys(root, session);
    check_stream(session);
    set_output_schema(spec);
    apply_parallelism(session);
    check_predict(root, session);
  }
  const Node* input = session.find("input");
  if (is_object(input)) {
    check_input(*input, "input.", session.draft.input, session);
    check_selected_cols(session);
  }
  spec.input = session.draft.input.spec;
  check_broadcast_inputs(session);
  check_output(session);
  check_all_rejects(session);
}

}  // namespace alinktf::spec
