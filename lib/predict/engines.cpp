#include "predict/engines.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <sys/epoll.h>

namespace alinktf::predict {

namespace {

using tensorflow::MessageKind;

/// A serialized tensorflow.ConfigProto. Alink sets the threads within an operation if the job does,
/// and leaves the rest to TensorFlow.
std::string make_config(const spec::PredictSpec& predict) {
  constexpr char kIntraOpThreads = '\x10';  // field 2, a varint
  std::string config;
  if (predict.intra_op_parallelism) {
    config.push_back(kIntraOpThreads);
    auto left = static_cast<std::uint32_t>(*predict.intra_op_parallelism);
    for (; left >= 0x80; left >>= 7U) {
      config.push_back(static_cast<char>(left | 0x80U));
    }
    config.push_back(static_cast<char>(left));
  }
  return config;
}

template <typename Infos, typename Name>
std::vector<std::string> tensors_of(const Infos& infos, Name&& name) {
  std::vector<std::string> tensors;
  std::transform(infos.begin(), infos.end(), std::back_inserter(tensors), name);
  return tensors;
}

/// What TensorFlow says to a model that it cannot load, after its version: "TensorFlow 2.3.1: …".
Error explain_load(const Error& error, const std::string& model, const std::string& model_version) {
  constexpr std::string_view kName = "TensorFlow ";
  std::string said = error.str();
  const std::size_t colon = said.find(": ");
  std::string library;
  if (said.starts_with(kName) && colon != std::string::npos) {
    library = said.substr(kName.size(), colon - kName.size());
  }
  std::string text = fmt::format("the model {} cannot be loaded: {}", quote(model), said);
  if (!library.empty() && version_numbers(model_version) > version_numbers(library)) {
    text = fmt::format(
        "the model {} was saved by TensorFlow {}, but the library is {}, and models "
        "must not be newer; choose another with pythonEnv or tensorflowLibrary, or "
        "save the model again ({})",
        quote(model),
        model_version,
        library,
        said);
  }
  return {ErrorCode::kInput, std::move(text)};
}

}  // namespace

Result<Engines> Engines::start(int processes, const EngineOptions& options) {
  Engines engines;
  for (int i = 0; i < processes; ++i) {
    ALINKTF_ASSIGN_OR_RETURN(auto engine, EngineProcess::start(options));
    engines.processes_.push_back(std::move(engine));
  }
  return engines;
}

Result<void> Engines::open(const Model& model,
                           const spec::PredictSpec& predict,
                           const tensorflow::LibraryFiles& library) {
  ALINKTF_ASSIGN_OR_RETURN(const auto* const graph,
                           find_graph(model.graphs, predict.graph_def_tag));
  model_ = predict.model.empty() ? model.folder : predict.model;
  model_version_ = graph->tensorflow_version;
  const tensorflow::OpenRequest request{.library = library.files,
                                        .model = model.folder,
                                        .tags = graph->tags,
                                        .config = make_config(predict)};
  for (const auto& process : processes_) {
    Buffer message;
    tensorflow::start_message(message);
    request.append_to(message);
    ALINKTF_TRY(process->channels().front().send(MessageKind::kOpen, 0, message));
  }
  return {};
}

Result<void> Engines::wait() {
  Buffer body;
  for (const auto& process : processes_) {
    const auto opened = process->channels().front().receive(body);
    if (!opened.ok()) {
      return opened.error().code() == ErrorCode::kInput
                 ? explain_load(opened.error(), model_, model_version_)
                 : opened.error();
    }
    version_ = body.view();
    process->set_ready();
  }
  return {};
}

Result<std::uint32_t> Engines::bind(const std::vector<tensorflow::TensorInfo>& inputs,
                                    const std::vector<tensorflow::TensorInfo>& outputs) {
  const auto name = [](const tensorflow::TensorInfo& info) { return info.tensor; };
  const tensorflow::BindRequest request{.inputs = tensors_of(inputs, name),
                                        .outputs = tensors_of(outputs, name)};
  std::uint32_t call = 0;
  Buffer body;
  for (const auto& process : processes_) {
    Buffer message;
    tensorflow::start_message(message);
    request.append_to(message);
    ALINKTF_ASSIGN_OR_RETURN(call,
                             process->channels().front().ask(MessageKind::kBind, 0, message, body));
  }
  return call;
}

Result<std::uint32_t> Engines::bind(const Binding& binding) {
  std::vector<tensorflow::TensorInfo> inputs;
  std::vector<tensorflow::TensorInfo> outputs;
  for (const BoundInput& input : binding.inputs) {
    inputs.push_back(input.info);
  }
  for (const BoundOutput& output : binding.outputs) {
    outputs.push_back(output.info);
  }
  return bind(inputs, outputs);
}

std::vector<EngineChannel*> Engines::channels() {
  std::vector<EngineChannel*> channels;
  for (const auto& process : processes_) {
    for (EngineChannel& channel : process->channels()) {
      channels.push_back(&channel);
    }
  }
  return channels;
}

Result<void> Engines::watch(sys::EventLoop& loop, const std::function<void()>& gone) {
  for (const auto& process : processes_) {
    const int pidfd = process->pidfd();
    ALINKTF_TRY(loop.watch(pidfd, EPOLLIN, [&loop, pidfd, gone](std::uint32_t /*events*/) {
      loop.forget(pidfd);
      gone();
    }));
  }
  return {};
}

Error Engines::explain(Error error) {
  for (const auto& process : processes_) {
    if (process->gone()) {
      std::string text = error.str();
      const std::size_t at = text.find(EngineChannel::kGone);
      const std::string end = process->describe_end();
      return {ErrorCode::kWorker,
              at == std::string::npos ? end : text.replace(at, EngineChannel::kGone.size(), end)};
    }
  }
  return error;
}

void Engines::shut_down() {
  for (EngineChannel* const channel : channels()) {
    channel->shut_down();
  }
}

void Engines::finish() {
  for (const auto& process : processes_) {
    process->finish();
  }
}

void Engines::kill() {
  for (const auto& process : processes_) {
    process->kill();
  }
}

std::vector<EngineUse> Engines::use() const {
  std::vector<EngineUse> all;
  for (const auto& process : processes_) {
    all.push_back(process->use());
  }
  return all;
}

std::vector<Engines::Unanswered> Engines::unanswered() const {
  std::vector<Unanswered> all;
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    std::string what = processes_[i]->waits_for();
    if (!what.empty()) {
      all.push_back({.engine = i, .pid = processes_[i]->pid(), .what = std::move(what)});
    }
  }
  return all;
}

}  // namespace alinktf::predict
