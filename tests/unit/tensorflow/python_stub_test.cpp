#include "tensorflow/python_stub.hpp"

#include "sys/fd.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <dlfcn.h>
#include <sys/mman.h>

namespace tensorflow = alinktf::tensorflow;

TEST_CASE("A made library gives an address to each of its symbols", "[tensorflow][python_stub]") {
  std::vector<std::string> names;
  for (int i = 0; i < 400; ++i) {
    names.push_back(fmt::format("Py_of_a_test_{}", i));
  }
  const alinktf::sys::Fd file(::memfd_create("stub", MFD_CLOEXEC));
  REQUIRE(alinktf::sys::write_all(file.get(), tensorflow::make_stub_library(names)).ok());
  void* const library =
      ::dlopen(fmt::format("/proc/self/fd/{}", file.get()).c_str(), RTLD_NOW | RTLD_LOCAL);
  REQUIRE(library != nullptr);
  for (const std::string& name : names) {
    const auto* const symbol = static_cast<const char*>(::dlsym(library, name.c_str()));
    REQUIRE(symbol != nullptr);
    CHECK(*symbol == 0);
  }
  CHECK(::dlsym(library, "Py_of_a_test_400") == nullptr);
  ::dlclose(library);
}

TEST_CASE("What is no library wants no symbols of Python", "[tensorflow][python_stub]") {
  CHECK_FALSE(tensorflow::wanted_python_symbols("no library").ok());
  CHECK_FALSE(tensorflow::wanted_python_symbols("").ok());
  // A library without sections has no table to look into.
  CHECK_FALSE(tensorflow::wanted_python_symbols(tensorflow::make_stub_library({"Py_x"})).ok());
}
