// The part of Task that starts the process and listens to it.
#include "worker/task.hpp"

#include <sys/epoll.h>

namespace alinktf::worker {

namespace {

constexpr std::size_t kPipeBytes = 1U << 20U;

}  // namespace

/// Our ends of a task's descriptors.
struct Task::Ends {
  sys::Fd feed;
  sys::Fd results;
  sys::Fd control;
  std::array<sys::Fd, 2> logs;
};

Result<std::unique_ptr<Task>> Task::start(sys::EventLoop& loop,
                                          TaskObserver& observer,
                                          const TaskLaunch& launch) {
  ALINKTF_ASSIGN_OR_RETURN(sys::Pipe feed, sys::Pipe::create());
  ALINKTF_ASSIGN_OR_RETURN(sys::Pipe results, sys::Pipe::create());
  ALINKTF_ASSIGN_OR_RETURN(sys::Pipe out, sys::Pipe::create());
  ALINKTF_ASSIGN_OR_RETURN(sys::Pipe err, sys::Pipe::create());
  ALINKTF_ASSIGN_OR_RETURN(sys::SocketPair control, sys::SocketPair::create());
  feed.enlarge(kPipeBytes);
  results.enlarge(kPipeBytes);
  for (const int fd :
       {feed.write.get(), results.read.get(), out.read.get(), err.read.get(), control.ours.get()}) {
    ALINKTF_TRY(sys::set_nonblocking(fd));
  }
  ALINKTF_ASSIGN_OR_RETURN(auto child,
                           process::Child::start({.argv = launch.argv,
                                                  .env = launch.env,
                                                  .fds = {{1, out.write.get()},
                                                          {2, err.write.get()},
                                                          {3, feed.read.get()},
                                                          {4, results.write.get()},
                                                          {5, control.theirs.get()}}}));
  Ends ends{.feed = std::move(feed.write),
            .results = std::move(results.read),
            .control = std::move(control.ours),
            .logs = {std::move(out.read), std::move(err.read)}};
  std::unique_ptr<Task> task(
      new Task(loop, observer, launch.id, std::move(child), std::move(ends)));
  ALINKTF_TRY(task->watch());
  return task;
}

Task::Task(sys::EventLoop& loop,
           TaskObserver& observer,
           cluster::TaskId id,
           process::Child child,
           Ends ends)
    : loop_(loop),
      observer_(observer),
      id_(id),
      child_(std::move(child)),
      feed_(std::move(ends.feed)),
      results_(std::move(ends.results)),
      control_(std::move(ends.control)),
      logs_(std::move(ends.logs)),
      splitters_{LineSplitter([this](std::string_view line) {
                   observer_.on_log_line(*this, LogStream::kStdout, line);
                 }),
                 LineSplitter([this](std::string_view line) {
                   observer_.on_log_line(*this, LogStream::kStderr, line);
                 })},
      control_lines_([this](std::string_view line) {
        const auto message = parse_message(line);
        if (message.ok()) {
          observer_.on_message(*this, message.value());
        } else {
          observer_.on_protocol_error(*this, message.error());
        }
      }) {}

Task::~Task() {
  forget_expected_exit();
  if (child_.running()) {
    loop_.forget(child_.pidfd());
  }
  for (sys::Fd* fd : {&feed_, &results_, &control_, &logs_[kOut], &logs_[kErr]}) {
    close(*fd);
  }
}

Result<void> Task::watch() {
  ALINKTF_TRY(loop_.watch(child_.pidfd(), EPOLLIN, [this](std::uint32_t) { on_process(); }));
  ALINKTF_TRY(loop_.watch(feed_.get(), 0, [this](std::uint32_t events) { on_feed_ready(events); }));
  ALINKTF_TRY(loop_.watch(results_.get(), EPOLLIN, [this](std::uint32_t) { on_results_ready(); }));
  ALINKTF_TRY(
      loop_.watch(control_.get(), EPOLLIN, [this](std::uint32_t events) { on_control(events); }));
  ALINKTF_TRY(loop_.watch(logs_[kOut].get(), EPOLLIN, [this](std::uint32_t) { on_log(kOut); }));
  return loop_.watch(logs_[kErr].get(), EPOLLIN, [this](std::uint32_t) { on_log(kErr); });
}

}  // namespace alinktf::worker
