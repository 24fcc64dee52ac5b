#include "serve/serve.hpp"

#include "base/text.hpp"
#include "log/log.hpp"
#include "predict/engines.hpp"
#include "predict/model_files.hpp"
#include "process/guardian.hpp"
#include "serve/channel_pool.hpp"
#include "serve/http_server.hpp"
#include "serve/lines.hpp"
#include "serve/rest.hpp"
#include "spec/document.hpp"
#include "spec/spec.hpp"
#include "sys/event_loop.hpp"
#include "sys/temp_dir.hpp"
#include "sys/thread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace alinktf::serve {

namespace {

namespace fs = std::filesystem;

/// One model that is served, and how.
struct Stage {
  spec::JobSpec job;
  predict::Model model;
  const tensorflow::Signature* signature = nullptr;
  predict::Engines engines;
};

/// The job of one stage of a pipeline over rows of `columns`: the parameters that Alink saved with
/// it, the rest as `base` says. With `http` tensors come instead of rows: what names columns is
/// left out.
Result<spec::JobSpec> stage_job(const spec::JobSpec& base,
                                const model::Stage& stage,
                                const table::Schema& columns,
                                bool http) {
  static constexpr std::string_view kKeys[] = {"outputSchemaStr",
                                               "selectedCols",
                                               "inputSignatureDefs",
                                               "outputSignatureDefs",
                                               "graphDefTag",
                                               "signatureDefKey",
                                               "reservedCols",
                                               "intraOpParallelism"};
  spec::Context context{.file = stage.name,
                        .directory = "/",
                        .working_directory = "/",
                        .environment = {},
                        .overrides = {{.key = "/input/schemaStr",
                                       .value = spec::json_string(table::to_string(columns)),
                                       .place = "the columns of the stage"}}};
  for (const std::string_view key : kKeys) {
    const auto found = stage.params.find(std::string(key));
    const bool given = found != stage.params.end() && found->second != "null";
    if (given && !(http && (key == "selectedCols" || key == "reservedCols"))) {
      context.overrides.push_back({.key = "/" + std::string(key),
                                   .value = found->second,
                                   .place = fmt::format("the pipeline's {}", key)});
    }
  }
  constexpr std::string_view kRest =
      R"({"name": "stage", "component": "TFTableModelPredictBatchOp", "modelFilePath": "/stage",
          "input": {"filePath": "-", "format": "csv"}})";
  ALINKTF_ASSIGN_OR_RETURN(auto job, spec::parse(kRest, context));
  job.input = base.input;
  job.output = base.output;
  job.predict.batch_size = base.predict.batch_size;
  job.predict.threads = base.predict.threads;
  job.predict.model = base.predict.model;
  return job;
}

/// The last part of the model's path that is no number, and the number if there is one.
std::pair<std::string, std::string> name_and_version(const std::string& path) {
  fs::path name = fs::path(path).lexically_normal();
  name = name.has_filename() ? name : name.parent_path();
  const std::string last = name.filename().string();
  const bool number = !last.empty() && last.find_first_not_of("0123456789") == std::string::npos;
  return number ? std::pair(name.parent_path().filename().string(), last)
                : std::pair(name.stem().string(), std::string("1"));
}

class Server {
 public:
  Server(const job::Plan& plan,
         const job::Surroundings& surroundings,
         const ServeOptions& options,
         const sys::Signals& signals)
      : plan_(plan), surroundings_(surroundings), options_(options), signals_(signals) {}

  Result<void> run() {
    ALINKTF_ASSIGN_OR_RETURN(const auto library, job::predict_library(plan_));
    ALINKTF_ASSIGN_OR_RETURN(
        const auto scratch,
        sys::TempDir::create(
            surroundings_.work_dir_parent, "alinktf-serve-", process::remove_when_ended));
    ALINKTF_TRY(open_stages(scratch.path()));
    ALINKTF_ASSIGN_OR_RETURN(cancel_, sys::Pipe::create());
    lines_.emplace(stages_.front().job);
    auto served = start_engines(library);
    served = served.ok() ? supervise() : std::move(served);
    if (served.ok() && engine_gone_) {
      served = Error(ErrorCode::kWorker, std::string(predict::EngineChannel::kGone));
    }
    for (Stage& stage : stages_) {
      if (!served.ok()) {
        served = stage.engines.explain(std::move(served).error());
      }
    }
    for (Stage& stage : stages_) {
      stage.engines.finish();
    }
    return served;
  }

