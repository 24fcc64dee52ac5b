#include "sys/shared_library.hpp"

#include <fmt/format.h>

#include <dlfcn.h>

namespace alinktf::sys {

namespace {

std::string loader_error() {
  const char* const text = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc's is per thread
  return text == nullptr ? "no reason given" : text;
}

}  // namespace

Result<SharedLibrary> SharedLibrary::open(const std::string& soname, const std::string& package) {
  void* const handle = ::dlopen(soname.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return Error(
        ErrorCode::kSpec,
        fmt::format(
            "cannot load {} ({}); install the package {}", soname, loader_error(), package));
  }
  return SharedLibrary(handle);
}

Result<void*> SharedLibrary::address_of(const char* name) const {
  void* const address = ::dlsym(handle_, name);
  if (address == nullptr) {
    return Error(ErrorCode::kInternal, fmt::format("no function {}: {}", name, loader_error()));
  }
  return address;
}

}  // namespace alinktf::sys
