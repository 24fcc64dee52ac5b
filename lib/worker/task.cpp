#include "worker/task.hpp"

#include "base/assert.hpp"
#include "process/process_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace alinktf::worker {

namespace {

constexpr std::size_t kLogReadBytes = 64U << 10U;
/// A process that ends has its descriptors closed a moment before it can be reaped.
constexpr std::chrono::milliseconds kExitTime{500};

/// How many bytes wait in a pipe or socket.
std::size_t waiting(int fd) {
  int bytes = 0;
  return ::ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

bool would_block() {
  return errno == EAGAIN || errno == EINTR;
}

}  // namespace

// ---- records in ----

void Task::feed(Buffer chunk, std::uint32_t records) {
  ALINKTF_ASSERT(hungry());
  feed_chunk_ = std::move(chunk);
  feed_offset_ = 0;
  feed_records_ = records;
  write_feed();
}

void Task::feed_last(Buffer chunk) {
  feed_ended_ = true;
  if (!feed_) {
    return;
  }
  feed_chunk_ = std::move(chunk);
  feed_offset_ = 0;
  feed_records_ = 0;
  write_feed();
}

void Task::on_feed_ready(std::uint32_t events) {
  if ((events & EPOLLERR) != 0) {  // the reader has gone
    refuse_feed();
  } else if (!feed_chunk_.empty()) {
    write_feed();
  } else {
    loop_.change(feed_.get(), 0);  // until feed() is called
    observer_.on_hungry(*this);
  }
}

void Task::write_feed() {
  const ssize_t written =
      ::write(feed_.get(), feed_chunk_.data() + feed_offset_, feed_chunk_.size() - feed_offset_);
  if (written < 0 && !would_block()) {
    refuse_feed();
    return;
  }
  const auto bytes = static_cast<std::size_t>(std::max<ssize_t>(written, 0));
  counts_.bytes_fed += bytes;
  feed_offset_ += bytes;
  if (feed_offset_ == feed_chunk_.size()) {
    counts_.records_fed += feed_records_;
    if (!first_fed_at_ && feed_records_ > 0) {
      first_fed_at_ = std::chrono::steady_clock::now();
    }
    feed_chunk_.clear();
    spare_ = std::exchange(feed_chunk_, Buffer());
    if (feed_ended_) {
      close(feed_);
      return;
    }
  }
  // Also when all is written: the next event asks the observer for more, from the loop and not from
  // here, so that feeding does not recurse.
  loop_.change(feed_.get(), EPOLLOUT);
}

void Task::refuse_feed() {
  feed_refused_ = true;
  feed_chunk_ = Buffer();
  close(feed_);
}

// ---- results ----

void Task::pause_results(bool pause) {
  if (results_ && results_paused_ != pause) {
    results_paused_ = pause;
    loop_.change(results_.get(), pause ? 0U : std::uint32_t{EPOLLIN});
  }
}

void Task::on_results_ready() {
  if (!read_results(decoder_.wanted())) {
    close(results_);
    if (!results_end_) {
      expect_exit();
    }
  }
}

/// Its results are over without their end: it has died, and how will be known in a moment; or it
/// has closed the descriptor, and could go on for ever without a chance to succeed.
void Task::expect_exit() {
  exit_expected_ = loop_.call_after(kExitTime, [this] {
    exit_expected_.reset();
    if (process::is_exiting(pid())) {
      expect_exit();  // a busy machine takes longer
      return;
    }
    observer_.on_protocol_error(
        *this,
        Error(ErrorCode::kWorker,
              "it has closed its results before their end, and goes on; only the runtime may close "
              "descriptor 4"));
  });
}

/// One read of at most `limit` bytes. False at the end.
bool Task::read_results(std::size_t limit) {
  const ssize_t got = ::read(results_.get(), decoder_.reserve(limit), limit);
  if (got <= 0) {
    return got < 0 && would_block();
  }
  decoder_.received(static_cast<std::size_t>(got));
  counts_.bytes_received += static_cast<std::uint64_t>(got);
  hand_on_chunks();
  return true;
}

void Task::hand_on_chunks() {
  chunk::Header header;
  std::string_view payload;
  for (;;) {
    const auto step = decoder_.next(header, payload);
    if (!step.ok()) {
      observer_.on_protocol_error(*this, step.error());
      close(results_);
      return;
    }
    if (step.value() == chunk::Decoder::Step::kNeedMore) {
      return;
    }
    if (header.kind == chunk::Kind::kEnd && payload.size() == sizeof(std::uint64_t)) {
      results_end_ = load_le<std::uint64_t>(payload.data());
    } else {
      counts_.records_received += header.records;
      observer_.on_results(*this, header, payload);
    }
  }
}

// ---- control ----

void Task::send(std::string_view line) {
  if (control_) {
    control_out_.append(line);
    flush_control();
  }
}

void Task::flush_control() {
  while (!control_out_.empty()) {
    const ssize_t sent = ::send(
        control_.get(), control_out_.data(), control_out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (!would_block()) {
        control_out_.clear();  // the task has gone: its end says why
      }
      break;
    }
    control_out_.erase(0, static_cast<std::size_t>(sent));
  }
  loop_.change(control_.get(), EPOLLIN | (control_out_.empty() ? 0U : std::uint32_t{EPOLLOUT}));
}

void Task::on_control(std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) {
    flush_control();
  }
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0 && !read_control()) {
    close_control();
  }
}

