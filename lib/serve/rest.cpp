#include "serve/rest.hpp"

#include "serve/json_tensor.hpp"
#include "tensorflow/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <deque>
#include <optional>

namespace alinktf::serve {

namespace {

using spec::Kind;
using spec::Node;
using tensorflow::Signature;
using tensorflow::TensorInfo;
using tensorflow::TensorView;

constexpr std::string_view kRoot = "/v1/models/";

HttpResponse failure(int status, std::string_view why) {
  std::string body = R"({ "error": )";
  append_json_text(why, body);
  return {.status = status, .body = body + " }"};
}

Error bad_request(std::string why) {
  return {ErrorCode::kInput, std::move(why)};
}

/// A request's path, taken apart: /v1/models/NAME[/versions/V][/metadata or :predict].
struct Target {
  std::string name;
  std::string version;  ///< empty: none is given
  std::string verb;     ///< "metadata", "predict" …; empty: status
};

std::optional<Target> parse_target(std::string_view path) {
  if (!path.starts_with(kRoot)) {
    return std::nullopt;
  }
  path.remove_prefix(kRoot.size());
  Target target;
  if (const std::size_t colon = path.rfind(':'); colon != std::string_view::npos) {
    target.verb = path.substr(colon + 1);
    path = path.substr(0, colon);
  } else if (path.ends_with("/metadata")) {
    target.verb = "metadata";
    path.remove_suffix(std::string_view("/metadata").size());
  }
  if (const std::size_t at = path.find("/versions/"); at != std::string_view::npos) {
    target.version = path.substr(at + std::string_view("/versions/").size());
    path = path.substr(0, at);
  }
  target.name = path;
  return target.name.empty() || target.name.find('/') != std::string::npos ? std::nullopt
                                                                           : std::optional(target);
}

const Node* find_member(const Node& object, std::string_view key) {
  const auto found = std::find_if(object.children.begin(),
                                  object.children.end(),
                                  [&](const Node& child) { return child.key == key; });
  return found == object.children.end() ? nullptr : &*found;
}

/// The members of `object`, one for each input.
Result<void> add_named(const Node& object,
                       const Signature& signature,
                       std::deque<TensorBuilder>& builders) {
  for (std::size_t i = 0; i < signature.inputs.size(); ++i) {
    const Node* const found = find_member(object, signature.inputs[i].key);
    if (found == nullptr) {
      return bad_request(fmt::format("Missing input {}", signature.inputs[i].key));
    }
    ALINKTF_TRY(builders[i].add(*found));
  }
  for (const Node& member : object.children) {
    const bool known = std::any_of(signature.inputs.begin(),
                                   signature.inputs.end(),
                                   [&](const TensorInfo& info) { return info.key == member.key; });
    if (!known) {
      return bad_request(fmt::format("the signature has no input: {}", member.key));
    }
  }
  return {};
}

/// One instance, or all of `inputs`: a value for the only input, or an object of values.
Result<void> add_values(const Node& value,
                        const Signature& signature,
                        std::deque<TensorBuilder>& builders) {
  if (value.kind == Kind::kObject && !is_base64(value)) {
    return add_named(value, signature, builders);
  }
  if (builders.size() != 1) {
    return bad_request(
        fmt::format("expected an object with a value for each of the {} inputs of signature {}",
                    builders.size(),
                    signature.key));
  }
  return builders.front().add(value);
}

/// The inputs that `request` gives, to `message`; `rows` is the number of instances, or 0 if the
/// request has the columnar form.
Result<void> read_inputs(const Node& request,
                         const Signature& signature,
                         Buffer& message,
                         std::size_t& rows) {
  std::deque<TensorBuilder> builders;
  for (const TensorInfo& info : signature.inputs) {
    builders.emplace_back(info);
  }
  const Node* const instances = find_member(request, "instances");
  const Node* const inputs = find_member(request, "inputs");
  if ((instances == nullptr) == (inputs == nullptr)) {
    return bad_request(instances != nullptr
                           ? "Request has both 'instances' and 'inputs', expected one of them"
                           : "Missing 'inputs' or 'instances' key");
  }
  if (instances != nullptr) {
    if (instances->kind != Kind::kArray || instances->children.empty()) {
      return bad_request("Expecting 'instances' to be a list with at least one value");
    }
    rows = instances->children.size();
    for (std::size_t i = 0; i < rows; ++i) {
      ALINKTF_TRY(add_values(instances->children[i], signature, builders).context([i] {
        return fmt::format("Failed to process element: {} of 'instances' list", i);
      }));
    }
  } else {
    ALINKTF_TRY(add_values(*inputs, signature, builders));
  }
  for (const TensorBuilder& builder : builders) {
    ALINKTF_TRY(builder.append_to(message, rows != 0));
  }
  return {};
}

bool is_bytes(const TensorInfo& info) {
  return info.key.ends_with("_bytes");
}

/// {"predictions": […]}: a value or an object for each instance.
Result<std::string> write_rows(const Signature& signature,
                               const std::vector<TensorView>& results,
                               std::size_t rows) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto& dims = results[i].dims;
    if (dims.empty() || static_cast<std::size_t>(dims.front()) != rows) {
      return bad_request(fmt::format(
          "Tensor name: {} has inconsistent batch size: {} expecting batch size: {}; ask with "
          "'inputs' instead of 'instances'",
          signature.outputs[i].key,
          dims.empty() ? 0 : dims.front(),
          rows));
    }
  }
  std::string out = "{\n    \"predictions\": [";
  for (std::size_t row = 0; row < rows; ++row) {
    out += row == 0 ? "" : ", ";
    if (results.size() == 1) {
      append_json(results.front(), row, is_bytes(signature.outputs.front()), out);
      continue;
    }
    out += "{";
    for (std::size_t i = 0; i < results.size(); ++i) {
      out += i == 0 ? "" : ", ";
      append_json_text(signature.outputs[i].key, out);
      out += ": ";
      append_json(results[i], row, is_bytes(signature.outputs[i]), out);
    }
    out += "}";
  }
  return out + "]\n}";
}

