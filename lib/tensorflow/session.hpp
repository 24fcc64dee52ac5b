// A SavedModel loaded into this process, and running it.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "tensorflow/c_api.hpp"
#include "tensorflow/message.hpp"
#include "tensorflow/tensor.hpp"

#include <atomic>
#include <memory>
#include <string_view>
#include <vector>

namespace alinktf::tensorflow {

/// From tensors of the graph to tensors of the graph.
struct Call {
  std::vector<TF_Output> inputs;
  std::vector<TF_Output> outputs;
  /// The last run took so little time that handing it to TensorFlow's threads is not worth it.
  mutable std::atomic<bool> short_run = false;
};

/// A loaded model. run() may be called by several threads at once. `api` must outlive it.
class Session {
 public:
  /// Load the model that `request` names; restores its variables. kInput with TensorFlow's words.
  static Result<std::unique_ptr<Session>> load(const CApi& api, const OpenRequest& request);

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  Session(Session&&) = delete;
  Session& operator=(Session&&) = delete;
  ~Session();

  /// Look the tensors of a call up. kInput naming one that the graph does not have.
  Result<void> bind(const BindRequest& request, Call& call) const;

  /// Run `call` on `inputs`, one tensor for each of its inputs, and append its outputs to `out` as
  /// append_tensor() does. kWorker with TensorFlow's words; nothing of use is appended then.
  Result<void> run(const Call& call, const std::vector<TensorView>& inputs, Buffer& out) const;

 private:
  explicit Session(const CApi& api) : api_(api) {}
  [[nodiscard]] Result<TF_Output> find(const std::string& tensor) const;
  [[nodiscard]] Result<TF_Tensor*> make_tensor(const TensorView& view) const;
  Result<void> append_output(const TF_Tensor& tensor, Buffer& out) const;
  Result<void> append_strings(const TF_Tensor& tensor,
                              const std::vector<std::int64_t>& dims,
                              Buffer& out) const;

  const CApi& api_;
  TF_Graph* graph_ = nullptr;
  TF_Session* session_ = nullptr;
};

}  // namespace alinktf::tensorflow
