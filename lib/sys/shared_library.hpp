// Libraries that are loaded when they are first needed: most runs never pay for them.
#pragma once

#include "base/result.hpp"

#include <string>

namespace alinktf::sys {

/// A loaded shared library. It stays loaded until the program ends, so this is only a name for it.
class SharedLibrary {
 public:
  /// Load `soname`, such as "libcurl.so.4". kSpec with the loader's words and the advice to install
  /// `package` if it is not there.
  static Result<SharedLibrary> open(const std::string& soname, const std::string& package);

  /// Put the address of the function `name` into `function`. kInternal if there is none.
  template <typename Function>
  Result<void> find(const char* name, Function*& function) const {
    ALINKTF_ASSIGN_OR_RETURN(void* const address, address_of(name));
    function = reinterpret_cast<Function*>(address);  // NOLINT: POSIX promises that this works
    return {};
  }

 private:
  explicit SharedLibrary(void* handle) : handle_(handle) {}
  Result<void*> address_of(const char* name) const;

  void* handle_;
};

}  // namespace alinktf::sys