/// {"outputs": …}: a value, or an object of them.
std::string write_columns(const Signature& signature, const std::vector<TensorView>& results) {
  std::string out = "{\n    \"outputs\": ";
  if (results.size() == 1) {
    append_json(results.front(), std::nullopt, is_bytes(signature.outputs.front()), out);
    return out + "\n}";
  }
  out += "{";
  for (std::size_t i = 0; i < results.size(); ++i) {
    out += i == 0 ? "" : ", ";
    append_json_text(signature.outputs[i].key, out);
    out += ": ";
    append_json(results[i], std::nullopt, is_bytes(signature.outputs[i]), out);
  }
  return out + "}\n}";
}

/// TensorFlow's name in its protocol buffers: DT_FLOAT.
std::string proto_name(tensorflow::DataType type) {
  using tensorflow::DataType;
  switch (type) {
    case DataType::kFloat:
      return "DT_FLOAT";
    case DataType::kDouble:
      return "DT_DOUBLE";
    case DataType::kNone:
      return "DT_INVALID";
    default: {
      std::string name = "DT_" + tensorflow::type_name(type);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
      });
      return name;
    }
  }
}

std::string infos_json(const std::vector<TensorInfo>& infos) {
  std::vector<std::string> all;
  for (const TensorInfo& info : infos) {
    std::vector<std::string> dims;
    for (const std::int64_t dim : info.dims) {
      dims.push_back(fmt::format(R"({{"size": "{}", "name": ""}})", dim));
    }
    all.push_back(fmt::format(
        R"({}: {{"dtype": "{}", "tensor_shape": {{"dim": [{}], "unknown_rank": {}}}, "name": {}}})",
        spec::json_string(info.key),
        proto_name(info.type),
        fmt::join(dims, ", "),
        info.unknown_rank,
        spec::json_string(info.tensor)));
  }
  return fmt::format("{{{}}}", fmt::join(all, ", "));
}

}  // namespace

