// TensorFlow Serving's REST API of one model, without the HTTP around it.
#pragma once

#include "base/result.hpp"
#include "serve/http_server.hpp"
#include "tensorflow/saved_model.hpp"
#include "tensorflow/tensor.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace alinktf::serve {

/// Runs signature number `index` on the tensors in `message` (begun with
/// tensorflow::start_message()), whose outputs then stand in `answer`. Any thread. kInput if the
/// model does not take them.
using RunSignature =
    std::function<Result<void>(std::size_t index, Buffer& message, Buffer& answer)>;

struct RestModel {
  std::string name;
  std::string version;                            ///< a number
  std::vector<tensorflow::Signature> signatures;  ///< that can be run
};

/// Answers
///
///   POST /v1/models/NAME[/versions/V]:predict       instances or inputs, signature_name
///   GET  /v1/models/NAME[/versions/V]               status
///   GET  /v1/models/NAME[/versions/V]/metadata      signatures
///
/// as TensorFlow Serving does; what it cannot answer with {"error": …}. Any thread.
class RestApi {
 public:
  RestApi(RestModel model, RunSignature run) : model_(std::move(model)), run_(std::move(run)) {}

  [[nodiscard]] HttpResponse handle(const HttpRequest& request) const;

 private:
  [[nodiscard]] HttpResponse predict(const std::string& body) const;
  [[nodiscard]] std::string status() const;
  [[nodiscard]] std::string metadata() const;

  RestModel model_;
  RunSignature run_;
};

}  // namespace alinktf::serve