void Task::close_control() {
  gone_at_ = gone_at_.value_or(std::chrono::steady_clock::now());
  close(control_);
}

bool Task::read_control() {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): read into
  std::array<char, kLogReadBytes> bytes;
  const ssize_t got = ::recv(control_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (got <= 0) {
    return got < 0 && would_block();
  }
  control_lines_.add({bytes.data(), static_cast<std::size_t>(got)});
  return true;
}

// ---- logs ----

void Task::on_log(Log log) {
  if (!read_log(log, kLogReadBytes)) {
    close(logs_[log]);
    splitters_[log].finish();
  }
}

/// One read of at most `limit` bytes: a task that floods its log starves nobody. False at the end.
bool Task::read_log(Log log, std::size_t limit) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): read into
  std::array<char, kLogReadBytes> bytes;
  const ssize_t got = ::read(logs_[log].get(), bytes.data(), std::min(limit, bytes.size()));
  if (got <= 0) {
    return got < 0 && would_block();
  }
  counts_.bytes_logged += static_cast<std::uint64_t>(got);
  splitters_[log].add({bytes.data(), static_cast<std::size_t>(got)});
  return true;
}

// ---- the end ----

void Task::on_process() {
  const int pidfd = child_.pidfd();
  auto status = child_.try_reap();
  if (status.ok() && !status.value()) {
    return;
  }
  loop_.forget(pidfd);
  forget_expected_exit();
  exit_status_ = status.ok() ? *status.value() : process::ExitStatus{.code = 255};
  drain();
  observer_.on_ended(*this);
}

void Task::forget_expected_exit() {
  if (exit_expected_) {
    loop_.cancel(*exit_expected_);
    exit_expected_.reset();
  }
}

void Task::close(sys::Fd& fd) {
  if (fd) {
    loop_.forget(fd.get());
    fd = sys::Fd();
  }
}

/// All that the task itself wrote is in its pipes by now; what strays that hold them open write
/// later is not the job's. So read exactly what is there, and close.
void Task::drain() {
  close(feed_);
  while (control_ && waiting(control_.get()) > 0 && read_control()) {
  }
  close_control();
  for (const Log log : {kOut, kErr}) {
    for (std::size_t left = logs_[log] ? waiting(logs_[log].get()) : 0; left > 0;) {
      const std::size_t step = std::min(left, kLogReadBytes);
      if (!read_log(log, step)) {
        break;
      }
      left -= step;
    }
    if (logs_[log]) {
      close(logs_[log]);
      splitters_[log].finish();
    }
  }
  for (std::size_t left = results_ ? waiting(results_.get()) : 0; results_ && left > 0;) {
    const std::uint64_t before = counts_.bytes_received;
    if (!read_results(left)) {
      break;
    }
    left -= std::min<std::size_t>(left, counts_.bytes_received - before);
  }
  close(results_);
}

}  // namespace alinktf::worker
