#include "tensorflow/session.hpp"

#include "base/text.hpp"
#include "tensorflow/strings.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <utility>

namespace alinktf::tensorflow {

namespace {

/// A serialized tensorflow.RunOptions: inter_op_thread_pool is -1, "the caller's thread".
constexpr std::string_view kInCallersThreadProto = "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
constexpr TF_Buffer kInCallersThread{.data = kInCallersThreadProto.data(),
                                     .length = kInCallersThreadProto.size(),
                                     .data_deallocator = nullptr};
/// Of longer runs, parts that do not depend on each other may well go to several threads.
constexpr std::chrono::milliseconds kShortRun{1};

/// A TF_Status for as long as a call takes.
class Status {
 public:
  explicit Status(const CApi& api) : api_(api), status_(api.new_status()) {}
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;
  Status(Status&&) = delete;
  Status& operator=(Status&&) = delete;
  ~Status() { api_.delete_status(status_); }

  [[nodiscard]] TF_Status* get() const { return status_; }
  [[nodiscard]] bool ok() const { return api_.get_code(status_) == 0; }
  [[nodiscard]] std::string text() const { return api_.message(status_); }

 private:
  const CApi& api_;
  TF_Status* status_;
};

/// Owns the tensors of a call.
class Tensors {
 public:
  Tensors(const CApi& api, std::size_t count) : api_(api), all_(count) {}
  Tensors(const Tensors&) = delete;
  Tensors& operator=(const Tensors&) = delete;
  Tensors(Tensors&&) = delete;
  Tensors& operator=(Tensors&&) = delete;
  ~Tensors() {
    for (TF_Tensor* const tensor : all_) {
      if (tensor != nullptr) {
        api_.delete_tensor(tensor);
      }
    }
  }

  [[nodiscard]] TF_Tensor** data() { return all_.data(); }
  TF_Tensor*& operator[](std::size_t index) { return all_[index]; }

