// TensorFlow's C API, as much of it as prediction needs. Its functions are looked up in a library
// that is loaded at run time, so their declarations stand here and no header of TensorFlow is
// needed. They have been the same since TensorFlow 1.15. Source: tensorflow/c/c_api.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace alinktf::tensorflow {

struct TF_Status;
struct TF_Graph;
struct TF_Session;
struct TF_SessionOptions;
struct TF_Operation;
struct TF_Tensor;

struct TF_Buffer {  // NOLINT(readability-identifier-naming): TensorFlow's name
  const void* data;
  std::size_t length;
  void (*data_deallocator)(void* data, std::size_t length);
};

struct TF_Output {  // NOLINT(readability-identifier-naming): TensorFlow's name
  TF_Operation* oper;
  int index;
};

/// The functions by their names in the library.
struct CApi {
  using Version = const char*();
  using NewStatus = TF_Status*();
  using DeleteStatus = void(TF_Status*);
  using GetCode = int(const TF_Status*);
  using Message = const char*(const TF_Status*);
  using NewGraph = TF_Graph*();
  using DeleteGraph = void(TF_Graph*);
  using NewSessionOptions = TF_SessionOptions*();
  using DeleteSessionOptions = void(TF_SessionOptions*);
  using SetConfig = void(TF_SessionOptions*, const void* proto, std::size_t size, TF_Status*);
  using LoadSessionFromSavedModel = TF_Session*(const TF_SessionOptions*,
                                                const TF_Buffer* run_options,
                                                const char* export_dir,
                                                const char* const* tags,
                                                int tags_len,
                                                TF_Graph*,
                                                TF_Buffer* meta_graph_def,
                                                TF_Status*);
  using CloseSession = void(TF_Session*, TF_Status*);
  using DeleteSession = void(TF_Session*, TF_Status*);
  using GraphOperationByName = TF_Operation*(TF_Graph*, const char* name);
  using AllocateTensor = TF_Tensor*(int type,
                                    const std::int64_t* dims,
                                    int num_dims,
                                    std::size_t size);
  using DeleteTensor = void(TF_Tensor*);
  using TensorType = int(const TF_Tensor*);
  using NumDims = int(const TF_Tensor*);
  using Dim = std::int64_t(const TF_Tensor*, int index);
  using TensorByteSize = std::size_t(const TF_Tensor*);
  using TensorData = void*(const TF_Tensor*);
  using SessionRun = void(TF_Session*,
                          const TF_Buffer* run_options,
                          const TF_Output* inputs,
                          TF_Tensor* const* input_values,
                          int num_inputs,
                          const TF_Output* outputs,
                          TF_Tensor** output_values,
                          int num_outputs,
                          const TF_Operation* const* targets,
                          int num_targets,
                          TF_Buffer* run_metadata,
                          TF_Status*);

  Version* version = nullptr;
  NewStatus* new_status = nullptr;
  DeleteStatus* delete_status = nullptr;
  GetCode* get_code = nullptr;
  Message* message = nullptr;
  NewGraph* new_graph = nullptr;
  DeleteGraph* delete_graph = nullptr;
  NewSessionOptions* new_session_options = nullptr;
  DeleteSessionOptions* delete_session_options = nullptr;
  SetConfig* set_config = nullptr;
  LoadSessionFromSavedModel* load_session_from_saved_model = nullptr;
  CloseSession* close_session = nullptr;
  DeleteSession* delete_session = nullptr;
  GraphOperationByName* graph_operation_by_name = nullptr;
  AllocateTensor* allocate_tensor = nullptr;
  DeleteTensor* delete_tensor = nullptr;
  TensorType* tensor_type = nullptr;
  NumDims* num_dims = nullptr;
  Dim* dim = nullptr;
  TensorByteSize* tensor_byte_size = nullptr;
  TensorData* tensor_data = nullptr;
  SessionRun* session_run = nullptr;
  /// True up to TensorFlow 2.3: tensors of strings are offsets and varint-framed texts; later they
  /// are TF_TStrings.
  bool encoded_strings = false;
};

}  // namespace alinktf::tensorflow
