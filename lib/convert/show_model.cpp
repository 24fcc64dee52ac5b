#include "convert/show_model.hpp"

#include "predict/model_files.hpp"
#include "spec/document.hpp"
#include "spec/spec.hpp"
#include "sys/temp_dir.hpp"
#include "tensorflow/tensor.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace alinktf::convert {

namespace {

using tensorflow::MetaGraph;
using tensorflow::Signature;
using tensorflow::TensorInfo;

std::string shape_of(const TensorInfo& info) {
  return info.unknown_rank ? "of any shape" : fmt::format("[{}]", fmt::join(info.dims, ", "));
}

std::string text_of(const std::vector<TensorInfo>& infos, std::string_view title) {
  std::string text;
  for (const TensorInfo& info : infos) {
    text += fmt::format("    {:<7} {:<24} {:<8} {}\n",
                        title,
                        info.key,
                        tensorflow::type_name(info.type),
                        shape_of(info));
    title = "";
  }
  return text;
}

/// Signatures that TensorFlow adds for itself.
bool is_internal(const Signature& signature) {
  return signature.key.starts_with("__saved_model");
}

std::string text_of(const MetaGraph& graph) {
  std::string text = fmt::format(
      "graph   tags {}{}\n",
      fmt::join(graph.tags, ","),
      graph.tensorflow_version.empty() ? "" : ", saved by TensorFlow " + graph.tensorflow_version);
  for (const Signature& signature : graph.signatures) {
    if (!is_internal(signature)) {
      text += fmt::format("  signature {}\n", signature.key);
      text += text_of(signature.inputs, "inputs") + text_of(signature.outputs, "outputs");
    }
  }
  return text;
}

std::string json_of(const std::vector<TensorInfo>& infos) {
  std::vector<std::string> all;
  for (const TensorInfo& info : infos) {
    all.push_back(
        fmt::format(R"({}:{{"dtype":"{}","shape":{},"tensor":{}}})",
                    spec::json_string(info.key),
                    tensorflow::type_name(info.type),
                    info.unknown_rank ? "null" : fmt::format("[{}]", fmt::join(info.dims, ",")),
                    spec::json_string(info.tensor)));
  }
  return fmt::format("{{{}}}", fmt::join(all, ","));
}

std::string json_of(const MetaGraph& graph) {
  std::vector<std::string> signatures;
  for (const Signature& signature : graph.signatures) {
    if (!is_internal(signature)) {
      signatures.push_back(fmt::format(R"({}:{{"inputs":{},"outputs":{},"method":{}}})",
                                       spec::json_string(signature.key),
                                       json_of(signature.inputs),
                                       json_of(signature.outputs),
                                       spec::json_string(signature.method)));
    }
  }
  return fmt::format(R"({{"tags":{},"tensorflow":{},"signatures":{{{}}}}})",
                     spec::json_string(fmt::format("{}", fmt::join(graph.tags, ","))),
                     spec::json_string(graph.tensorflow_version),
                     fmt::join(signatures, ","));
}

}  // namespace

bool is_model(const std::string& path) {
  return tensorflow::is_saved_model(path) || spec::is_archive_name(path);
}

Result<void> show_model(const std::string& path, const std::string& scratch_parent, bool json) {
  ALINKTF_ASSIGN_OR_RETURN(const auto scratch,
                           sys::TempDir::create(scratch_parent, "alinktf-show-"));
  ALINKTF_ASSIGN_OR_RETURN(const auto files, predict::open_model(path, scratch.path(), -1, [] {
                             return Result<void>();
                           }));
  std::string text;
  std::vector<std::string> graphs;
  for (const MetaGraph& graph : files.model.graphs) {
    text += text_of(graph);
    graphs.push_back(json_of(graph));
  }
  text = json ? fmt::format(R"({{"model":{},"format":"savedmodel","graphs":[{}]}})"
                            "\n",
                            spec::json_string(path),
                            fmt::join(graphs, ","))
              : fmt::format("model   {}\nformat  savedmodel\n{}", path, text);
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    return os_error(ErrorCode::kOutput, "standard output");
  }
  return {};
}

}  // namespace alinktf::convert