 private:
  const CApi& api_;
  std::vector<TF_Tensor*> all_;
};

}  // namespace

Result<std::unique_ptr<Session>> Session::load(const CApi& api, const OpenRequest& request) {
  std::unique_ptr<Session> session(new Session(api));  // private constructor
  const Status status(api);
  session->graph_ = api.new_graph();
  TF_SessionOptions* const options = api.new_session_options();
  api.set_config(options, request.config.data(), request.config.size(), status.get());
  if (status.ok()) {
    std::vector<const char*> tags;
    for (const std::string& tag : request.tags) {
      tags.push_back(tag.c_str());
    }
    session->session_ = api.load_session_from_saved_model(options,
                                                          nullptr,
                                                          request.model.c_str(),
                                                          tags.data(),
                                                          static_cast<int>(tags.size()),
                                                          session->graph_,
                                                          nullptr,
                                                          status.get());
  }
  api.delete_session_options(options);
  if (!status.ok()) {
    return Error(ErrorCode::kInput, status.text());
  }
  return session;
}

Session::~Session() {
  const Status status(api_);
  if (session_ != nullptr) {
    api_.close_session(session_, status.get());
    api_.delete_session(session_, status.get());
  }
  if (graph_ != nullptr) {
    api_.delete_graph(graph_);
  }
}

Result<TF_Output> Session::find(const std::string& tensor) const {
  const std::size_t colon = tensor.rfind(':');
  const std::string operation = tensor.substr(0, colon);
  TF_Output output{.oper = api_.graph_operation_by_name(graph_, operation.c_str()), .index = 0};
  if (colon != std::string::npos) {
    std::from_chars(tensor.data() + colon + 1, tensor.data() + tensor.size(), output.index);
  }
  if (output.oper == nullptr) {
    return Error(ErrorCode::kInput,
                 fmt::format("the model's signature names the tensor {}, which its graph does not "
                             "have: the model is damaged",
                             quote(tensor)));
  }
  return output;
}

Result<void> Session::bind(const BindRequest& request, Call& call) const {
  for (const std::string& tensor : request.inputs) {
    ALINKTF_ASSIGN_OR_RETURN(const TF_Output found, find(tensor));
    call.inputs.push_back(found);
  }
  for (const std::string& tensor : request.outputs) {
    ALINKTF_ASSIGN_OR_RETURN(const TF_Output found, find(tensor));
    call.outputs.push_back(found);
  }
  return {};
}

/// Strings point into `view`, or are copied.
Result<TF_Tensor*> Session::make_tensor(const TensorView& view) const {
  const std::size_t count = view.count();
  std::size_t size = view.bytes.size();
  if (view.type == DataType::kString) {
    size = api_.encoded_strings ? encoded_strings_size(count, size - count * sizeof(std::uint32_t))
                                : count * kTStringBytes;
  }
  TF_Tensor* const tensor = api_.allocate_tensor(
      static_cast<int>(view.type), view.dims.data(), static_cast<int>(view.dims.size()), size);
  if (tensor == nullptr) {
    return Error(ErrorCode::kWorker, fmt::format("no memory for a tensor of {} bytes", size));
  }
  char* to = static_cast<char*>(api_.tensor_data(tensor));
  if (view.type != DataType::kString) {
    view.bytes.copy(to, size);
  } else if (api_.encoded_strings) {
    StringEncoder encoder(to, count);
    view.for_each_text([&](std::string_view text) { encoder.add(text); });
  } else {
    view.for_each_text([&](std::string_view text) {
      store_tstring(text, to);
      to += kTStringBytes;
    });
  }
  return tensor;
}

Result<void> Session::append_strings(const TF_Tensor& tensor,
                                     const std::vector<std::int64_t>& dims,
                                     Buffer& out) const {
  const std::size_t count = count_values(dims);
  const std::string_view bytes(static_cast<const char*>(api_.tensor_data(&tensor)),
                               api_.tensor_byte_size(&tensor));
  const auto text_at = [&](std::size_t index) -> Result<std::string_view> {
    if (api_.encoded_strings) {
      return decode_string(bytes, count, index);
    }
    return load_tstring(bytes.data() + index * kTStringBytes);
  };
  std::size_t size = count * sizeof(std::uint32_t);
  for (std::size_t i = 0; i < count; ++i) {
    ALINKTF_ASSIGN_OR_RETURN(const std::string_view text, text_at(i));
    size += text.size();
  }
  append_tensor_head(out, DataType::kString, dims, size);
  char* to = out.reserve(size + sizeof(std::uint64_t));
  char* texts = to + count * sizeof(std::uint32_t);
  for (std::size_t i = 0; i < count; ++i) {
    ALINKTF_ASSIGN_OR_RETURN(const std::string_view text, text_at(i));
    store_le(to + i * sizeof(std::uint32_t), static_cast<std::uint32_t>(text.size()));
    texts += text.copy(texts, text.size());
  }
  store_le(texts, std::uint64_t{0});
  out.commit((size + 7) / 8 * 8);
  return {};
}

Result<void> Session::append_output(const TF_Tensor& tensor, Buffer& out) const {
  TensorView view{
      .type = static_cast<DataType>(api_.tensor_type(&tensor)), .dims = {}, .bytes = {}};
  for (int axis = 0; axis < api_.num_dims(&tensor); ++axis) {
    view.dims.push_back(api_.dim(&tensor, axis));
  }
  if (view.type == DataType::kString) {
    return append_strings(tensor, view.dims, out);
  }
  if (value_bytes(view.type) == 0) {
    return Error(ErrorCode::kWorker,
                 fmt::format("an output is of {}, which no column holds", type_name(view.type)));
  }
  view.bytes = {static_cast<const char*>(api_.tensor_data(&tensor)),
                api_.tensor_byte_size(&tensor)};
  append_tensor(out, view);
  return {};
}

Result<void> Session::run(const Call& call,
                          const std::vector<TensorView>& inputs,
                          Buffer& out) const {
  if (inputs.size() != call.inputs.size()) {
    return Error(ErrorCode::kInternal, "a call has another number of inputs");
  }
  const Status status(api_);
  Tensors values(api_, inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    ALINKTF_ASSIGN_OR_RETURN(values[i], make_tensor(inputs[i]));
  }
  Tensors results(api_, call.outputs.size());
  const auto started = std::chrono::steady_clock::now();
  api_.session_run(session_,
                   call.short_run ? &kInCallersThread : nullptr,
                   call.inputs.data(),
                   values.data(),
                   static_cast<int>(call.inputs.size()),
                   call.outputs.data(),
                   results.data(),
                   static_cast<int>(call.outputs.size()),
                   nullptr,
                   0,
                   nullptr,
                   status.get());
  call.short_run = std::chrono::steady_clock::now() - started < kShortRun;
  if (!status.ok()) {
    return Error(ErrorCode::kWorker, status.text());
  }
  for (std::size_t i = 0; i < call.outputs.size(); ++i) {
    ALINKTF_TRY(append_output(*results[i], out));
  }
  return {};
}

}  // namespace alinktf::tensorflow