 private:
  Result<void> open_stages(const std::string& scratch) {
    ALINKTF_ASSIGN_OR_RETURN(
        auto files,
        predict::open_model(plan_.job.predict.model, scratch, -1, [] { return Result<void>(); }));
    if (files.stages.empty()) {
      Stage& stage = stages_.emplace_back();
      stage.job = plan_.job;
      stage.model = std::move(files.model);
      ALINKTF_TRY(find_signature(stage));
      if (options_.default_outputs) {
        stage.job.output_schema = predict::default_outputs(*stage.signature);
        stage.job.predict.output_signature_defs.clear();
      }
    }
    table::Schema columns = plan_.job.input.schema;
    stages_.reserve(files.stages.size());
    for (const model::Stage& each : files.stages) {
      ALINKTF_ASSIGN_OR_RETURN(columns, open_stage(each, columns));
    }
    if (options_.http_port && stages_.size() > 1) {
      return Error(ErrorCode::kSpec,
                   fmt::format("--http: serves one model, but {} is a pipeline of {}; without "
                               "--http, lines are served",
                               quote(plan_.job.predict.model),
                               stages_.size()));
    }
    return {};
  }

  static Result<void> find_signature(Stage& stage) {
    ALINKTF_ASSIGN_OR_RETURN(
        const auto* const graph,
        predict::find_graph(stage.model.graphs, stage.job.predict.graph_def_tag));
    ALINKTF_ASSIGN_OR_RETURN(stage.signature,
                             predict::find_signature(*graph, stage.job.predict.signature_def_key));
    return {};
  }

  /// Returns the columns that the stage makes of `columns`. HTTP has tensors and no columns.
  Result<table::Schema> open_stage(const model::Stage& each, const table::Schema& columns) {
    Stage& stage = stages_.emplace_back();
    ALINKTF_ASSIGN_OR_RETURN(stage.job,
                             stage_job(plan_.job, each, columns, options_.http_port.has_value()));
    stage.model.folder = each.directory;
    ALINKTF_ASSIGN_OR_RETURN(stage.model.graphs, tensorflow::read_saved_model(stage.model.folder));
    ALINKTF_TRY(find_signature(stage));
    if (options_.http_port) {
      return columns;
    }
    ALINKTF_ASSIGN_OR_RETURN(auto binding, predict::bind(stage.job, *stage.signature, columns));
    return std::move(binding.schema);
  }

  Result<void> start_engines(const tensorflow::LibraryFiles& library) {
    for (Stage& stage : stages_) {
      ALINKTF_ASSIGN_OR_RETURN(stage.engines, predict::Engines::start(1, engine_options()));
      ALINKTF_TRY(stage.engines.open(stage.model, stage.job.predict, library));
    }
    return {};
  }

  [[nodiscard]] predict::EngineOptions engine_options() const {
    return {.program = predict::this_program(),
            .environment = job::make_environment(plan_, surroundings_.environment, ""),
            .channels = plan_.job.predict.threads,
            .prompt = true,
            .on_line = {}};
  }

  /// Answer in a thread of its own, until that has ended.
  Result<void> supervise() {
    ALINKTF_ASSIGN_OR_RETURN(const auto loop, sys::EventLoop::create());
    for (Stage& stage : stages_) {
      ALINKTF_TRY(stage.engines.watch(*loop, [this] {
        engine_gone_ = true;
        stop();
      }));
    }
    ALINKTF_TRY(loop->watch(signals_.fd(), EPOLLIN, [&](std::uint32_t /*events*/) {
      while (const auto signo = signals_.next()) {
        take_signal(*signo);
      }
    }));
    return sys::run_beside(*loop,
                           [this] { return options_.http_port ? serve_http() : serve_lines(); });
  }

