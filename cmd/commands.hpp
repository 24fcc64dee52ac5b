// The subcommands. Each returns an exit status and has printed its one error.
#pragma once

#include "base/result.hpp"
#include "cmd/options.hpp"

namespace alinktf::cmd {

int run(const Options& options);
int check(const Options& options);
int convert(const Options& options);
int show(const Options& options);
int serve(const Options& options);
int doctor(const Options& options);

/// Print `error` on stderr; its exit status.
int report(const Error& error);

}  // namespace alinktf::cmd
