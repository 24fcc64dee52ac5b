// JSON values to tensors and back, as TensorFlow Serving's REST API has them.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "spec/document.hpp"
#include "tensorflow/saved_model.hpp"
#include "tensorflow/tensor.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::serve {

/// Gathers the JSON values of one input.
class TensorBuilder {
 public:
  explicit TensorBuilder(const tensorflow::TensorInfo& info) : info_(info) {}

  /// Append `value`: a number, text, boolean, {"b64": …}, or lists of them in lists. All values
  /// that are added have the same shape. kInput with what was found and what is wanted.
  Result<void> add(const spec::Node& value);

  /// Append the tensor of all that was added to `message`; with `rows`, each value is a row of it,
  /// else the only value is the tensor. kInput if its shape does not fit the signature.
  Result<void> append_to(Buffer& message, bool rows) const;

 private:
  Result<void> add_value(const spec::Node& value, std::size_t depth);
  Result<void> add_scalar(const spec::Node& value);
  Result<void> add_text(const spec::Node& value);
  [[nodiscard]] Error wrong(const spec::Node& value) const;

  const tensorflow::TensorInfo& info_;
  std::vector<std::int64_t> dims_;  ///< of each value
  bool shaped_ = false;
  std::size_t count_ = 0;
  Buffer values_;
  Buffer sizes_;
};

/// True if `value` stands for bytes: {"b64": TEXT}.
bool is_base64(const spec::Node& value);

/// Append `tensor` to `out` as JSON; with `row`, only that entry along its first axis. Texts become
/// {"b64": …} with `base64`.
void append_json(const tensorflow::TensorView& tensor,
                 std::optional<std::size_t> row,
                 bool base64,
                 std::string& out);

/// Append `text` as a JSON string; bytes that are not UTF-8 become U+FFFD.
void append_json_text(std::string_view text, std::string& out);

}  // namespace alinktf::serve