  void take_signal(int signo) {
    if (signo == SIGTSTP) {
      ::raise(SIGSTOP);
    }
    if (signo != SIGINT && signo != SIGTERM && signo != SIGHUP) {
      return;
    }
    if (!cancel_.write) {
      process::end_like(signo);
    }
    stop();
  }

  void stop() {
    lines_->stop();
    cancel_.write = sys::Fd();
  }

  Result<void> serve_lines() {
    ALINKTF_TRY(lines_->open(cancel_.read.get()));
    std::vector<Link> links;
    const table::Schema* schema = &lines_->schema();
    links.reserve(stages_.size());  // references to schemas stay
    for (Stage& stage : stages_) {
      ALINKTF_ASSIGN_OR_RETURN(auto binding, predict::bind(stage.job, *stage.signature, *schema));
      ALINKTF_TRY(stage.engines.wait());
      ALINKTF_ASSIGN_OR_RETURN(const std::uint32_t call, stage.engines.bind(binding));
      links.push_back({.binding = std::move(binding),
                       .channel = stage.engines.channels().front(),
                       .call = call,
                       .batch_rows = static_cast<std::size_t>(stage.job.predict.batch_size)});
      schema = &links.back().binding.schema;
    }
    return lines_->run(links);
  }

  Result<void> serve_http() {
    Stage& stage = stages_.front();
    ALINKTF_TRY(stage.engines.wait());
    auto [name, version] = name_and_version(plan_.job.predict.model);
    RestModel model{
        .name = options_.name.empty() ? name : options_.name, .version = version, .signatures = {}};
    std::vector<std::uint32_t> calls;
    ALINKTF_ASSIGN_OR_RETURN(
        const auto* const graph,
        predict::find_graph(stage.model.graphs, stage.job.predict.graph_def_tag));
    for (const tensorflow::Signature& signature : graph->signatures) {
      // Keras and TensorFlow put signatures of their own beside the model's.
      if (!signature.key.starts_with("__saved_model") && !signature.outputs.empty()) {
        ALINKTF_ASSIGN_OR_RETURN(const std::uint32_t call,
                                 stage.engines.bind(signature.inputs, signature.outputs));
        model.signatures.push_back(signature);
        calls.push_back(call);
      }
    }
    ChannelPool pool(stage.engines.channels());
    const RestApi api(std::move(model), [&](std::size_t index, Buffer& message, Buffer& answer) {
      return pool.ask(calls[index], message, answer);
    });
    ALINKTF_ASSIGN_OR_RETURN(const auto server,
                             HttpServer::open(*options_.http_port, [&](const HttpRequest& request) {
                               return api.handle(request);
                             }));
    log::message(log::Level::kInfo,
                 fmt::format("serving {} with TensorFlow {} at http://127.0.0.1:{}/v1/models/{}",
                             plan_.job.predict.model,
                             stage.engines.version(),
                             server->port(),
                             options_.name.empty() ? name : options_.name));
    wait_for_stop();
    server->stop();
    return {};
  }

  void wait_for_stop() const {
    pollfd stopped{.fd = cancel_.read.get(), .events = POLLIN, .revents = 0};
    while (stopped.revents == 0) {
      static_cast<void>(::poll(&stopped, 1, -1));
    }
  }

  const job::Plan& plan_;
  const job::Surroundings& surroundings_;
  const ServeOptions& options_;
  const sys::Signals& signals_;
  std::vector<Stage> stages_;
  std::optional<LineServer> lines_;
  sys::Pipe cancel_;  ///< its write end is closed to stop
  bool engine_gone_ = false;
};

}  // namespace

Result<void> serve(const job::Plan& plan,
                   const job::Surroundings& surroundings,
                   const ServeOptions& options,
                   const sys::Signals& signals) {
  return Server(plan, surroundings, options, signals).run();
}

}  // namespace alinktf::serve
