#include "tensorflow/library.hpp"

#include "base/text.hpp"
#include "tensorflow/python_stub.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <string_view>

#include <dlfcn.h>

namespace alinktf::tensorflow {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPywrap = "_pywrap_tensorflow_internal.so";

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

/// `file`, after the framework library beside it, which holds part of the C API.
LibraryFiles with_framework(const fs::path& file) {
  const fs::path folder =
      file.filename() == kPywrap ? file.parent_path().parent_path() : file.parent_path();
  LibraryFiles library;
  for (const char* name : {"libtensorflow_framework.so.2", "libtensorflow_framework.so.1"}) {
    if (is_file(folder / name) && folder / name != file) {
      library.files.push_back((folder / name).string());
      break;
    }
  }
  library.files.push_back(file.string());
  return library;
}

std::string loader_error() {
  const char* const text = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc's is per thread
  return text == nullptr ? "no reason given" : text;
}

/// Looks functions up in the libraries that are loaded.
class Symbols {
 public:
  explicit Symbols(std::vector<void*> handles) : handles_(std::move(handles)) {}

  [[nodiscard]] void* find(const char* name) const {
    for (void* const handle : handles_) {
      if (void* const found = ::dlsym(handle, name)) {
        return found;
      }
    }
    return nullptr;
  }

  template <typename Function>
  void put(const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(find(name));  // NOLINT: POSIX promises that this works
    if (function == nullptr && missing_.empty()) {
      missing_ = name;
    }
  }

  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  std::vector<void*> handles_;
  std::string missing_;
};

Result<void*> load(const std::string& file) {
  void* handle = ::dlopen(file.c_str(), RTLD_LAZY | RTLD_GLOBAL);
  if (handle == nullptr) {
    return Error(ErrorCode::kSpec,
                 fmt::format("TensorFlow's library {} cannot be loaded: {}; name another with "
                             "pythonEnv or tensorflowLibrary",
                             quote(file),
                             loader_error()));
  }
  return handle;
}

}  // namespace

Result<LibraryFiles> find_library(const std::string& path, const std::string& place) {
  if (is_file(path)) {
    return with_framework(path);
  }
  for (const char* folder : {"", "tensorflow", "tensorflow_core", "lib"}) {
    for (const char* file : {"libtensorflow_cc.so.2",
                             "python/_pywrap_tensorflow_internal.so",
                             "libtensorflow.so.2",
                             "libtensorflow.so",
                             "libtensorflow_cc.so"}) {
      if (is_file(fs::path(path) / folder / file)) {
        return with_framework(fs::path(path) / folder / file);
      }
    }
  }
  return Error(ErrorCode::kSpec,
               fmt::format("{}: no TensorFlow library at {}, expected a folder with "
                           "libtensorflow_cc.so.2, libtensorflow.so or "
                           "python/_pywrap_tensorflow_internal.so, or one of these files",
                           place,
                           quote(path)));
}

Result<CApi> load_library(const LibraryFiles& library) {
  std::vector<void*> handles;
  for (const std::string& file : library.files) {
    if (file.ends_with(kPywrap)) {
      ALINKTF_TRY(provide_python_symbols(file));
    }
    ALINKTF_ASSIGN_OR_RETURN(void* const handle, load(file));
    handles.push_back(handle);
  }
  Symbols symbols(std::move(handles));
  CApi api;
  symbols.put("TF_Version", api.version);
  symbols.put("TF_NewStatus", api.new_status);
  symbols.put("TF_DeleteStatus", api.delete_status);
  symbols.put("TF_GetCode", api.get_code);
  symbols.put("TF_Message", api.message);
  symbols.put("TF_NewGraph", api.new_graph);
  symbols.put("TF_DeleteGraph", api.delete_graph);
  symbols.put("TF_NewSessionOptions", api.new_session_options);
  symbols.put("TF_DeleteSessionOptions", api.delete_session_options);
  symbols.put("TF_SetConfig", api.set_config);
  symbols.put("TF_LoadSessionFromSavedModel", api.load_session_from_saved_model);
  symbols.put("TF_CloseSession", api.close_session);
  symbols.put("TF_DeleteSession", api.delete_session);
  symbols.put("TF_GraphOperationByName", api.graph_operation_by_name);
  symbols.put("TF_AllocateTensor", api.allocate_tensor);
  symbols.put("TF_DeleteTensor", api.delete_tensor);
  symbols.put("TF_TensorType", api.tensor_type);
  symbols.put("TF_NumDims", api.num_dims);
  symbols.put("TF_Dim", api.dim);
  symbols.put("TF_TensorByteSize", api.tensor_byte_size);
  symbols.put("TF_TensorData", api.tensor_data);
  symbols.put("TF_SessionRun", api.session_run);
  api.encoded_strings = symbols.find("TF_StringEncode") != nullptr;
  if (!symbols.missing().empty()) {
    return Error(ErrorCode::kSpec,
                 fmt::format("{} has no function {}: it is no TensorFlow library, or one older "
                             "than 1.15",
                             quote(library.files.back()),
                             symbols.missing()));
  }
  return api;
}

}  // namespace alinktf::tensorflow
