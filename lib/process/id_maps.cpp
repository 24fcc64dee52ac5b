#include "process/id_maps.hpp"

#include "sys/fd.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace alinktf::process {

namespace {

Result<void> put(const std::string& path, std::string_view text) {
  const auto context = [&] { return "write " + path; };
  auto file = sys::Fd::open(path, O_WRONLY | O_CLOEXEC);
  ALINKTF_TRY(file.ok() ? Result<void>() : Result<void>(file.error()).context(context));
  return sys::write_all(file.value().get(), text).context(context);
}

/// All numbers that there are here, each as itself: what `map` (/proc/self/uid_map) says of us,
/// without where they lie outside.
std::string all_ids(const std::string& map) {
  std::ifstream file(map);
  std::string out;
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
  while (file >> inside >> outside >> count) {
    out += fmt::format("{} {} {}\n", inside, inside, count);
  }
  return out;
}

/// A child that stays outside: only there is a map of more than one number allowed.
class MapWriter {
 public:
  static Result<MapWriter> start() {
    MapWriter writer;
    const std::string users = all_ids("/proc/self/uid_map");
    const std::string groups = all_ids("/proc/self/gid_map");
    const std::string process = fmt::format("/proc/{}/", ::getpid());
    ALINKTF_ASSIGN_OR_RETURN(writer.go_, sys::Pipe::create());
    writer.pid_ = ::fork();
    if (writer.pid_ == -1) {
      return os_error(ErrorCode::kInternal, "fork");
    }
    if (writer.pid_ == 0) {
      char byte = 0;
      writer.go_.write = sys::Fd();
      const bool go = ::read(writer.go_.read.get(), &byte, 1) == 1;
      const bool done =
          go && put(process + "uid_map", users).ok() && put(process + "gid_map", groups).ok();
      ::_exit(done ? 0 : 1);
    }
    return writer;
  }

  /// Let it write, if `go`, and end. True if it has.
  bool finish(bool go) {
    if (go) {
      static_cast<void>(!::write(go_.write.get(), "x", 1));
    }
    go_.write = sys::Fd();
    int status = 1;
    while (::waitpid(pid_, &status, 0) == -1 && errno == EINTR) {
    }
    return status == 0;
  }

 private:
  sys::Pipe go_;
  pid_t pid_ = -1;
};

/// What everybody may: map ourselves, and give up changing groups for it.
Result<void> map_self(uid_t user, gid_t group) {
  ALINKTF_TRY(put("/proc/self/setgroups", "deny"));
  ALINKTF_TRY(put("/proc/self/uid_map", fmt::format("{} {} 1\n", user, user)));
  return put("/proc/self/gid_map", fmt::format("{} {} 1\n", group, group));
}

}  // namespace

Result<void> unshare_with_ids(const std::function<Result<void>()>& unshare) {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (user != 0) {
    ALINKTF_TRY(unshare());
    return map_self(user, group);
  }
  ALINKTF_ASSIGN_OR_RETURN(MapWriter writer, MapWriter::start());
  auto unshared = unshare();
  const bool mapped = writer.finish(unshared.ok());
  ALINKTF_TRY(std::move(unshared));
  return mapped ? Result<void>() : map_self(user, group);
}

}  // namespace alinktf::process
