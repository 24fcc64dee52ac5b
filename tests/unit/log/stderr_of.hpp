// What the program under test writes to standard error.
#pragma once

#include "sys/fd.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <functional>
#include <string>

#include <unistd.h>

namespace alinktf::log {

/// What `act` writes to standard error, which is a pipe meanwhile: at most what a pipe holds.
inline std::string stderr_of(const std::function<void()>& act) {
  sys::Pipe pipe = take(sys::Pipe::create());
  const sys::Fd before = take(sys::Fd::duplicate(STDERR_FILENO));
  REQUIRE(::dup2(pipe.write.get(), STDERR_FILENO) == STDERR_FILENO);
  pipe.write = sys::Fd();
  act();
  std::fflush(stderr);
  REQUIRE(::dup2(before.get(), STDERR_FILENO) == STDERR_FILENO);  // the pipe's last writer goes
  std::string text;
  for (char byte = 0; ::read(pipe.read.get(), &byte, 1) == 1;) {
    text.push_back(byte);
  }
  return text;
}

}  // namespace alinktf::log
