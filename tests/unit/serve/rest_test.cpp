#include "serve/rest.hpp"

#include "tensorflow/message.hpp"

#include <catch2/catch.hpp>

namespace alinktf::serve {
namespace {

using Catch::Contains;
using tensorflow::DataType;

/// A model whose output y is its input x.
RestApi echo() {
  const tensorflow::TensorInfo x{.key = "x",
                                 .tensor = "x:0",
                                 .type = DataType::kFloat,
                                 .unknown_rank = false,
                                 .dims = {-1, 2}};
  tensorflow::TensorInfo y = x;
  y.key = "y";
  return RestApi(
      {.name = "m",
       .version = "3",
       .signatures = {{.key = "serving_default", .method = {}, .inputs = {x}, .outputs = {y}}}},
      [](std::size_t /*index*/, Buffer& message, Buffer& answer) {
        answer.clear();
        answer.append(message.view().substr(tensorflow::MessageHead::kBytes));
        return Result<void>();
      });
}

HttpResponse predict(const std::string& body) {
  return echo().handle({.method = "POST", .path = "/v1/models/m:predict", .body = body});
}

TEST_CASE("Rows are answered as predictions, columns as outputs", "[serve][rest]") {
  CHECK_THAT(predict(R"({"instances": [[1, 2.5], [3, 4]]})").body,
             Contains(R"("predictions": [[1.0, 2.5], [3.0, 4.0]])"));
  CHECK_THAT(predict(R"({"instances": [{"x": [1, 2]}]})").body, Contains("[[1.0, 2.0]]"));
  CHECK_THAT(predict(R"({"inputs": {"x": [[1, 2]]}})").body,
             Contains(R"("outputs": [[1.0, 2.0]])"));
}

TEST_CASE("What does not fit is status 400 with the reason", "[serve][rest]") {
  const auto reason = [](const std::string& body) {
    const auto response = predict(body);
    CHECK(response.status == 400);
    CHECK_THAT(response.body, Contains("\"error\": \""));
    return response.body;
  };
  CHECK_THAT(reason("no json"), Contains("JSON Parse error"));
  CHECK_THAT(reason("{}"), Contains("Missing 'inputs' or 'instances' key"));
  CHECK_THAT(reason(R"({"instances": [[1, "a"]]})"), Contains("is not of expected type: float32"));
  CHECK_THAT(reason(R"({"instances": [[1, 2], [3]]})"), Contains("element: 1 of 'instances'"));
  CHECK_THAT(reason(R"({"instances": [[1, 2, 3]]})"), Contains("float32 of shape [-1, 2]"));
  CHECK_THAT(reason(R"({"instances": [[[1, 2]], [1, 2]]})"), Contains("depth"));
  CHECK_THAT(reason(R"({"instances": [{"z": [1, 2]}]})"), Contains("Missing input x"));
  CHECK_THAT(reason(R"({"signature_name": "s", "instances": [[1, 2]]})"),
             Contains("not found in signature def"));
}

TEST_CASE("Only the model that is there is served", "[serve][rest]") {
  const auto status = [](const char* method, const char* path) {
    return echo().handle({.method = method, .path = path, .body = {}}).status;
  };
  CHECK(status("GET", "/v1/models/m") == 200);
  CHECK(status("GET", "/v1/models/m/versions/3/metadata") == 200);
  CHECK(status("GET", "/v1/models/m/versions/4") == 404);
  CHECK(status("GET", "/v1/models/other") == 404);
  CHECK(status("GET", "/v1/models/m:predict") == 400);
  CHECK(status("DELETE", "/v1/models/m") == 400);
  CHECK(status("POST", "/v1/models/m:classify") == 501);
  CHECK(status("GET", "/") == 400);
}

}  // namespace
}  // namespace alinktf::serve
