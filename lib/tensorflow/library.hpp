// Where TensorFlow's C API is, and loading it.
#pragma once

#include "base/result.hpp"
#include "tensorflow/c_api.hpp"

#include <string>
#include <vector>

namespace alinktf::tensorflow {

/// The files that make up the C API, in the order of loading.
struct LibraryFiles {
  std::vector<std::string> files;
};

/// The files at `path`: a library itself (libtensorflow.so, libtensorflow_cc.so.2), or a folder
/// that holds it: a wheel's package folder (tensorflow, tensorflow_core), the folder around that,
/// or an unpacked libtensorflow archive. Wheels from 2.10 on have it in libtensorflow_cc.so.2 and
/// libtensorflow_framework.so.2, older ones in python/_pywrap_tensorflow_internal.so. kSpec if
/// there is none; `place` is what named the path.
Result<LibraryFiles> find_library(const std::string& path, const std::string& place);

/// Load `files` into this process and look the functions up in all of them. It never goes again.
/// Wheels before 2.10 want symbols of Python; they get empty ones (python_stub.hpp), which the C
/// API does not use. kSpec with the loader's words.
Result<CApi> load_library(const LibraryFiles& files);

}  // namespace alinktf::tensorflow
