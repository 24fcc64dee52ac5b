// All engines of a model.
#pragma once

#include "base/result.hpp"
#include "predict/binding.hpp"
#include "predict/engine_process.hpp"
#include "spec/job_spec.hpp"
#include "sys/event_loop.hpp"
#include "tensorflow/library.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alinktf::predict {

/// A model on disk and what it says of itself.
struct Model {
  std::string folder;
  std::vector<tensorflow::MetaGraph> graphs;
};

/// Engine processes that hold the same model. Start and end them in the main thread; in between,
/// one thread opens and binds, and each channel may have a thread of its own.
class Engines {
 public:
  /// Start `processes` of them with `channels` each; they load nothing yet.
  static Result<Engines> start(int processes, const EngineOptions& options);

  /// Have all engines load `model` as `predict` asks (graphDefTag, intraOpParallelism), without
  /// waiting for it.
  Result<void> open(const Model& model,
                    const spec::PredictSpec& predict,
                    const tensorflow::LibraryFiles& library);

  /// Wait until all have loaded it. kSpec if TensorFlow's library cannot be loaded; kInput if it
  /// cannot load the model, with the explanation if the model is newer than the library; kWorker if
  /// an engine has gone.
  Result<void> wait();

  /// TensorFlow's version, after wait().
  [[nodiscard]] const std::string& version() const { return version_; }

  /// The number of the call from the tensors of `inputs` to those of `outputs`, in all engines.
  Result<std::uint32_t> bind(const std::vector<tensorflow::TensorInfo>& inputs,
                             const std::vector<tensorflow::TensorInfo>& outputs);
  Result<std::uint32_t> bind(const Binding& binding);

  [[nodiscard]] std::vector<EngineChannel*> channels();

  /// Call `gone` once, from `loop`, when an engine has ended by itself. The loop goes before this.
  Result<void> watch(sys::EventLoop& loop, const std::function<void()>& gone);

  /// `error`, with how an engine ended if one has gone. Main thread only.
  Error explain(Error error);

  /// End the questions that wait for an answer; any thread.
  void shut_down();
  /// Let them end. Main thread only.
  void finish();
  /// Kill them. Main thread only.
  void kill();

  /// Of each engine, so far or in all. Main thread only.
  [[nodiscard]] std::vector<EngineUse> use() const;
  /// What an engine was asked and has not answered.
  struct Unanswered {
    std::size_t engine = 0;
    pid_t pid = 0;
    std::string what;  ///< for people: "rows 1 to 8 for 12.0 s"
  };
  /// Main thread only.
  [[nodiscard]] std::vector<Unanswered> unanswered() const;

 private:
  std::vector<std::unique_ptr<EngineProcess>> processes_;
  std::string version_;
  std::string model_;
  std::string model_version_;
};

}  // namespace alinktf::predict
