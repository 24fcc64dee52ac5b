// What a prediction engine and its job send each other: tensors that lie in the bytes that came,
// and requests that are read as they were written.
#include "fuzz/fuzz.hpp"
#include "tensorflow/message.hpp"
#include "tensorflow/tensor.hpp"

#include <vector>

namespace alinktf::fuzz {
namespace {

/// Looks at every value, and at how many there are.
void touch(const tensorflow::TensorView& tensor, std::string_view bytes) {
  require(tensor.bytes.data() >= bytes.data() &&
              tensor.bytes.data() + tensor.bytes.size() <= bytes.data() + bytes.size(),
          "values lie in the message");
  for (const std::int64_t dim : tensor.dims) {
    require(dim >= 0, "dimensions are known");
  }
  if (tensor.type != tensorflow::DataType::kString) {
    return;
  }
  require(tensor.count() <= tensor.bytes.size() / 4, "each text has a length");
  std::size_t sum = 0;
  tensor.for_each_text([&](std::string_view text) {
    for (const char byte : text) {
      sum += byte == 'x' ? 2 : 1;
    }
  });
  require(sum <= 2 * tensor.bytes.size(), "texts are of what there is");
}

void read_tensors(std::string_view bytes) {
  std::vector<tensorflow::TensorView> tensors;
  if (!tensorflow::read_tensors(bytes, tensors).ok()) {
    return;
  }
  Buffer again;
  for (const tensorflow::TensorView& tensor : tensors) {
    touch(tensor, bytes);
    tensorflow::append_tensor(again, tensor);
  }
  std::vector<tensorflow::TensorView> copies;
  require(tensorflow::read_tensors(again.view(), copies).ok() && copies.size() == tensors.size(),
          "what is written is read");
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    require(copies[i].dims == tensors[i].dims && copies[i].bytes == tensors[i].bytes,
            "tensors stay what they are");
  }
}

template <typename Request>
void read_request(std::string_view bytes) {
  const auto request = Request::read(bytes);
  if (!request.ok()) {
    return;
  }
  Buffer once;
  request.value().append_to(once);
  const auto again = Request::read(once.view());
  require(again.ok(), "what is written is read");
  Buffer twice;
  again.value().append_to(twice);
  require(once.view() == twice.view(), "requests stay what they are");
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;  // NOLINT(google-build-using-namespace)
  fuzz::Input input(data, size);
  switch (input.byte() % 3) {
    case 0:
      fuzz::read_tensors(std::string(input.rest()));
      break;
    case 1:
      fuzz::read_request<tensorflow::OpenRequest>(input.rest());
      break;
    default:
      fuzz::read_request<tensorflow::BindRequest>(input.rest());
      break;
  }
  return 0;
}
