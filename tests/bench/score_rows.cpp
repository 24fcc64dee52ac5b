// score_rows TENSORFLOW MODEL CALLS: one row of ones through the `serving_default` of a SavedModel
// whose input has one open dimension, as the engine does it: p50 and p99 of a call in microseconds.
#include "tensorflow/library.hpp"
#include "tensorflow/saved_model.hpp"
#include "tensorflow/session.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

namespace {

using namespace alinktf;  // NOLINT(google-build-using-namespace): a program of one file.
using namespace alinktf::tensorflow;  // NOLINT(google-build-using-namespace)

Result<Signature> signature_of(const std::string& model) {
  ALINKTF_ASSIGN_OR_RETURN(const auto graphs, read_saved_model(model));
  for (const MetaGraph& graph : graphs) {
    for (const Signature& signature : graph.signatures) {
      if (signature.key == "serving_default" && signature.inputs.size() == 1 &&
          signature.inputs[0].dims.size() == 2 && !signature.outputs.empty()) {
        return signature;
      }
    }
  }
  return Error(ErrorCode::kInput, model + " has no serving_default of one matrix");
}

Result<std::vector<double>> times(const std::string& library,
                                  const std::string& model,
                                  std::size_t calls) {
  constexpr std::size_t kFirst = 20;  // that trace and allocate
  ALINKTF_ASSIGN_OR_RETURN(const auto files, find_library(library, "TENSORFLOW"));
  ALINKTF_ASSIGN_OR_RETURN(const CApi api, load_library(files));
  ALINKTF_ASSIGN_OR_RETURN(
      const auto session,
      Session::load(api, {.library = {}, .model = model, .tags = {"serve"}, .config = {}}));
  ALINKTF_ASSIGN_OR_RETURN(const Signature signature, signature_of(model));
  Call call;
  const TensorInfo& input = signature.inputs[0];
  ALINKTF_TRY(
      session->bind({.inputs = {input.tensor}, .outputs = {signature.outputs[0].tensor}}, call));
  const std::vector<float> row(static_cast<std::size_t>(input.dims[1]), 1.0F);
  const std::vector<TensorView> inputs{
      {.type = input.type,
       .dims = {1, input.dims[1]},
       .bytes = {reinterpret_cast<const char*>(row.data()), row.size() * sizeof(float)}}};
  Buffer out;
  std::vector<double> found;
  for (std::size_t i = 0; i < calls + kFirst; ++i) {
    out.clear();
    const auto began = std::chrono::steady_clock::now();
    ALINKTF_TRY(session->run(call, inputs, out));
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    if (i >= kFirst) {
      found.push_back(took.count());
    }
  }
  if (found.empty()) {
    return Error(ErrorCode::kInput, "CALLS must be a number from 1 on");
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): std::bad_alloc may end it
  if (argc != 4) {
    std::cerr << "usage: score_rows TENSORFLOW MODEL CALLS\n";
    return 2;
  }
  const auto found = times(argv[1], argv[2], std::strtoul(argv[3], nullptr, 10));
  if (!found.ok()) {
    std::cerr << found.error().str() << '\n';
    return 1;
  }
  const auto& all = found.value();
  std::cout << all[all.size() / 2] << ' ' << all[all.size() * 99 / 100] << '\n';
  return 0;
}