HttpResponse RestApi::handle(const HttpRequest& request) const {
  const auto target = parse_target(request.path);
  const bool post = request.method == "POST";
  const bool known = target && (post ? target->verb == "predict"
                                     : request.method == "GET" &&
                                           (target->verb.empty() || target->verb == "metadata"));
  if (!known) {
    const bool other = target && (target->verb == "classify" || target->verb == "regress");
    return failure(other ? 501 : 400,
                   fmt::format("Malformed request: {} {}{}",
                               request.method,
                               request.path,
                               other ? "; only :predict is served here" : ""));
  }
  if (target->name != model_.name) {
    return failure(404,
                   fmt::format("Servable not found for request: Latest({}); this server has {}",
                               target->name,
                               model_.name));
  }
  if (!target->version.empty() && target->version != model_.version) {
    return failure(404,
                   fmt::format("Servable not found for request: Specific({}, {}); this server has "
                               "version {}",
                               target->name,
                               target->version,
                               model_.version));
  }
  if (post) {
    return predict(request.body);
  }
  return {.status = 200, .body = target->verb.empty() ? status() : metadata()};
}

HttpResponse RestApi::predict(const std::string& body) const {
  const auto parsed = spec::read_json(body);
  if (!parsed.ok()) {
    return failure(400, "JSON Parse error: " + parsed.error().str());
  }
  const Node& request = parsed.value();
  if (request.kind != Kind::kObject) {
    return failure(400, "the request's body is no JSON object");
  }
  std::string name = "serving_default";
  if (const Node* const given = find_member(request, "signature_name"); given != nullptr) {
    if (given->kind != Kind::kString) {
      return failure(400, "'signature_name' key must be a string value");
    }
    name = given->text;
  }
  const auto signature = std::find_if(model_.signatures.begin(),
                                      model_.signatures.end(),
                                      [&](const Signature& each) { return each.key == name; });
  if (signature == model_.signatures.end()) {
    return failure(400,
                   fmt::format("Serving signature name: \"{}\" not found in signature def", name));
  }
  Buffer message;
  tensorflow::start_message(message);
  std::size_t rows = 0;
  if (auto read = read_inputs(request, *signature, message, rows); !read.ok()) {
    return failure(400, read.error().str());
  }
  Buffer answer;
  const auto index = static_cast<std::size_t>(signature - model_.signatures.begin());
  if (auto ran = run_(index, message, answer); !ran.ok()) {
    return failure(ran.error().code() == ErrorCode::kInput ? 400 : 503, ran.error().str());
  }
  std::vector<TensorView> results;
  if (auto read = tensorflow::read_tensors(answer.view(), results); !read.ok()) {
    return failure(500, read.error().str());
  }
  if (rows == 0) {
    return {.status = 200, .body = write_columns(*signature, results)};
  }
  auto written = write_rows(*signature, results, rows);
  return written.ok() ? HttpResponse{.status = 200, .body = std::move(written).value()}
                      : failure(400, written.error().str());
}

std::string RestApi::status() const {
  return fmt::format(R"({{
 "model_version_status": [
  {{
   "version": "{}",
   "state": "AVAILABLE",
   "status": {{
    "error_code": "OK",
    "error_message": ""
   }}
  }}
 ]
}}
)",
                     model_.version);
}

std::string RestApi::metadata() const {
  std::vector<std::string> signatures;
  for (const Signature& signature : model_.signatures) {
    signatures.push_back(fmt::format(R"({}: {{"inputs": {}, "outputs": {}, "method_name": {}}})",
                                     spec::json_string(signature.key),
                                     infos_json(signature.inputs),
                                     infos_json(signature.outputs),
                                     spec::json_string(signature.method)));
  }
  return fmt::format(R"({{"model_spec": {{"name": {}, "signature_name": "", "version": "{}"}}, )"
                     R"("metadata": {{"signature_def": {{"signature_def": {{{}}}}}}}}})"
                     "\n",
                     spec::json_string(model_.name),
                     model_.version,
                     fmt::join(signatures, ", "));
}

}  // namespace alinktf::serve
