// Places and privileges for tests of files.
#pragma once

#include "sys/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

namespace alinktf::sys {

/// A fresh folder that goes away with the test.
class Scratch {
 public:
  Scratch() : dir_(make()) {
    std::filesystem::permissions(dir_.path(), std::filesystem::perms(0755));
  }

  [[nodiscard]] std::string operator/(const std::string& name) const {
    return dir_.path() + "/" + name;
  }
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(*this / name) << text;
    return *this / name;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

 private:
  static TempDir make() {
    auto dir = TempDir::create(std::filesystem::temp_directory_path().string(), "alinktf-test-");
    REQUIRE(dir.ok());
    return std::move(dir).value();
  }

  TempDir dir_;
};

inline std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// For root, nothing is forbidden: be somebody else while this lives.
class Unprivileged {
 public:
  Unprivileged() : was_root_(::geteuid() == 0) {
    constexpr uid_t kNobody = 65534;
    REQUIRE((!was_root_ || ::seteuid(kNobody) == 0));
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  Unprivileged(Unprivileged&&) = delete;
  Unprivileged& operator=(Unprivileged&&) = delete;
  ~Unprivileged() {
    if (was_root_ && ::seteuid(0) != 0) {
      std::terminate();
    }
  }

 private:
  bool was_root_;
};

}  // namespace alinktf::sys
